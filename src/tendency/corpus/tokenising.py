"""From documents to the tokens that a segment is built of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tendency.corpus.builder import Digests, SegmentBuilder
from tendency.corpus.strings import ERRORS, Strings, encode, sort_order
from tendency.corpus.tokens import fold, scan_codes
from tendency.corpus.vocabulary import Vocabulary
from tendency.documents.document import Document

BATCH: Final = 1 << 20
"""Code points that are scanned at a time; documents are cut only where they are larger."""

_STRETCH: Final = 1 << 16


class Tokeniser:
    """Scans texts, numbers their forms and hands both to the builder of a segment."""

    def __init__(self) -> None:
        self._vocabulary = Vocabulary()
        self._room = np.empty(0, np.int32)

    @property
    def held(self) -> int:
        """Bytes in use for the forms, and needed to sort and write them."""
        return self._vocabulary.nbytes + 110 * len(self._vocabulary) + 2 * len(self._vocabulary.utf8()[0])

    def warm_up(self) -> None:
        """Load the kernels, so that the memory that they take is known beforehand."""
        from tendency.corpus.kernels import count_terms, invert

        terms, *_ = self._scan(_code_points("word"), [4], [None])
        count_terms(terms, np.zeros(2, np.int64))
        places = np.array([0, 1], np.uint32)
        invert(terms, places.copy(), 0, places, np.empty(2, np.uint32))
        sort_order(self.forms()[0])

    def feed(
        self,
        builder: SegmentBuilder,
        documents: Sequence[Document],
        digests: Sequence[Digests],
        utf8: Sequence[bytes] = (),
    ) -> None:
        """Tokenise documents into a builder.

        Args:
            builder: The segment's.
            documents: The documents; a large one comes alone.
            digests: Their digests.
            utf8: Their texts encoded; a large one is encoded in parts.
        """
        if len(documents) == 1 and len(documents[0].text) > 2 * BATCH:
            self._feed_large(builder, documents[0], digests[0])
            return
        codes = _code_points("".join([document.text for document in documents]))
        lengths = [len(document.text) for document in documents]
        languages = [document.fields.get("language") for document in documents]
        terms, starts, ends, first = self._scan(codes, lengths, languages)
        terms, starts, ends, first = _with_last_ends(terms, starts, ends, first, np.cumsum(lengths))
        builder.add_tokens(b"".join(utf8), codes, terms, starts, ends)
        tokens = np.diff(first)
        builder.add_documents(documents, digests, tokens, tokens - _ends_in(terms, first))

    def _feed_large(self, builder: SegmentBuilder, document: Document, digest: Digests) -> None:
        """One large document in stretches, so that little more than its text is ever held."""
        tokens = words = 0
        for stretch in stretches(document.text, document.fields.get("language")):
            terms = self._vocabulary.add(stretch.codes, stretch.starts, stretch.ends)
            codes = stretch.codes[: len(stretch.text)]
            builder.add_tokens(encode(stretch.text), codes, terms, stretch.starts, stretch.ends)
            tokens += terms.size
            words += int(np.count_nonzero(terms))
        if tokens == 0:
            end = np.zeros(1, np.int32)
            builder.add_tokens(b"", np.empty(0, np.uint32), np.zeros(1, np.uint32), end, end)
            tokens = 1
        builder.add_documents([document], [digest], np.array([tokens]), np.array([words]))

    def _scan(
        self, codes: NDArray[np.uint32], lengths: Sequence[int], languages: Sequence[str | None]
    ) -> tuple[NDArray[np.uint32], NDArray[np.int32], NDArray[np.int32], NDArray[np.int64]]:
        bounds = np.zeros(len(lengths) + 1, np.int64)
        np.cumsum(lengths, out=bounds[1:])
        room = 2 * (codes.size + len(lengths))
        if room > self._room.size:
            # Kept from one time to the next: fresh memory costs as much as what is written to it.
            self._room = np.empty(room, np.int32)
        batch = scan_codes(codes, bounds, languages, self._room)
        return self._vocabulary.add(codes, batch.starts, batch.ends), batch.starts, batch.ends, batch.first

    def forms(self) -> tuple[Strings, Strings]:
        """The forms met, and their folded forms, by term number; the tokeniser starts anew."""
        data, bounds = self._vocabulary.utf8()
        forms = Strings(data, bounds)
        self._vocabulary = Vocabulary()
        return forms, folded_forms(forms)


def folded_forms(forms: Strings) -> Strings:
    """The folded form of each; those in ASCII, which are most, all at once."""
    upper = (forms.data >= ord("A")) & (forms.data <= ord("Z"))
    lowered = forms.data + (upper.view(np.uint8) << np.uint8(5))
    others = _beyond_ascii(forms)
    if not others.size:
        return Strings(lowered, forms.bounds)
    lengths = np.diff(forms.bounds)
    folded = []
    for at in range(0, others.size, _STRETCH):
        stretch = others[at : at + _STRETCH]
        encoded = [encode(fold(forms[number])) for number in stretch.tolist()]
        lengths[stretch] = [len(form) for form in encoded]
        folded.append(b"".join(encoded))
    bounds = np.zeros(forms.bounds.size, np.int64)
    np.cumsum(lengths, out=bounds[1:])
    ours = np.ones(len(forms), np.bool_)
    ours[others] = False
    data = np.empty(int(bounds[-1]), np.uint8)
    mine = np.repeat(ours, lengths)
    data[mine] = lowered[np.repeat(ours, np.diff(forms.bounds))]
    data[~mine] = np.frombuffer(b"".join(folded), np.uint8)
    return Strings(data, bounds)


def _beyond_ascii(forms: Strings) -> NDArray[np.int64]:
    """The numbers of the forms that hold anything but ASCII."""
    filled = np.flatnonzero(np.diff(forms.bounds))
    if not filled.size:
        return filled
    return filled[np.maximum.reduceat(forms.data, forms.bounds[filled]) >= 0x80]


@dataclass(frozen=True, slots=True, eq=False)
class Stretch:
    """A part of a text with its tokens.

    Attributes:
        text: The part.
        codes: Its code points, and perhaps some of those after it.
        starts: Where each token begins in it, int32.
        ends: Where each ends.
    """

    text: str
    codes: NDArray[np.uint32]
    starts: NDArray[np.int32]
    ends: NDArray[np.int32]


def stretches(text: str, language: str | None, size: int = 2 * BATCH) -> Iterator[Stretch]:
    """A text in parts of about so many code points, with the tokens that a scan of the whole would give.

    Each part ends at a sentence end with whole words after it: what is before a sentence end and what is
    after it are scanned alike together and apart. A part without such a place is made longer.
    """
    at, length = 0, size
    while at < len(text):
        part = text[at : at + length]
        codes = _code_points(part)
        batch = scan_codes(codes, np.array([0, len(part)], np.int64), [language])
        tokens = batch.starts.size
        if at + length < len(text):
            sentence_ends = np.flatnonzero(batch.starts[:-3] == batch.ends[:-3])
            if not sentence_ends.size:
                length *= 2
                continue
            tokens = int(sentence_ends[-1]) + 1
            part = part[: int(batch.starts[tokens - 1])]
        yield Stretch(part, codes, batch.starts[:tokens], batch.ends[:tokens])
        at, length = at + len(part), size


def _code_points(text: str) -> NDArray[np.uint32]:
    """The code points of any string, half surrogate pairs included."""
    return np.frombuffer(text.encode("utf-32-le", ERRORS), "<u4")


def _with_last_ends(
    terms: NDArray[np.uint32],
    starts: NDArray[np.int32],
    ends: NDArray[np.int32],
    first: NDArray[np.int64],
    bounds: NDArray[np.int64],
) -> tuple[NDArray[np.uint32], NDArray[np.int32], NDArray[np.int32], NDArray[np.int64]]:
    """The tokens with a sentence end at the end of each document that has none, being without words."""
    bare = np.flatnonzero(first[1:] == first[:-1])
    if bare.size:
        at, place = first[bare], bounds[bare]
        terms, starts, ends = (
            np.insert(terms, at, 0),
            np.insert(starts, at, place),
            np.insert(ends, at, place),
        )
        more = np.zeros(first.size, np.int64)
        more[bare + 1] = 1
        first = first + np.cumsum(more)
    return terms, starts, ends, first


def _ends_in(terms: NDArray[np.uint32], first: NDArray[np.int64]) -> NDArray[np.int64]:
    """How many sentence ends each document has."""
    return np.diff(np.searchsorted(np.flatnonzero(terms == 0), first))
