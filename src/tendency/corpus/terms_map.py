"""The corpus's forms, and which of them each segment's terms are.

Derived from the segments: a commit extends the stored one, and a reader that finds none, or a damaged
one, makes it again in memory.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from tendency.corpus.container import Container, ContainerWriter
from tendency.corpus.manifest import DerivedFile
from tendency.corpus.segment import Segment
from tendency.corpus.strings import Strings, concatenate, encode, sort_order
from tendency.errors import DamagedIndexError, IndexVersionError

if TYPE_CHECKING:
    from tendency.corpus.index import Index

PREFIX: Final = "terms-"


class TermsMap:
    """The distinct forms of a corpus, ascending by their UTF-8; the first is the sentence end's, ``""``.

    Attributes:
        forms: Each form as written.
        folded: Each form without case.
        frequency: Occurrences in all segments, int64; an upper bound once documents are deleted.
        maps: For each segment's name, the corpus term of each of its terms, uint32.
    """

    def __init__(
        self,
        forms: Strings,
        folded: Strings,
        frequency: NDArray[np.int64],
        maps: dict[str, NDArray[np.uint32]],
    ) -> None:
        self.forms, self.folded, self.frequency, self.maps = forms, folded, frequency, maps

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

    def extended(self, segment: Segment) -> TermsMap:
        """The map with one more segment."""
        terms = segment.terms
        data, bounds = concatenate([self.forms, terms.forms])
        order = sort_order(data, bounds)
        together = Strings(data, bounds)
        fresh = _differs_from_last(together, order)
        corpus_of = np.empty(order.size, np.uint32)
        corpus_of[order] = (np.cumsum(fresh) - 1).astype(np.uint32)
        kept = order[fresh]
        old, new = corpus_of[: len(self)], corpus_of[len(self) :]
        frequency = np.zeros(kept.size, np.int64)
        frequency[old] += self.frequency
        frequency[new] += terms.frequency
        folded = Strings(*concatenate([self.folded, terms.folded])).take(kept)
        maps = {name: old[held] for name, held in self.maps.items()}
        return TermsMap(together.take(kept), folded, frequency, {**maps, segment.id: new})

    def write(self, path: Path) -> DerivedFile:
        """Write the map as a new file."""
        writer = ContainerWriter(path)
        for name, strings in (("forms", self.forms), ("folded", self.folded)):
            writer.array(f"{name}.bytes", strings.data)
            writer.array(f"{name}.bounds", strings.bounds)
        writer.array("frequency", self.frequency)
        names = sorted(self.maps)
        lengths = np.cumsum([0, *(self.maps[name].size for name in names)])
        maps = np.concatenate([np.empty(0, np.uint32), *(self.maps[name] for name in names)])
        packed = Strings.of(names)
        writer.array("segments.bytes", packed.data)
        writer.array("segments.bounds", packed.bounds)
        writer.array("maps", maps)
        writer.array("maps.first", lengths.astype(np.int64))
        size, seal = writer.finish(terms=len(self), segments=len(names))
        return DerivedFile(path.name, size, f"{seal:016x}")


def _differs_from_last(strings: Strings, order: NDArray[np.uint32]) -> NDArray[np.bool_]:
    """For each string in ascending order, whether it is another than the one before; bool of shape (n,)."""
    same_as_next = strings.equal(order[:-1], order[1:])
    return np.concatenate([np.ones(min(order.size, 1), np.bool_), ~same_as_next])


def empty() -> TermsMap:
    """The map of no segments: only the sentence end."""
    nothing = Strings.of([""])
    return TermsMap(nothing, nothing, np.zeros(1, np.int64), {})


def build(segments: tuple[Segment, ...]) -> TermsMap:
    """The map of these segments, from their terms."""
    terms = empty()
    for segment in segments:
        terms = terms.extended(segment)
    return terms


def extend(index: Index, segments: tuple[Segment, ...]) -> TermsMap:
    """The map of an index that now has these segments; made from the stored one where none of its own went."""
    terms = terms_of(index)
    if not set(terms.maps) <= {segment.id for segment in segments}:
        return build(segments)
    for segment in segments:
        if segment.id not in terms.maps:
            terms = terms.extended(segment)
    return terms


def read(path: Path, derived: DerivedFile) -> TermsMap:
    """The stored map.

    Raises:
        DamagedIndexError: It is missing or not what the manifest says.
    """
    container = Container(path, (derived.size, int(derived.checksum, 16)))
    n, segments = container.facts["terms"], container.facts["segments"]

    def strings(name: str, count: int) -> Strings:
        bounds = container.array(f"{name}.bounds", np.int64, count + 1)
        return Strings(
            container.array(f"{name}.bytes", np.uint8), bounds, lambda what: container.damaged(name, what)
        )

    forms, folded = strings("forms", n), strings("folded", n)
    names = strings("segments", segments)
    maps, first = container.array("maps", np.uint32), container.array("maps.first", np.int64, segments + 1)
    if first[0] != 0 or first[-1] != maps.size or bool(np.any(np.diff(first) < 0)):
        raise container.damaged("maps.first", "its numbers do not ascend as they must")
    if maps.size and int(maps.max()) >= n:
        raise container.damaged("maps", f"a number in it is not below {n:,}")
    parts = {name: maps[first[i] : first[i + 1]] for i, name in enumerate(names)}
    return TermsMap(forms, folded, container.array("frequency", np.int64, n), parts)


def same(one: TermsMap, other: TermsMap) -> bool:
    """Whether two maps say the same, in whatever order their segments came."""
    arrays: list[tuple[NDArray[Any], NDArray[Any]]] = [(one.frequency, other.frequency)]
    for left, right in ((one.forms, other.forms), (one.folded, other.folded)):
        arrays += [(left.data, right.data), (left.bounds, right.bounds)]
    if set(one.maps) != set(other.maps):
        return False
    arrays += [(one.maps[name], other.maps[name]) for name in one.maps]
    return all(np.array_equal(left, right) for left, right in arrays)


def terms_of(index: Index) -> TermsMap:
    """The map of an index: the stored one where it is whole and complete, else made again."""
    derived = index.manifest.terms_map
    if derived is not None:
        try:
            held = read(index.path / derived.file, derived)
        except (DamagedIndexError, IndexVersionError):
            held = None
        if held is not None and _fits(held, index.segments):
            return held
    return build(index.segments)


def _fits(held: TermsMap, segments: tuple[Segment, ...]) -> bool:
    return set(held.maps) == {segment.id for segment in segments} and all(
        held.maps[segment.id].size == len(segment.terms) for segment in segments
    )
