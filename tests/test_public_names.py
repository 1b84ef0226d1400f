"""What users may rely on is listed once, and is there."""

from __future__ import annotations

import types

import tendency


def test_every_listed_name_is_there() -> None:
    """A name in ``__all__`` can be imported, and it is no module that stands in its verb's place."""
    for name in tendency.__all__:
        assert not isinstance(getattr(tendency, name), types.ModuleType), name


def test_nothing_else_is_visible() -> None:
    """``dir`` shows the listed names and no others, so that nobody relies on what may go."""
    assert dir(tendency) == sorted(tendency.__all__)


def test_a_verb_survives_the_import_of_the_room_with_its_name() -> None:
    """``td.report`` stays a function when the room ``tendency.report`` is imported afterwards."""
    import tendency.demo
    import tendency.report

    assert callable(tendency.report)
    assert callable(tendency.demo)
