"""What limits a finding: undatable documents, a change of composition, one document or voice that dominates, copies."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from tendency.corpus import Query, Segment, cite, counts_by_document, select
from tendency.dossier import wording
from tendency.dossier.asking import Asking, Two
from tendency.dossier.sentences import FEWEST_HITS
from tendency.measures.editions import MOVED, between, distance, word_shares
from tendency.tally import NONE, Tally, cluster_names, tally

ONE_DOCUMENT = 0.25
"""A document with more than this share of the hits is named."""
ONE_CLUSTER = 0.5
"""A cluster with more than this share of the hits is named."""
MANY_COPIES = 0.05
"""Copies are named when they are more than this share of the documents with a hit."""
_MOST_VALUES = 12
_MOST_FIELDS = 3


class Warner:
    """Looks for what a reader must know before believing a figure."""

    def __init__(self, asking: Asking, where: str | None) -> None:
        self.asking, self.where = asking, where
        questions = asking.questions
        self.masks = tuple(
            select(asking.index, where=asking.where(where), start=questions.start, end=questions.end).masks
        )
        self.clusters = cluster_names(asking.index, self.masks, questions.dossier.cluster)

    def undatable(self, counts: Tally, grain: str) -> Iterator[str]:
        """Documents whose date fits no single period."""
        documents = int(counts.undated.documents.sum())
        hits = int(counts.undated.hits[:, 0].sum()) if counts.undated.hits.size else 0
        if documents:
            period = "an era" if grain == "eras" else f"a {grain}"
            found = f", with {wording.counted(hits, 'hit')}," if hits else ""
            yield (
                f"{wording.counted(documents, 'document')}{found} cannot be dated to {period} and "
                f"{'is' if documents == 1 else 'are'} left out of what is counted by {grain}."
            )

    def standing(self, counts: Tally) -> Iterator[str]:
        """Documents in several standpoints, in none, or outside the eras."""
        standing = counts.standing
        if standing.several:
            yield f"{wording.counted(standing.several, 'document')} count in more than one standpoint."
        if standing.none:
            yield f"{wording.counted(standing.none, 'document')} belong to none of the standpoints."
        if standing.outside:
            yield f"{wording.counted(standing.outside, 'document')} are dated outside all eras."

    def composition(self, two: Two) -> Iterator[str]:
        """Volume, length and make-up of the documents, where they changed between the spans."""
        counts = tally(self.asking.index, {}, by=two.eras, **self.asking.common(self.where))
        before, after = two.names
        words, documents = counts.tokens.sum(axis=1), counts.documents.sum(axis=1)
        if not words.all():
            empty = before if not words[0] else after
            yield f"No document is held of {empty}: the two spans cannot be compared."
            return
        volume = words[1] / words[0]
        if max(volume, 1 / volume) >= 3:
            yield (
                f"{after} holds {wording.figure(volume)} times the words of {before} ({wording.whole(int(words[1]))} against "
                f"{wording.whole(int(words[0]))})."
            )
        lengths = words / documents
        if max(lengths[1] / lengths[0], lengths[0] / lengths[1]) >= 2:
            yield (
                f"Documents differ in length: {wording.whole(round(lengths[0]))} words each in {before}, "
                f"{wording.whole(round(lengths[1]))} in {after}."
            )
        yield from self._makeup(two)

    def _makeup(self, two: Two) -> Iterator[str]:
        """Fields whose values hold other shares of the words in the two spans."""
        moved = []
        for name in self.asking.index.field_views:
            shares = [
                self._shares(name, span.start.toordinal(), span.end.toordinal())
                for span in (two.before, two.after)
            ]
            values = set(shares[0]) | set(shares[1])
            voices = name in self.clusters or name == "author"
            if len(values - {NONE}) < 2 or not (voices or len(values) <= _MOST_VALUES) or not all(shares):
                continue
            if not voices and all(_is_number(value) for value in values - {NONE}):
                # Volumes and years of print follow the dates that are compared.
                continue
            far = distance(*shares)
            if far > MOVED:
                moved.append((far, name, shares))
        before, after = two.names
        for far, name, (first, last) in sorted(moved, key=lambda one: (-one[0], one[1]))[:_MOST_FIELDS]:
            if not set(first) & set(last):
                yield (
                    f"No {name} is held in both spans: a change between {before} and {after} may be one of who speaks, not of "
                    "what is said."
                )
                continue
            most = max(
                set(first) | set(last), key=lambda one: (abs(last.get(one, 0.0) - first.get(one, 0.0)), one)
            )
            yield (
                f"The documents changed in their {name}: “{most}” has {wording.percent(first.get(most, 0.0))} of the words in "
                f"{before} and {wording.percent(last.get(most, 0.0))} in {after} ({wording.percent(far)} of the words "
                "changed hands)."
            )

    def _shares(self, name: str, start: int, end: int) -> dict[str, float]:
        """Share of the words of a span that each value of a field has."""
        index = self.asking.index
        return word_shares(index, between(index, self.masks, start, end), name)

    def concentration(self, name: str, query: Query) -> Iterator[str]:
        """One document or one cluster that has most of the hits, and copies among them."""
        bound = query.bound(self.asking.index)
        per_segment = [
            counts[:, 0]
            for counts in counts_by_document(self.asking.index, [bound], self.masks, self.asking.deadline)
        ]
        total = sum(int(counts.sum()) for counts in per_segment)
        if total < FEWEST_HITS:
            return
        yield from self._top_document(name, per_segment, total)
        for cluster in self.clusters:
            if cluster not in ("document", "day"):
                yield from self._top_cluster(name, cluster, per_segment, total)
        yield from self._copies(name, per_segment)

    def _top_document(self, name: str, per_segment: list[NDArray[np.int64]], total: int) -> Iterator[str]:
        best: tuple[int, str, Segment, int] | None = None
        for segment, counts in zip(self.asking.index.segments, per_segment, strict=True):
            if counts.size and counts.max() > 0:
                for document in np.flatnonzero(counts == counts.max()).tolist():
                    found = (int(counts[document]), segment.ids[document], segment, document)
                    if best is None or (-found[0], found[1]) < (-best[0], best[1]):
                        best = found
        if best is not None and best[0] > ONE_DOCUMENT * total:
            hits, _, segment, document = best
            source = cite(segment.fields_of(document), segment.date(document))
            yield f"One document has {wording.percent(hits / total)} of the {wording.whole(total)} hits of “{name}”: {source}."

    def _top_cluster(
        self, name: str, cluster: str, per_segment: list[NDArray[np.int64]], total: int
    ) -> Iterator[str]:
        hits: Counter[str] = Counter()
        for segment, counts in zip(self.asking.index.segments, per_segment, strict=True):
            held = segment.field(cluster)
            known = held.codes >= 0
            sums = np.bincount(held.codes[known], weights=counts[known].astype(float), minlength=1)
            for code in np.flatnonzero(sums).tolist():
                hits[held.values[code]] += int(sums[code])
        if not hits:
            return
        value, most = min(hits.items(), key=lambda one: (-one[1], one[0]))
        if most > ONE_CLUSTER * total:
            yield f"One {cluster}, “{value}”, has {wording.percent(most / total)} of the {wording.whole(total)} hits of “{name}”."

    def _copies(self, name: str, per_segment: list[NDArray[np.int64]]) -> Iterator[str]:
        digests = [
            segment.digests[counts > 0]
            for segment, counts in zip(self.asking.index.segments, per_segment, strict=True)
        ]
        every = np.concatenate(digests) if digests else np.empty(0, np.uint64)
        copies = int(every.size - np.unique(every).size)
        if copies > MANY_COPIES * every.size:
            yield (
                f"{wording.counted(copies, 'document')} with hits of “{name}” {'is an' if copies == 1 else 'are'} exact "
                f"{'copy' if copies == 1 else 'copies'} of another; copies count as one independent piece of evidence."
            )


def _is_number(value: str) -> bool:
    try:
        float(value)
    except ValueError:
        return False
    return True
