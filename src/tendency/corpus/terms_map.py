"""The corpus's forms, and which of them each segment's terms are.

Derived from the segments: a commit extends the stored one when much is new, and a reader adds in memory what it
lacks. Where there is none, or a damaged one, it is made again.
"""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Callable, Iterable, Iterator
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
_FEW: Final = 1 << 16
"""Terms of new segments, repeats among them, for which no map is written."""
_MANY: Final = 1 << 20
"""Terms of which a map is made in memory."""


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


def build(segments: Iterable[Segment]) -> TermsMap:
    """The map of these segments, from their terms, in memory."""
    held = empty()
    for segment in segments:
        held = _together(held, _own(segment)) if held.maps else _own(segment)
    return held


def _own(segment: Segment) -> TermsMap:
    """The map of one segment."""
    terms = segment.terms
    numbers = np.arange(len(terms), dtype=np.uint32)
    return TermsMap(terms.forms, terms.folded, terms.frequency, {segment.id: numbers}, segment.data.let_go)


def _together(one: TermsMap, other: TermsMap) -> TermsMap:
    """Two maps as one, in memory."""
    merge = _Merge(one, other)
    forms, folded = _joined(list(merge.forms())), _joined(list(merge.folded()))
    return TermsMap(forms, folded, merge.frequency(), dict(_maps(one, other, merge)))


def _maps(one: TermsMap, other: TermsMap, merge: _Merge) -> Iterator[tuple[str, NDArray[np.uint32]]]:
    for held, numbers in ((one, merge.left), (other, merge.right)):
        for name, own in held.maps.items():
            yield name, numbers[own]


def write_extended(index: Index, segments: tuple[Segment, ...], generation: int) -> DerivedFile | None:
    """A file with the map of these segments, or of all but small ones: readers add those by themselves.

    None of a single segment, of which the terms are the corpus's. It is the index's own file as long as what is new has few terms beside it, so that a small add writes
    no large map; else a new one, made of that where none of its segments went. What is held in memory is a
    few bytes a term: forms go from file to file.
    """
    stored, held = index.manifest.terms_map, _stored(index)
    if held is None or not set(held.maps) <= {segment.id for segment in segments}:
        stored, held = None, empty()
    if len(segments) < 2:
        return None
    more = [segment for segment in segments if segment.id not in held.maps]
    if stored is not None and sum(len(segment.terms) for segment in more) <= max(_FEW, len(held) // 8):
        return stored
    beside: list[tuple[Path, DerivedFile]] = []
    for group in _groups(more):
        path = index.path / f"{PREFIX}{generation:06d}-{secrets.token_hex(4)}.map"
        derived = _write(path, held, build(group))
        beside.append((path, derived))
        held.let_go()
        held = read(path, derived, trusted=True)
        for segment in group:
            segment.data.let_go()
    for path, _ in beside[:-1]:
        # One step on the way to the last; not to be removed while mapped on Windows, where it is swept later.
        with contextlib.suppress(OSError):
            path.unlink()
    return beside[-1][1]


def _groups(segments: Iterable[Segment]) -> list[list[Segment]]:
    """Segments in groups of which the maps fit into memory; one at least."""
    groups: list[list[Segment]] = [[]]
    terms = 0
    for segment in segments:
        terms += len(segment.terms)
        if groups[-1] and terms > _MANY:
            groups.append([])
            terms = len(segment.terms)
        groups[-1].append(segment)
    return groups


def _write(path: Path, one: TermsMap, other: TermsMap) -> DerivedFile:
    writer = ContainerWriter(path)
    try:
        merge = _Merge(one, other)
        for name, strings in (("forms", merge.forms()), ("folded", merge.folded())):
            _write_stretches(writer, name, strings, merge.count)
            one.let_go()
        writer.array("frequency", merge.frequency())
        names = Strings.of([*one.maps, *other.maps])
        writer.array("segments.bytes", names.data)
        writer.array("segments.bounds", names.bounds)
        append, first = writer.stream("maps"), [0]
        for _, numbers in _maps(one, other, merge):
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
    """The map of an index: the stored one where it is whole, with the segments that are not in it; else made again."""
    held = _stored(index)
    if held is None:
        return build(index.segments)
    more = [segment for segment in index.segments if segment.id not in held.maps]
    return _together(held, build(more)) if more else held


def _stored(index: Index) -> TermsMap | None:
    """The stored map of an index, or None where it is not whole or has segments that the index has not."""
    derived = index.manifest.terms_map
    if derived is None:
        return None
    try:
        held = read(index.path / derived.file, derived)
    except (DamagedIndexError, IndexVersionError):
        return None
    sizes = {segment.id: len(segment.terms) for segment in index.segments}
    fits = all(sizes.get(name) == numbers.size for name, numbers in held.maps.items())
    return held if fits else None
