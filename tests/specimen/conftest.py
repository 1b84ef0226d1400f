"""One specimen for all tests of this room."""

from __future__ import annotations

import pytest

from tendency.documents.document import Document
from tendency.specimen import Specimen


@pytest.fixture(scope="session")
def specimen() -> Specimen:
    """The specimen that the demo shows."""
    return Specimen(seed=1)


@pytest.fixture(scope="session")
def documents(specimen: Specimen) -> list[Document]:
    """Its documents."""
    return list(specimen.documents())
