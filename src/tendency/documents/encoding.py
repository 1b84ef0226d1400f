"""Bytes as text: the declared encoding, a byte order mark, UTF-8, or what the bytes look like."""

from __future__ import annotations

import codecs
import re
import unicodedata
from dataclasses import dataclass, field

from tendency.documents.limits import SAMPLE
from tendency.errors import SettingError, SourceError

# UTF-32 first: its little-endian mark begins with that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

# Western and Russian first: the others agree with them on most letters and would be guessed for a
# French or German text as often as not.
_COMMON = ["cp1252", "cp1251", "koi8_r", "cp866"]
_RARER = [
    "cp1250",
    "iso8859_2",
    "cp1253",
    "cp1254",
    "cp1255",
    "cp1256",
    "cp1257",
    "iso8859_5",
    "mac_cyrillic",
]
_SHOWN = {
    "cp1250": "Windows-1250",
    "cp1251": "Windows-1251",
    "cp1252": "Windows-1252",
    "cp1253": "Windows-1253",
    "cp1254": "Windows-1254",
    "cp1255": "Windows-1255",
    "cp1256": "Windows-1256",
    "cp1257": "Windows-1257",
    "koi8_r": "KOI8-R",
    "cp866": "CP866",
    "iso8859_2": "ISO 8859-2",
    "iso8859_5": "ISO 8859-5",
    "mac_cyrillic": "Mac Cyrillic",
}

_LETTERS = re.compile(r"[^\W\d_]+")
_LATIN = re.compile(r"[A-Za-zÀ-ɏ]")
_CYRILLIC = re.compile(r"[Ѐ-ӿ]")
_ESCAPE = re.compile(rb"\\[bfnrt]")
_AROUND = re.compile(rb"[\x00-\x7f]{0,30}(?:[\x80-\xff]+[\x00-\x7f]{0,30})+")
_CONTROLS = bytes(byte for byte in range(32) if byte not in b"\t\n\v\f\r\x1b")
_C1 = re.compile(r"[\x80-\x9f]")

# A text counts as UTF-8 with damage when at most this share of its non-ASCII sequences is invalid.
_DAMAGE = 0.1


def known(encoding: str | None) -> str | None:
    """The encoding under Python's name for it, or a setting error when there is none such."""
    if encoding is None:
        return None
    try:
        info = codecs.lookup(encoding)
    except (LookupError, ValueError):
        raise SettingError(
            f"The encoding {encoding!r} is not known. Name one such as utf-8, utf-16, latin-1, "
            "windows-1251 or windows-1252."
        ) from None
    if not getattr(info, "_is_text_encoding", True):
        raise SettingError(
            f"{encoding!r} is not an encoding of text. Name one such as utf-8 or windows-1251."
        )
    return info.name


def marked(sample: bytes) -> str | None:
    """The encoding that a byte order mark, or the zeros of unmarked UTF-16, give away."""
    for mark, name in _MARKS:
        if sample.startswith(mark):
            return name
    head = sample[:4096]
    if _controls(head) < 0.15 * len(head) and _is_utf8(head):
        # Zeros here and there in a text that is sound without them.
        return None
    even, odd = head[0::2].count(0), head[1::2].count(0)
    for name, zeros, others in (("utf-16-le", odd, even), ("utf-16-be", even, odd)):
        # Spaces and line ends alone give a text in any script this many.
        if zeros > 0.03 * len(head) and others < 0.1 * zeros and _readable(head, name):
            return name
    return None


def _controls(head: bytes) -> int:
    return len(head) - len(head.translate(None, _CONTROLS))


def _is_utf8(head: bytes) -> bool:
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return False
    return True


def _readable(head: bytes, encoding: str) -> bool:
    text = head[: len(head) // 2 * 2].decode(encoding, "replace")
    strange = sum(
        1 for c in text if unicodedata.category(c) in ("Cc", "Cn", "Co", "Cs") and c not in "\t\n\r\f"
    )
    return strange + text.count("\ufffd") <= 0.02 * len(text) + 1


@dataclass
class Decoder:
    """Turns the bytes of one file into text, and remembers what it decided.

    Attributes:
        encoding: What was declared or decided so far; None while everything was plain UTF-8.
        declared: True when the user named the encoding.
        notes: Sentences about what was detected or replaced, each once.
    """

    encoding: str | None = None
    declared: bool = False
    notes: list[str] = field(default_factory=list)

    def decode(self, data: bytes) -> str:
        """The bytes as text; a source error with a sentence when no way of reading them fits."""
        if self.encoding is None:
            self.encoding = marked(data[:SAMPLE])
        if self.encoding is None:
            try:
                return data.decode("utf-8")
            except UnicodeDecodeError:
                self._decide(data)
        return self._apply(data)

    def _apply(self, data: bytes) -> str:
        encoding = self.encoding or "utf-8"
        errors = "replace" if encoding == "utf-8" and not self.declared else "strict"
        try:
            return data.decode(encoding, errors)
        except UnicodeDecodeError as error:
            place = f"byte {error.start} is {error.object[error.start]:#04x}"
            by = "declared" if self.declared else "detected"
            raise SourceError(f"is not in the {by} encoding {encoding}: {place}.") from None

    def _decide(self, data: bytes) -> None:
        if _mostly_utf8(data):
            self.encoding = "utf-8"
            self.notes.append("some bytes are not UTF-8, though the rest is; they were read as U+FFFD.")
            return
        detected = detect(data)
        if detected is None:
            raise SourceError("is not UTF-8 and looks like no other encoding that can be told by its bytes.")
        self.encoding = detected
        self.notes.append(
            f"is not UTF-8 and was read as {_SHOWN.get(detected, detected)} by its look; "
            "if that is wrong, declare the encoding."
        )


def _mostly_utf8(data: bytes) -> bool:
    text = data[: 16 * SAMPLE].decode("utf-8", "replace")
    good = sum(1 for character in text if character > "\x7f" and character != "\ufffd")
    return good > 0 and text.count("\ufffd") <= _DAMAGE * good


def detect(data: bytes) -> str | None:
    """The single-byte encoding that the bytes look like, or None.

    What stands around the bytes beyond ASCII decides: readings with letters of two scripts in a
    word are not considered, nor those that charset-normalizer finds too messy; of the rest the one
    with the fewest oddities within words is taken, the common ones first.
    """
    from charset_normalizer import from_bytes

    telling = _telling(data)
    for candidates in (_COMMON, _RARER):
        plausible = [name for name in candidates if _plausible(telling, name)]
        if not plausible:
            continue
        matches = from_bytes(telling, cp_isolation=plausible, enable_fallback=False, threshold=0.3)
        mess: dict[str, float] = {}
        for match in matches:
            for name in (match.encoding, *match.could_be_from_charset):
                mess.setdefault(name, match.chaos)
        found = [name for name in plausible if name in mess]
        if found:
            return min(found, key=lambda name: (_oddities(telling.decode(name)), round(mess[name], 2)))
    return None


def _telling(data: bytes) -> bytes:
    pieces: list[bytes] = []
    size = 0
    for match in _AROUND.finditer(data):
        pieces.append(match[0])
        size += len(match[0])
        if size > SAMPLE:
            break
    # The n of JSON's \n must not pass for a letter of the word that follows.
    return _ESCAPE.sub(b" ", b"\n".join(pieces)[:SAMPLE])


def _plausible(data: bytes, encoding: str) -> bool:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        return False
    if _C1.search(text):
        return False
    words = _LETTERS.findall(text)
    mixed = sum(1 for word in words if _LATIN.search(word) and _CYRILLIC.search(word))
    return mixed <= 0.02 * len(words)


def _oddities(text: str) -> int:
    """Signs and capitals in the middle of words, which a wrong encoding scatters."""
    count = 0
    for before, here, after in zip(text, text[1:], text[2:], strict=False):
        if before.isalpha() and after.isalpha() and here > "\x7f":
            count += (not here.isalpha() and here not in "’‘­–—") or (here.isupper() and before.islower())
        elif here > "\x7f" and here.isupper() and before.islower():
            count += 1
    return count


_MAGIC = (
    (b"%PDF", "a PDF"),
    (b"PK\x03\x04", "a zip archive or an office document"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"II*\x00", "a picture"),
    (b"MM\x00*", "a picture"),
    (b"\x1f\x8b", "packed with gzip"),
    (b"\x28\xb5\x2f\xfd", "packed with zstd"),
    (b"BZh", "packed with bzip2"),
    (b"\xfd7zXZ\x00", "packed with xz"),
    (b"\x7fELF", "a program"),
    (b"\xd0\xcf\x11\xe0", "an old office document"),
    (b"SQLite format 3\x00", "a database"),
    (b"PAR1", "a Parquet file"),
)


def binary(sample: bytes) -> str | None:
    """What kind of file that is no text this is, or None for text."""
    for magic, name in _MAGIC:
        if sample.startswith(magic):
            return name
    if marked(sample) is not None:
        return None
    # An OCR text may hold a stray control character; a program or a picture is full of them.
    return "a binary file" if _controls(sample) > 0.02 * len(sample) + 1 else None
