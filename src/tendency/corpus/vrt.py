"""An index's documents as verticalised text for CWB and NoSketch Engine: one token a line.

Words are those of the index, with the forms that queries see. Punctuation, which is no token here, is
written as tokens of its own, since users of those programs search for it; ``<g/>`` stands where no white
space parts two tokens. Read back, the words and sentence ends are the same.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from tendency.corpus.classes import EXTEND, NEWLINE, PARAGRAPH, SOFT_HYPHEN, SPACE, character_classes
from tendency.corpus.concordance import written_span
from tendency.corpus.export import opened, replacing
from tendency.corpus.index import Index, places
from tendency.corpus.tokens import form_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tendency.corpus.segment import Segment

_KEYS: Final = ("id", "date")
_STRETCH: Final = 1 << 16
_GLUE: Final = "<g/>\n"
_PARTED: Final = "</s>\n<s>\n"
_TOKEN_ENTITIES: Final = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_CONTROLS: Final = "".join(map(chr, (*range(32), *range(127, 160), 0x2028, 0x2029)))
_VALUE_ENTITIES: Final = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"} | {c: f"&#{ord(c)};" for c in _CONTROLS}
)


@dataclass(frozen=True, slots=True)
class Vertical:
    """What was written as verticalised text.

    Attributes:
        documents: How many documents.
        attributes: The attributes of ``<text>`` in order: id, date, then the name of each field.
        renamed: Each field whose name CWB would refuse, and the attribute that it became.
    """

    documents: int
    attributes: tuple[str, ...]
    renamed: Mapping[str, str]


def export_vrt(
    index: Index,
    target: Path,
    *,
    masks: Sequence[NDArray[np.bool_]] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Vertical:
    """The documents as verticalised text, in order of date, then id.

    A target that ends in ``.gz`` or ``.zst`` is compressed.
    """
    names = attribute_names(name for name in index.field_views if name not in (*_KEYS, "text"))
    written = 0
    with replacing(target) as beside, opened(beside, target.suffix) as write:
        for segment, document in places(index, masks):
            write(_opening(segment, document, names).encode("utf-8", "replace"))
            for piece in _lines(segment, document):
                write(piece.encode("utf-8", "replace"))
            write(b"</s>\n</text>\n")
            written += 1
            if progress is not None:
                progress(written, index.documents)
    renamed = {name: attribute for name, attribute in names.items() if name != attribute}
    return Vertical(written, (*_KEYS, *names.values()), renamed)


def attribute_names(fields: Iterable[str]) -> dict[str, str]:
    """For each field a name that CWB takes: small ASCII letters, digits and ``_``, no two alike."""
    names: dict[str, str] = {}
    # A field whose name is fit as it stands keeps it, whatever another one would become.
    ordered = sorted(fields, key=lambda name: _legal(name) != name)
    taken = {*_KEYS, "text"}
    for name in ordered:
        legal = wanted = _legal(name)
        number = 1
        while legal in taken:
            number += 1
            legal = f"{wanted}_{number}"
        taken.add(legal)
        names[name] = legal
    return dict(sorted(names.items()))


def _legal(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    plain = re.sub(r"[^a-z0-9]+", "_", plain) if not re.fullmatch(r"[a-z_][a-z0-9_]*", plain) else plain
    if not plain.strip("_"):
        return "field"
    return plain if not plain[0].isdigit() else f"field_{plain}"


def _opening(segment: Segment, document: int, names: Mapping[str, str]) -> str:
    span = segment.date(document)
    said = {"id": segment.ids[document], "date": span.written or written_span(span)}
    for name, value in sorted(segment.fields_of(document).items()):
        if name in names:
            said[names[name]] = value
    inside = " ".join(f'{name}="{value.translate(_VALUE_ENTITIES)}"' for name, value in said.items())
    return f"<text {inside}>\n<s>\n"


def _lines(segment: Segment, document: int) -> Iterator[str]:
    """The lines between the first ``<s>`` of a document and its last ``</s>``."""
    text = segment.text(document)
    low, high = int(segment.first[document]), int(segment.first[document + 1])
    at, open_ = (
        0,
        False,
    )  # Where the text was written to, and whether a token stands before it in the sentence.
    ended = -1
    for begin in range(low, high, _STRETCH):
        positions = np.arange(begin, min(begin + _STRETCH, high))
        starts, ends = segment.offsets(document, positions)
        out: list[str] = []
        for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
            if start == end:
                ended = start
                continue
            out.append(_between(text[at:start], ended - at if ended >= 0 else -1, open_, True))
            word = text[start:end]
            out.append(word if word.isalnum() else form_of(text, start, end).translate(_TOKEN_ENTITIES))
            out.append("\n")
            at, open_, ended = end, True, -1
        yield "".join(out)
    yield _between(text[at:], -1, open_, False)


def _between(gap: str, ended: int, before: bool, after: bool) -> str:
    """The lines between two words: punctuation, glue, and the sentence's end ``ended`` characters behind the first."""
    if gap == " " and ended < 0 and before:
        return ""
    return (_kept if len(gap) <= 16 else _worked_out)(gap, ended, before, after)


def _worked_out(gap: str, ended: int, before: bool, after: bool) -> str:
    if ended < 0:
        return _marks(gap, before, after)
    return _marks(gap[:ended], before, False) + _PARTED + _marks(gap[ended:], False, after)


_kept = lru_cache(1 << 16)(_worked_out)


def _marks(gap: str, before: bool, after: bool) -> str:
    """The punctuation of a gap, a line for each mark or run of one mark, with glue where no white space stands."""
    out: list[str] = []
    glued = before
    classes = character_classes()
    for white, run in groupby(gap, key=lambda character: _is_white(character, classes)):
        if white:
            glued = False
            continue
        for token in _split("".join(run), classes):
            if glued:
                out.append(_GLUE)
            out.append(token.translate(_TOKEN_ENTITIES))
            out.append("\n")
            glued = True
    if after and glued and (out or before):
        out.append(_GLUE)
    return "".join(out)


def _is_white(character: str, classes: NDArray[np.uint8]) -> bool:
    # No line of a vertical file can hold a control character; it parts words and marks as a space does.
    return classes[ord(character)] in (SPACE, NEWLINE, PARAGRAPH) or unicodedata.category(character) in (
        "Cc",
        "Cs",
    )


def _split(run: str, classes: NDArray[np.uint8]) -> Iterator[str]:
    token = ""
    for character in run:
        attached = SOFT_HYPHEN <= classes[ord(character)] <= EXTEND
        if token and not attached and character != token[-1]:
            yield token
            token = ""
        token += character
    yield token


def cwb_lines(target: Path, attributes: Sequence[str]) -> str:
    """The command that encodes an exported file for CWB."""
    name = corpus_name(target)
    packed = target.suffix == ".zst"
    source = "" if packed else f" -f {_quoted(target)}"
    unpack = f"zstd -dc {_quoted(target)} | " if packed else ""
    return (
        f"mkdir -p data/{name} registry && {unpack}cwb-encode -d data/{name}{source} -R registry/{name} -xsB -c utf8 "
        f"-S s:0 -S text:0+{'+'.join(attributes)} -0 g && cwb-makeall -r registry -V {name.upper()}"
    )


def nosketch_lines(target: Path, attributes: Sequence[str]) -> str:
    """The corpus configuration of NoSketch Engine that fits an exported file."""
    inside = "\n".join(f"    ATTRIBUTE {name}" for name in attributes)
    name = corpus_name(target)
    source = str(target.resolve())
    if target.suffix in (".gz", ".zst"):
        source = f"| {'zcat' if target.suffix == '.gz' else 'zstd -dc'} {_quoted(target.resolve())}"
    return (
        f'NAME "{name}"\nPATH "{name}"\nVERTICAL "{source}"\nENCODING "utf-8"\nATTRIBUTE word\n'
        f"STRUCTURE text {{\n{inside}\n}}\nSTRUCTURE s\n"
        'STRUCTURE g {\n    DISPLAYTAG 0\n    DISPLAYBEGIN "_EMPTY_"\n}'
    )


def corpus_name(target: Path) -> str:
    """The file's name as a corpus may be called."""
    stem = target.name.split(".")[0] or target.name
    return _legal(stem)


def _quoted(path: Path) -> str:
    import shlex

    return shlex.quote(str(path))
