"""The corpus's forms, and which of them each segment's terms are.

Derived from the segments: a commit extends the stored one, and a reader that finds none, or a damaged
one, makes it again in memory.
"""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from tendency.corpus.container import Container, ContainerWriter
from tendency.corpus.manifest import DerivedFile
from tendency.corpus.segment import Segment
from tendency.corpus.strings import Strings, encode
from tendency.errors import DamagedIndexError, IndexVersionError

if TYPE_CHECKING:
    from tendency.corpus.index import Index

PREFIX: Final = "terms-"
_STRETCH: Final = 1 << 16


class _Forms(Protocol):
    """What a segment's terms and a corpus's have in common."""

    @property
    def forms(self) -> Strings: ...
    @property
    def folded(self) -> Strings: ...
    @property
    def frequency(self) -> NDArray[np.int64]: ...


def _nothing() -> None:
    """What is held in memory alone cannot be given back."""


@dataclass(frozen=True, eq=False)
class TermsMap:
    """The distinct forms of a corpus, ascending by their UTF-8; the first is the sentence end's, ``""``.

    Attributes:
        forms: Each form as written.
        folded: Each form without case.
        frequency: Occurrences in all segments, int64; an upper bound once documents are deleted.
        maps: For each segment's name, the corpus term of each of its terms, uint32.
        let_go: Gives back the memory of what was read of it.
    """

    forms: Strings
    folded: Strings
    frequency: NDArray[np.int64]
    maps: dict[str, NDArray[np.uint32]]
    let_go: Callable[[], None] = _nothing

    def __len__(self) -> int:
        return len(self.forms)

    def number(self, form: str) -> int | None:
        """The corpus term with exactly this form, or None."""
        target = encode(form)
        at = self.forms.bisect(target)
        return at if form and at < len(self) and self.forms.utf8(at) == target else None

    def count(self, form: str) -> int:
        """How often a form occurs, deleted documents included; 0 for an unknown one."""
        number = self.number(form)
        return 0 if number is None else int(self.frequency[number])


class _Merge:
    """Two lists of terms as one.

    Attributes:
        left: The number of each term of the first, uint32, ascending.
        right: The number of each term of the second.
        count: How many there are together.
    """

    def __init__(self, one: _Forms, other: _Forms) -> None:
        from tendency.corpus.kernels import merge_strings

        self._one, self._other = one, other
        self.left, self.right = np.empty(len(one.forms), np.uint32), np.empty(len(other.forms), np.uint32)
        self.count: int = merge_strings(
            one.forms.data, one.forms.bounds, other.forms.data, other.forms.bounds, self.left, self.right
        )

    def frequency(self) -> NDArray[np.int64]:
        """Occurrences in both."""
        frequency = np.zeros(self.count, np.int64)
        frequency[self.left] += self._one.frequency
        frequency[self.right] += self._other.frequency
        return frequency

    def forms(self) -> Iterator[Strings]:
        """Every form, a stretch at a time."""
        return self._stretches(lambda terms: terms.forms)

    def folded(self) -> Iterator[Strings]:
        """Every folded form, a stretch at a time."""
        return self._stretches(lambda terms: terms.folded)

    def _stretches(self, of: Callable[[_Forms], Strings]) -> Iterator[Strings]:
        for at in range(0, self.count, _STRETCH):
            end = min(at + _STRETCH, self.count)
            source = np.empty(end - at, np.uint32)
            held: list[Strings] = []
            # Where both have a term, the second's place is overwritten by the first's: they are the same form.
            for numbers, strings in ((self.right, of(self._other)), (self.left, of(self._one))):
                low, high = np.searchsorted(numbers, [at, end]).tolist()
                already = sum(len(part) for part in held)
                source[numbers[low:high] - at] = np.arange(already, already + high - low, dtype=np.uint32)
                held.append(strings.take(np.arange(low, high, dtype=np.uint32)))
            yield _joined(held).take(source)


def _joined(parts: list[Strings]) -> Strings:
    """Strings one sequence after the other."""
    lengths = np.concatenate([np.zeros(1, np.int64), *(np.diff(part.bounds) for part in parts)])
    return Strings(
        np.concatenate([np.empty(0, np.uint8), *(part.data for part in parts)]), np.cumsum(lengths)
    )


def empty() -> TermsMap:
    """The map of no segments: only the sentence end."""
    nothing = Strings.of([""])
    return TermsMap(nothing, nothing, np.zeros(1, np.int64), {})


def build(segments: tuple[Segment, ...]) -> TermsMap:
    """The map of these segments, from their terms, in memory."""
    held = empty()
    for segment in segments:
        merge = _Merge(held, segment.terms)
        maps = {name: merge.left[numbers] for name, numbers in held.maps.items()}
        maps[segment.id] = merge.right
        held = TermsMap(_joined(list(merge.forms())), _joined(list(merge.folded())), merge.frequency(), maps)
    return held


def write_extended(index: Index, segments: tuple[Segment, ...], generation: int) -> DerivedFile:
    """A new file with the map of these segments; made from the index's own where none of its segments went.

    What is held in memory is a few bytes a term: forms go from file to file.
    """
    held = _stored(index)
    if held is None or not set(held.maps) <= {segment.id for segment in segments}:
        held = empty()
    derived: DerivedFile | None = None
    beside: list[Path] = []
    more: list[Segment | None] = [segment for segment in segments if segment.id not in held.maps]
    for segment in more or [None]:
        path = index.path / f"{PREFIX}{generation:06d}-{secrets.token_hex(4)}.map"
        derived = _write(path, held, segment)
        beside.append(path)
        held.let_go()
        held = read(path, derived, trusted=True)
        if segment is not None:
            segment.data.let_go()
    for path in beside[:-1]:
        # One step on the way to the last; not to be removed while mapped on Windows, where it is swept later.
        with contextlib.suppress(OSError):
            path.unlink()
    if derived is None:
        raise AssertionError("a map was written for every segment")
    return derived


def _write(path: Path, held: TermsMap, segment: Segment | None) -> DerivedFile:
    writer = ContainerWriter(path)
    try:
        merge = _Merge(held, empty() if segment is None else segment.terms)
        _write_stretches(writer, "forms", merge.forms(), merge.count)
        held.let_go()
        _write_stretches(writer, "folded", merge.folded(), merge.count)
        held.let_go()
        writer.array("frequency", merge.frequency())
        names = [*held.maps, *([segment.id] if segment else [])]
        packed = Strings.of(names)
        writer.array("segments.bytes", packed.data)
        writer.array("segments.bounds", packed.bounds)
        append, first = writer.stream("maps"), [0]
        for name in names:
            numbers = merge.left[held.maps[name]] if name in held.maps else merge.right
            append(np.ascontiguousarray(numbers, "<u4").tobytes())
            first.append(first[-1] + numbers.size)
        writer.array("maps.first", np.asarray(first, np.int64))
        size, seal = writer.finish(terms=merge.count, segments=len(names))
    except BaseException:
        writer.abandon()
        raise
    return DerivedFile(path.name, size, f"{seal:016x}")


def _write_stretches(writer: ContainerWriter, section: str, stretches: Iterator[Strings], count: int) -> None:
    append = writer.stream(f"{section}.bytes")
    bounds, at = np.zeros(count + 1, np.int64), 0
    for strings in stretches:
        append(strings.data.tobytes())
        bounds[at + 1 : at + 1 + len(strings)] = strings.bounds[1:] + bounds[at]
        at += len(strings)
    writer.array(f"{section}.bounds", bounds)


def read(path: Path, derived: DerivedFile, *, trusted: bool = False) -> TermsMap:
    """The stored map; a ``trusted`` one, just written, is not verified against its checksums.

    Raises:
        DamagedIndexError: It is missing or not what the manifest says.
    """
    container = Container(path, (derived.size, int(derived.checksum, 16)), trusted=trusted)
    n, segments = container.facts["terms"], container.facts["segments"]

    def strings(name: str, count: int) -> Strings:
        bounds = container.array(f"{name}.bounds", np.int64, count + 1)
        return Strings(
            container.array(f"{name}.bytes", np.uint8), bounds, lambda what: container.damaged(name, what)
        )

    forms, folded = strings("forms", n), strings("folded", n)
    names = strings("segments", segments)
    maps = container.array("maps", np.uint8).view("<u4")
    first = container.array("maps.first", np.int64, segments + 1)
    if first[0] != 0 or first[-1] != maps.size or bool(np.any(np.diff(first) < 0)):
        raise container.damaged("maps.first", "its numbers do not ascend as they must")
    if maps.size and int(maps.max()) >= n:
        raise container.damaged("maps", f"a number in it is not below {n:,}")
    parts: dict[str, NDArray[np.uint32]] = {
        name: maps[first[i] : first[i + 1]] for i, name in enumerate(names)
    }
    frequency = container.array("frequency", np.int64, n)
    container.let_go()
    return TermsMap(forms, folded, frequency, parts, container.let_go)


def terms_of(index: Index) -> TermsMap:
    """The map of an index: the stored one where it is whole and complete, else made again."""
    return _stored(index) or build(index.segments)


def _stored(index: Index) -> TermsMap | None:
    """The stored map of an index, or None where it is not whole or not complete."""
    derived = index.manifest.terms_map
    if derived is None:
        return None
    try:
        held = read(index.path / derived.file, derived)
    except (DamagedIndexError, IndexVersionError):
        return None
    return held if _fits(held, index.segments) else None


def _fits(held: TermsMap, segments: tuple[Segment, ...]) -> bool:
    return set(held.maps) == {segment.id for segment in segments} and all(
        held.maps[segment.id].size == len(segment.terms) for segment in segments
    )
