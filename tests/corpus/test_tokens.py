"""The text rules: kernels, twin and Unicode's own word breaks agree."""

from __future__ import annotations

import gzip
import itertools
import json
import unicodedata
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tendency.corpus import classes
from tendency.corpus.kernels import scan_documents
from tendency.corpus.text_rules import language_code
from tendency.corpus.tokens import code_points, fold, form_of, readings, scan, scan_codes
from tendency.corpus.vocabulary import Vocabulary
from twins import text_twin

LANGUAGES = (None, "en", "ru", "de", "fr", "it", "ca", "el", "fi", "sv", "es", "tr")


def read(text: str, language: str | None = None) -> str:
    """The tokens of a text on one line, sentence ends as bars."""
    return " ".join(form or "|" for form in scan(text, language).forms(text))


def places(text: str, language: str | None = None) -> list[tuple[int, int]]:
    """The places of the tokens of a text."""
    tokens = scan(text, language)
    return list(zip(tokens.starts.tolist(), tokens.ends.tolist(), strict=True))


def documents(folder: Path, name: str, step: int, most: int) -> Iterator[str]:
    """Every ``step``-th text of a corpus, at most ``most``."""
    with gzip.open(folder / name, "rt", encoding="utf-8") as lines:
        for number, line in enumerate(lines):
            if number % step == 0 and number < step * most:
                yield json.loads(line)["text"]


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("The anti-Soviet bloc", None, "The anti Soviet bloc |"),
        ("the U.S.S.R. and J. V. Stalin", None, "the U.S.S.R and J V Stalin |"),
        ("Don't! It’s o'clock", None, "Don't | It’s o'clock |"),
        ("1,000.50 at 3.5 and 1/2", None, "1,000.50 at 3.5 and 1 2 |"),
        ("_Pravda_, snake_case", None, "Pravda snake_case |"),
        ("l'homme qu’il aujourd'hui L'État", "fr", "l' homme qu’ il aujourd'hui L' État |"),
        ("l'homme", None, "l'homme |"),
        ("dell'uomo all’alba", "Italian", "dell' uomo all’ alba |"),
        ("l'home col·lectiu", "ca-ES", "l' home col·lectiu |"),
        ("EU:n a:b", "fi", "EU:n a:b |"),
        ("a:b", None, "a b |"),
        ("中国人民。「你好！」", None, "中 国 人 民 | 你 好 |"),
        ("\U00020000カナ한국어", None, "\U00020000 カ ナ 한국어 |"),
        ("สวัสดีครับ 12", None, "สวัสดีครับ 12 |"),
        ("צה\"ל ג'ורג' ת\"א", None, "צה\"ל ג'ורג' ת\"א |"),
        ("الحرب؟ نعم", None, "الحرب | نعم |"),
        ("क्रांति। जय", None, "क्रांति | जय |"),
        ("τι; Ναι", "el", "τι | Ναι |"),
        ("τι; Ναι", None, "τι Ναι |"),
        ("😀 👩‍⚕️ ½ ² ①", None, ""),
        ("می‌خواهم", None, "می‌خواهم |"),
    ],
)
def test_words(text: str, language: str | None, expected: str) -> None:
    """Each script's words are cut as docs/text-rules.md says."""
    assert read(text, language) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("con-\nspiracy", "conspiracy |"),
        ("con- \r\n  spir\u00ad\nacy", "conspiracy |"),
        ("con¬\nspiracy con‐\nspiracy", "conspiracy conspiracy |"),
        ("mother-\nin-law", "mother in law |"),
        ("anti-Ger-\nman", "anti German |"),
        ("land-\nSlide", "land Slide |"),
        ("war -\nand", "war and |"),
        ("war--\nand", "war and |"),
        ("con-\n\nspiracy", "con | spiracy |"),
        ("1914-\nto", "1914 to |"),
        ("co\u00adop\u200f", "coop |"),
    ],
)
def test_broken_words(text: str, expected: str) -> None:
    """A word broken at a line end is one token; a compound or a dash there is not."""
    assert read(text) == expected


def test_span_of_a_broken_word() -> None:
    """The span of a broken word crosses the break."""
    assert places("a con-\nspiracy.") == [(0, 1), (2, 14), (15, 15)]


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ('He said: "No." Then he left', None, "He said No | Then he left |"),
        ("“What?”, she asked. “Why?!” He", None, "What she asked | Why | He |"),
        ("Mr. Smith of St. Louis, No. 5, vol. XII", None, "Mr Smith of St Louis No 5 vol XII |"),
        ("He said no. The end", None, "He said no | The end |"),
        ("etc. and so on", None, "etc and so on |"),
        ("done. b) the second", None, "done | b the second |"),
        ("1. The first. 2. The second", None, "1 The first | 2 The second |"),
        ("5. März. Dr. Müller", "de", "5 März | Dr Müller |"),
        ("Am 5. März", "de", "Am 5 März |"),
        ("on the 5. March", "en", "on the 5 | March |"),
        ("в 1917 г. Затем в г. Москва и т. д.", "ru", "в 1917 г | Затем в г Москва и т д |"),
        ("и т. д. Но т. е. Сталин", "ru", "и т д | Но т е Сталин |"),
        ("Idaho .. 4 Utah ...... Ohio", None, "Idaho 4 Utah Ohio |"),
        ("Well... So… Yes", None, "Well | So | Yes |"),
        ("A heading\n\nthe text\n \n\nmore", None, "A heading | the text | more |"),
        ("one\u2029two\r\nthree", None, "one | two three |"),
        ("end. ... -- Then!!!", None, "end | Then |"),
        ("...!", None, ""),
        ("", None, ""),
        ("Sr. García. El", "es", "Sr García | El |"),
    ],
)
def test_sentence_ends(text: str, language: str | None, expected: str) -> None:
    """Sentence ends stand where docs/text-rules.md says."""
    assert read(text, language) == expected


def test_place_of_a_sentence_end() -> None:
    """A sentence end stands behind the closing quotes, before white space."""
    assert places('"A b." C\n\nd \n')[2:] == [(6, 6), (7, 8), (8, 8), (10, 11), (11, 11)]


NOISE = " .,!?:;'’\"()-\n\r\u00ad\u2029…«»_“”—/\t\u00a0\u200d\u0301\u200f·0123"
SCRIPTS = {
    "Latin": "abcXYZéßMr.StvolLIVX",
    "Cyrillic": "абвгАБВГйёти.д.ст",
    "Greek": "αβγςΑΒΓάκπ",
    "Arabic": "ابتسمه؟،۔٠١٫٬\u0640\u064e\u200c",
    "Hebrew": "אבגדה״׳\u05b8",
    "Han": "中国人民\U00020000あカー。！？、「」\uff9e\u3099",
    "Complex": "กขคาំមខေက៕។",
}


def texts(alphabet: str) -> st.SearchStrategy[str]:
    """Texts of the script's characters and much punctuation, listed words among them."""
    words = st.sampled_from(
        ["Mr", "St", "No", "vol", "XIV", "т", "г", "в", "стр", "l'", "qu’", "U.S.S.R.", "con-\n", "con\u00ad\n", "\r\n",
         " \n\n", "1. ", "17", "Nr", "z.B", "in-law", "κ", "b) "]
    )  # fmt: skip
    piece = st.text(alphabet, max_size=4) | st.text(NOISE, max_size=3) | words
    return st.lists(piece, max_size=14).map("".join)


@pytest.mark.parametrize("script", [*SCRIPTS, "mixed", "any"])
def test_equals_the_twin(script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Kernels, compiled and plain, and twin find the same tokens in texts of every script and language."""
    scan_documents.compile()
    if script == "any":
        strategy = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
    elif script == "mixed":
        strategy = texts("".join(SCRIPTS.values()))
    else:
        strategy = texts(SCRIPTS[script])

    @given(strategy, st.sampled_from(LANGUAGES))
    @settings(max_examples=400, deadline=None, database=None, derandomize=True)
    @example("a\r\n\r\nb", None)
    @example("ג'5", "fr")
    def check(text: str, language: str | None) -> None:
        assert places(text, language) == text_twin.tokens(text, language)
        assert scan(text, language).forms(text) == text_twin.forms(text, language)
        monkeypatch.setattr(scan_documents, "_call", None)
        assert places(text, language) == text_twin.tokens(text, language)
        monkeypatch.undo()

    check()


@given(texts("".join(SCRIPTS.values())), st.sampled_from(LANGUAGES))
@settings(max_examples=300, deadline=None, database=None, derandomize=True)
def test_order_of_tokens(text: str, language: str | None) -> None:
    """Tokens ascend, none is empty but sentence ends, no sentence is empty, and the last token is an end."""
    found = places(text, language)
    for (start, end), (following, _) in itertools.pairwise(found):
        assert start <= end <= following
        assert start < end or following < len(text)
    ends = [start == end for start, end in found]
    assert not any(a and b for a, b in itertools.pairwise(ends))
    assert not found or (ends[-1] and not ends[0])
    assert all(form for form, end in zip(scan(text, language).forms(text), ends, strict=True) if not end)


@pytest.mark.parametrize(
    ("name", "language", "step", "most"),
    [
        ("sotu.jsonl.gz", None, 1, 300),
        ("newspapers-1916-11-12.jsonl.gz", None, 77, 60),
        ("stalin-works-ru.jsonl.gz", "ru", 20, 60),
    ],
)
def test_equals_the_twin_on_real_text(
    shared_data: Path, name: str, language: str | None, step: int, most: int
) -> None:
    """Kernels and twin find the same tokens in real documents, alone and as a batch."""
    found = list(documents(shared_data, name, step, most))
    expected = [text_twin.tokens(text, language) for text in found]
    codes = [code_points(text) for text in found]
    bounds = np.cumsum([0, *map(len, codes)])
    batch = scan_codes(np.concatenate(codes), bounds, [language] * len(found))
    for number, tokens in enumerate(expected):
        part = slice(batch.first[number], batch.first[number + 1])
        starts, ends = batch.starts[part] - bounds[number], batch.ends[part] - bounds[number]
        assert list(zip(starts.tolist(), ends.tolist(), strict=True)) == tokens


def test_classes_agree_with_unicode() -> None:
    """Our classes are Unicode's word-break property, with the stated differences."""
    icu = pytest.importorskip("icu")
    values = {
        name: icu.Char.getPropertyValueEnum(icu.UProperty.WORD_BREAK, name)
        for name in (
            "ALetter",
            "Hebrew_Letter",
            "Numeric",
            "Extend",
            "Format",
            "ZWJ",
            "ExtendNumLet",
            "Katakana",
        )
    }
    ours = classes.character_classes()
    kinds = {
        values["ALetter"]: {classes.LETTER, classes.UPPER, classes.LOWER},
        values["Hebrew_Letter"]: {classes.HEBREW},
        values["Numeric"]: {classes.NUMERIC},
        values["Extend"]: {classes.EXTEND},
        values["Format"]: {classes.EXTEND, classes.INVISIBLE, classes.SOFT_HYPHEN},
        values["ZWJ"]: {classes.EXTEND},
        values["ExtendNumLet"]: {classes.CONNECTOR},
        values["Katakana"]: {classes.SINGLE},
    }
    expected = {code for group in kinds.values() for code in group}
    wrong = []
    for code in range(0x110000):
        if unicodedata.category(chr(code)) in ("Cn", "Co", "Cs"):
            continue
        theirs = icu.Char.getIntPropertyValue(code, icu.UProperty.WORD_BREAK)
        if (theirs in kinds or ours[code] in expected - {classes.SINGLE}) and ours[code] not in kinds.get(
            theirs, ()
        ):
            wrong.append(code)
    # The Armenian hyphen joins no word; Hieroglyph format controls and the like came after Unicode 14.
    assert [code for code in wrong if code < 0x10000] == [0x058A]
    assert all(unicodedata.category(chr(code)) in ("Cf", "Lo") for code in wrong[1:])


@pytest.mark.parametrize(
    ("name", "language", "step"),
    [
        ("sotu.jsonl.gz", "en", 25),
        ("stalin-works-ru.jsonl.gz", "ru", 100),
        ("newspapers-1916-11-12.jsonl.gz", "en", 700),
    ],
)
def test_words_agree_with_icu(shared_data: Path, name: str, language: str, step: int) -> None:
    """Where none of our stated deviations applies, words are those of ICU's word iterator."""
    icu = pytest.importorskip("icu")
    iterator = icu.BreakIterator.createWordInstance(icu.Locale(language))
    for text in documents(shared_data, name, step, 12):
        text = "".join(c for c in text if ord(c) < 0x10000 and c not in "_\u00ad-¬\n\r:")
        iterator.setText(text)
        expected, start = [], 0
        for end in iterator:
            if iterator.getRuleStatus() >= 100:
                expected.append((start, end))
            start = end
        assert [(a, b) for a, b in places(text, "xx") if a < b] == expected


def test_folding() -> None:
    """Case, canonical forms and apostrophes fold together; accents on request."""
    assert fold("Straße") == fold("STRASSE") == "strasse"
    assert fold("ΛΌΓΟΣ") == fold("λόγος")
    assert fold("don’t") == fold("DON'T") == "don't"
    assert fold("e\u0301tat") == fold("ÉTAT") == "état"
    assert fold("État", accents=False) == "etat"
    assert fold("ещё Йод", accents=False) == "еще йод"
    assert fold("שָׁלוֹם", accents=False) == "שלום"
    assert fold("हिन्दी", accents=False) == "हिन्दी"


@given(st.text(max_size=12), st.booleans())
@settings(deadline=None, database=None, derandomize=True)
def test_folding_twice(text: str, accents: bool) -> None:
    """A folded form folds to itself, and canonically equal forms fold alike."""
    folded = fold(text, accents)
    assert fold(folded, accents) == folded
    assert fold(unicodedata.normalize("NFD", text), accents) == folded


def test_readings_of_a_phrase() -> None:
    """A phrase is cut in every way that some language would cut it, each once."""
    assert readings("l'homme libre") == (("l'homme", "libre"), ("l'", "homme", "libre"))
    assert readings("anti-Soviet") == (("anti", "Soviet"),)


def test_language_names() -> None:
    """Codes with a region and names come to one code; unlisted ones to none."""
    assert [language_code(name) for name in ("fr", "FRA", "fr-CA", "French", "fr_FR", "xx", "", None)] == [
        *["fr"] * 5, "", "", ""
    ]  # fmt: skip


@given(st.lists(texts("".join(SCRIPTS.values())), max_size=6))
@settings(max_examples=100, deadline=None, database=None, derandomize=True)
def test_vocabulary(parts: list[str]) -> None:
    """Each form has one number, 0 being that of the sentence end, and each number gives back its form."""
    vocabulary = Vocabulary(expected=1)
    met = {""}
    for text in parts:
        tokens = scan(text)
        added = vocabulary.add(code_points(text), tokens.starts, tokens.ends)
        forms = vocabulary.forms()
        assert [forms[number] for number in added.tolist()] == tokens.forms(text)
        met.update(tokens.forms(text))
    assert vocabulary.forms()[0] == ""
    assert sorted(vocabulary.forms()) == sorted(met)
    assert len(vocabulary) == len(met)


def test_vocabulary_grows() -> None:
    """A vocabulary takes many more and much longer forms than were expected."""
    text = " ".join(f"w{number}" for number in range(50_000)) + " " + "x" * 100_000
    tokens, vocabulary = scan(text), Vocabulary(expected=1)
    assert vocabulary.add(code_points(text), tokens.starts, tokens.ends).tolist()[-1] == 0
    assert sorted(vocabulary.forms()[1:]) == sorted(text.split())
    assert vocabulary.nbytes >= 300_000


def test_threads_agree() -> None:
    """Many threads that scan at once get what one gets."""
    text = "He said no. The U.S.S.R. con-\nspired! " * 2000
    expected = places(text)
    with ThreadPoolExecutor(4) as pool:
        assert all(found == expected for found in pool.map(places, [text] * 16))


def test_form_of_a_span() -> None:
    """The form leaves out the broken line and invisible characters only."""
    text = "x con-\r\n spi\u00adracy's\u200e y"
    assert form_of(text, 2, len(text) - 2) == "conspiracy's"
