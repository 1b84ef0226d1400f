"""Documents of an index in their periods and clusters, a third of them held out: what is found in the others is tested in these."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
import xxhash
from numpy.typing import NDArray

from tendency.errors import SettingError
from tendency.tally.counting import Asked, cluster_keys
from tendency.tally.periods import Period, Periods

if TYPE_CHECKING:
    from tendency.corpus import Index

Ints = NDArray[np.int64]
Parted = Literal["clusters", "documents", "alternate documents"]

MANY_CLUSTERS: Final = 20
"""From so many clusters on a third of the clusters is held out, below a third of the documents."""
HELD_OUT: Final = 3
"""One in so many is held out. Fewer are, since finding takes more evidence than confirming."""


@dataclass(frozen=True, eq=False)
class Placed:
    """Documents with words and with a date in one period; one entry a document, in the order of segments.

    Attributes:
        grain: The kind of period.
        periods: Every period, in order of time.
        cluster: What independent pieces of evidence are values of.
        segment, document: Which document it is, int64.
        period: The number of its period, int64.
        words: Its words, int64.
        of_cluster: The number of its cluster, from 1, int64.
        held_out: Whether it is not looked at until something is found, bool.
        parted: What is looked at or held out as a whole.
        undated: Documents that are not datable at this grain.
    """

    grain: str
    periods: tuple[Period, ...]
    cluster: str
    segment: Ints
    document: Ints
    period: Ints
    words: Ints
    of_cluster: Ints
    held_out: NDArray[np.bool_]
    parted: Parted
    undated: int

    @classmethod
    def of(cls, index: Index, asked: Asked) -> Placed:
        """The documents that are asked about.

        Raises:
            SettingError: More than one clustering.
        """
        if len(asked.clusters) > 1:
            raise SettingError(
                f"here evidence is clustered by one field, not by {' and '.join(asked.clusters)}; name one."
            )
        numbers = {segment.id: number for number, segment in enumerate(index.segments)}
        of = [numbers[framing.place.path.name] for framing in asked.framings]
        segments = [index.segments[number] for number in of]
        wanted = [np.flatnonzero(framing.documents) for framing in asked.framings]
        first = _joined([segment.start_day[own] for segment, own in zip(segments, wanted, strict=True)])
        after = _joined([segment.end_day[own] for segment, own in zip(segments, wanted, strict=True)])
        axis = asked.periods
        if axis.grain != "eras":
            bounds = [(p.start, p.end) for p in axis.periods]
            # One period for all reaches as far as the documents, whatever single day was asked for.
            start, end = (bounds[0][0], bounds[-1][1]) if bounds and axis.grain != "all" else (None, None)
            axis = Periods.spanning(axis.grain, first, after, start, end)
        period = axis.assign(first, after).astype(np.int64)
        words = _joined([segment.words[own] for segment, own in zip(segments, wanted, strict=True)])
        segment_of = np.repeat(np.array(of, np.int64), [own.size for own in wanted])
        document = _joined(wanted)
        names: dict[str, int] = {}
        codes = _joined([_codes(index, asked, number, names)[own] for number, own in enumerate(wanted)])
        alone = codes < 0
        codes[alone] = len(names) + np.arange(int(alone.sum()))
        keep = (period >= 0) & (words > 0)
        undated = int(np.count_nonzero(period < 0))
        segment_of, document, period, codes = (held[keep] for held in (segment_of, document, period, codes))
        cluster = _by_appearance(codes)
        held_out, parted = _held_out(index, segment_of, document, period, codes, names)
        return cls(
            axis.grain,
            axis.periods,
            asked.clusters[0] if asked.clusters else "document",
            segment_of,
            document,
            period,
            words[keep],
            cluster,
            held_out,
            parted,
            undated,
        )

    def masks(self, index: Index) -> list[NDArray[np.bool_]]:
        """The documents as a mask of each segment."""
        masks = [np.zeros(segment.documents, np.bool_) for segment in index.segments]
        for number, mask in enumerate(masks):
            mask[self.document[self.segment == number]] = True
        return masks


def _joined(parts: list[NDArray[np.int64]] | list[NDArray[np.int32]]) -> Ints:
    return np.concatenate([np.empty(0, np.int64), *parts]).astype(np.int64)


def _codes(index: Index, asked: Asked, number: int, names: dict[str, int]) -> Ints:
    """The cluster of each document of a segment among all names; -1 for one by itself."""
    framing = asked.framings[number]
    segment = next(one for one in index.segments if one.id == framing.place.path.name)
    keyed = cluster_keys(segment, framing, 0)
    if keyed is None:
        return np.full(segment.documents, -1, np.int64)
    codes = [names.setdefault(name, len(names)) for name in keyed.names]
    # The last entry answers the code -1 of documents without the field.
    return np.array([*codes, -1], np.int64)[keyed.codes]


def _by_appearance(codes: Ints) -> Ints:
    """Numbers from 1, in the order in which the codes first appear."""
    _, first, place = np.unique(codes, return_index=True, return_inverse=True)
    rank = np.empty(first.size, np.int64)
    rank[np.argsort(first)] = np.arange(1, first.size + 1)
    return rank[place]


def _held_out(
    index: Index, segment: Ints, document: Ints, period: Ints, codes: Ints, names: dict[str, int]
) -> tuple[NDArray[np.bool_], Parted]:
    """Which documents are held out; the same whatever the segments that they lie in."""
    a_period = np.bincount(period)
    a_period = a_period[a_period > 0]
    held = np.zeros(document.size, np.bool_)
    if 2 * np.count_nonzero(a_period == 1) >= a_period.size:
        keys = [
            (int(index.segments[s].start_day[d]), index.segments[s].ids[d])
            for s, d in zip(segment.tolist(), document.tolist(), strict=True)
        ]
        order = sorted(range(len(keys)), key=keys.__getitem__)
        held[order[HELD_OUT - 1 :: HELD_OUT]] = True
        return held, "alternate documents"
    for number in np.unique(segment).tolist():
        own = segment == number
        # Copies of a text must stay together.
        held[own] = index.segments[number].digests[document[own]] % np.uint64(HELD_OUT) == 0
    if np.unique(codes).size < MANY_CLUSTERS:
        return held, "documents"
    used = np.unique(codes[codes < len(names)]).tolist()
    every = list(names)
    by_hash = sorted(
        used,
        key=lambda code: (
            xxhash.xxh3_64_intdigest(every[code].encode("utf-8", "surrogatepass")),
            every[code],
        ),
    )
    named = codes < len(names)
    held[named] = np.isin(codes[named], by_hash[HELD_OUT - 1 :: HELD_OUT])
    return held, "clusters"
