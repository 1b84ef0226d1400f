"""What every test may ask for."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

# How long an example takes depends on what else the machine does.
settings.register_profile("tendency", deadline=None)
settings.load_profile("tendency")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder with real input, or a skip that says that it is absent."""
    default = Path(__file__).parents[2] / "shared" / "data"
    folder = Path(os.environ.get("TENDENCY_DATA", default))
    if not folder.is_dir():
        pytest.skip(f"real input is absent: {folder} (set TENDENCY_DATA to its folder)")
    return folder


@pytest.fixture(scope="session", autouse=True)
def kernel_cache(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Compiled kernels of test runs are shared where a folder is named, else private to the run."""
    if "TENDENCY_CACHE" not in os.environ and not os.environ.get("HOME"):
        os.environ["TENDENCY_CACHE"] = str(tmp_path_factory.mktemp("kernels"))
