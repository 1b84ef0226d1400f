"""What the text rules know of single languages: elisions, abbreviations, ordinals.

The rules themselves are in docs/text-rules.md. A document's language chooses the list; a
document without one, or in a language without a list, is read with the lists for English
and Russian, which share no letter.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tendency.corpus.classes import LOWERED

TOKENISER_VERSION: Final = 1
"""Raised whenever a rule changes, so that an index knows by which rules it was made."""

ALWAYS: Final = 1
BEFORE_NUMBER: Final = 2
NOT_AFTER_NUMBER: Final = 3
ELISION: Final = 4

ELISIONS: Final = 1
COLONS: Final = 2
SEMICOLONS: Final = 4
ORDINALS: Final = 8


@dataclass(frozen=True)
class LanguageRules:
    """What one language adds to the common rules; all words in lower case, without the last stop.

    Attributes:
        always: Abbreviations after which no sentence ends.
        before_number: Abbreviations after which no sentence ends when a number follows.
        not_after_number: Abbreviations after which no sentence ends, except after a number.
        elided: Words that end at an apostrophe which is followed by a word.
        ordinals: A stop after a number of at most two digits makes it an ordinal.
        colon_joins: A colon between letters is inside a word.
        semicolon_asks: A semicolon is a question mark.
    """

    always: str = ""
    before_number: str = ""
    not_after_number: str = ""
    elided: str = ""
    ordinals: bool = False
    colon_joins: bool = False
    semicolon_asks: bool = False

    @property
    def flags(self) -> int:
        """The switches as bits, for a kernel."""
        return (
            ELISIONS * bool(self.elided)
            | COLONS * self.colon_joins
            | SEMICOLONS * self.semicolon_asks
            | ORDINALS * self.ordinals
        )


_ENGLISH: Final = LanguageRules(
    always=(
        "mr mrs ms messrs mme mmes mlle dr drs prof rev revs revd hon st ste mt ft fr sr gen lieut lt col maj capt "
        "cpt corp sgt sergt pvt adm cmdr comdr com gov sen sens rep reps pres supt insp comm comr commr asst dept "
        "atty geo chas wm jas jos thos robt benj saml edw danl theo vs viz cf e.g i.e eg ie al ca approx "
        "ave bro bros adjt agt messrs mgr regt brig dist"
    ),
    before_number=(
        "no nos vol vols p pp pg par pars art arts sec secs sect ch chap fig figs pl ed eds bk pt pts col ser "
        "div lot lots blk stat stats cap tel jan feb febr mar apr jun jul aug sep sept oct nov dec "
        "sun mon tue tues wed thu thur thurs fri sat"
    ),
)
_RUSSIAN: Final = LanguageRules(
    always=(
        "т тов тт гр им проф акад инж ген полк кап лейт св ул пл просп пер наб обл губ уезд дер "
        "мест стр см ср напр т.е т.н т.наз наз прим ред изд кн сб гл рис табл рус нем англ фр франц лат греч итал "
        "е н о и.о зам зав пом чл кор доц с"
    ),
    before_number="№ гл ст п пп т тт с стр ч кн вып рис табл разд отд",
    not_after_number="г гг в вв тыс млн млрд руб коп",
)
_GERMAN: Final = LanguageRules(
    always=(
        "dr prof hr hrn fr frl st gen abt bd bde bzw bspw ca d.h dgl ebd etc evtl ff geb gen ges gest ggf "
        "hl hrsg i.e inkl jh kgl lt lic max min mio mrd mr mrs nr nrn o.ä p.a phil rd red s.o s.u sog str "
        "tel u.a u.ä usf v.chr vgl vol vorm z.b z.t z.zt zit zz a b d h o s u v z bes einschl entspr franz engl russ "
        "dt kath ev gebr insb gg vors gen genn"
    ),
    before_number="s nr bd h art abs § kap anm fig abb taf jan feb aug sept okt nov dez",
    ordinals=True,
)
_FRENCH: Final = LanguageRules(
    always="m mm mme mmes mlle mlles me mgr dr pr st ste gal col cap lt cie vve cf p.ex av apr env éd chap fig",
    before_number="no nos n p pp t vol art chap fig janv févr avr juil sept oct nov déc",
    elided="l d j m t s n c qu jusqu lorsqu puisqu quoiqu",
)
_SPANISH: Final = LanguageRules(
    always="sr sra sres sras srta d dña dr dra drs prof lic ing gral cnel cap tte mons fr sto sta pbro ud uds vd vds p.ej ej av avda cía",
    before_number="no núm núms n p pp pág págs t vol art arts cap fig ene feb mar abr jun jul ago sept oct nov dic",
)
_ITALIAN: Final = LanguageRules(
    always="sig sigg sigra signa dott prof on avv ing arch gen col cap ten mons fra s ss cav comm cf es",
    before_number="n nn p pp pag pagg vol art artt cap fig genn febbr apr giu lug sett ott nov dic",
    elided=(
        "l d c v m t s n un dell all dall nell sull coll quell quest bell sant com dov gl anch mezz tutt "
        "cent trent quarant cinquant sessant settant ottant novant senz"
    ),
)
_CATALAN: Final = LanguageRules(
    always="sr sra srs srta dr dra prof st sta mn av",
    before_number="núm núms p pp pàg pàgs vol art cap fig",
    elided="l d m t s n",
)
_PORTUGUESE: Final = LanguageRules(
    always="sr sra srs sras srta d dr dra drs prof profa eng gen cel cap ten mons fr sto sta exmo exma v.exa av ex",
    before_number="no n núm p pp pág págs t vol art arts cap fig jan fev mar abr jun jul ago set out nov dez",
)
_DUTCH: Final = LanguageRules(
    always="dhr mevr mw mr drs dr prof ir ing ds st gen kol kapt lt bijv bv b.v d.w.z o.a nl vgl ca jhr",
    before_number="nr nrs blz p pp art afd dl hfdst jan febr aug sept okt nov dec",
)
_POLISH: Final = LanguageRules(
    always="p pp dr prof mgr inż gen płk kpt por ks św im ul pl al np m.in tj tzn tzw zob por ob tow",
    before_number="nr s str t r art ust pkt poz rys tab",
    ordinals=True,
)
_SCANDINAVIAN: Final = LanguageRules(
    always="hr fru frk dr prof st kl ca f.eks bl.a d.v.s dvs t.ex jfr jf pga",
    before_number="nr s side kap art bd jan feb aug sept okt nov dec",
    ordinals=True,
)
_SWEDISH: Final = LanguageRules(
    always="hr fru frk dr prof st kl ca bl.a d.v.s dvs t.ex jfr s.k",
    before_number="nr s sid kap art bd jan feb aug sept okt nov dec",
    colon_joins=True,
)
_GREEK: Final = LanguageRules(
    always="κ κκ κα δρ π.χ δηλ αγ βλ πρβλ στρ καθ",
    before_number="αρ σ σσ σελ τ τομ άρθρ κεφ",
    semicolon_asks=True,
)

_LISTS: Final[Mapping[str, LanguageRules]] = {
    "en": _ENGLISH,
    "ru": _RUSSIAN,
    "uk": _RUSSIAN,
    "be": _RUSSIAN,
    "bg": _RUSSIAN,
    "de": _GERMAN,
    "fr": _FRENCH,
    "es": _SPANISH,
    "it": _ITALIAN,
    "ca": _CATALAN,
    "pt": _PORTUGUESE,
    "nl": _DUTCH,
    "pl": _POLISH,
    "da": _SCANDINAVIAN,
    "no": _SCANDINAVIAN,
    "sv": _SWEDISH,
    "el": _GREEK,
    "fi": LanguageRules(
        ordinals=True, colon_joins=True, always="esim ks ns prof tri hra rva", before_number="nro s"
    ),
    "cs": LanguageRules(
        ordinals=True,
        always="p pí dr prof ing gen sv ul např tj tzv tzn srov viz mgr",
        before_number="č čís s str",
    ),
    "sk": LanguageRules(
        ordinals=True, always="p dr prof ing gen sv ul napr tj tzv porov", before_number="č čís s str"
    ),
    "hu": LanguageRules(ordinals=True, always="dr prof id ifj özv pl ill ún st", before_number="sz o old"),
    "sr": LanguageRules(ordinals=True),
    "hr": LanguageRules(ordinals=True),
    "sl": LanguageRules(ordinals=True),
    "tr": LanguageRules(ordinals=True, always="dr prof doç av sn bkz örn", before_number="s no"),
}
_OTHER_CODES: Final[Mapping[str, str]] = {
    code: language
    for language, codes in {
        "en": "eng english",
        "ru": "rus russian русский",
        "uk": "ukr ukrainian",
        "be": "bel belarusian",
        "bg": "bul bulgarian",
        "de": "deu ger german deutsch",
        "fr": "fra fre french français",
        "es": "spa spanish español",
        "it": "ita italian italiano",
        "ca": "cat catalan català",
        "pt": "por portuguese português",
        "nl": "nld dut dutch nederlands",
        "pl": "pol polish polski",
        "da": "dan danish dansk",
        "no": "nor norwegian norsk nb nob nn nno",
        "sv": "swe swedish svenska",
        "el": "ell gre greek",
        "fi": "fin finnish suomi",
        "cs": "ces cze czech",
        "sk": "slk slo slovak",
        "hu": "hun hungarian magyar",
        "sr": "srp serbian",
        "hr": "hrv croatian",
        "sl": "slv slovenian slovene",
        "tr": "tur turkish",
    }.items()
    for code in codes.split()
}
_ORDER: Final = ("", *_LISTS)


def language_code(language: str | None) -> str:
    """The two-letter code of a language that has a list of its own, else the empty string.

    Takes codes of two and three letters, with a region or script behind them, and the common
    names: ``fr``, ``fra``, ``fr-CA`` and ``French`` are all ``fr``.
    """
    name = (language or "").strip().casefold().replace("_", "-").split("-")[0]
    code = _OTHER_CODES.get(name, name)
    return code if code in _LISTS else ""


def ruleset(language: str | None) -> int:
    """The number by which kernels know the rules for a language; 0 where none is listed."""
    return _ORDER.index(language_code(language))


@dataclass(frozen=True)
class RuleTables:
    """The lists of all languages, for a kernel.

    Attributes:
        flags: The switches of each ruleset, uint8 (rulesets,).
        keys: Open-addressing table of word hashes, uint64 (a power of two,); 0 is empty.
        kinds: For each key a bit set of ``1 << ALWAYS`` and so on, uint8 (same length).
    """

    flags: NDArray[np.uint8]
    keys: NDArray[np.uint64]
    kinds: NDArray[np.uint8]


@cache
def rule_tables() -> RuleTables:
    """The tables for every ruleset, built at first use."""
    entries: dict[int, int] = {}
    for number, code in enumerate(_ORDER):
        for rules in (_LISTS[code],) if code else (_ENGLISH, _RUSSIAN):
            for kind, words in _kinds(rules):
                for word in words.split():
                    key = word_key(word, number)
                    entries[key] = entries.get(key, 0) | 1 << kind
    size = 1 << (4 * len(entries) - 1).bit_length()
    keys, kinds = np.zeros(size, np.uint64), np.zeros(size, np.uint8)
    for key, bits in entries.items():
        slot = key & (size - 1)
        while keys[slot]:
            slot = (slot + 1) & (size - 1)
        keys[slot], kinds[slot] = key, bits
    flags = np.array([_LISTS[code].flags if code else 0 for code in _ORDER], np.uint8)
    for table in (flags, keys, kinds):
        table.setflags(write=False)
    return RuleTables(flags, keys, kinds)


def word_key(word: str, number: int) -> int:
    """The hash of a lower-case word in a ruleset: FNV-1a over number and code points, 64 bits, not 0."""
    key = _hashed(0xCBF29CE484222325, number)
    for character in word:
        assert ord(character) >= LOWERED or len(character.lower()) == 1
        key = _hashed(key, ord(character))
    return key or 1


def _hashed(key: int, value: int) -> int:
    return ((key ^ value) * 0x100000001B3) & 0xFFFFFFFFFFFFFFFF


def _kinds(rules: LanguageRules) -> tuple[tuple[int, str], ...]:
    return (
        (ALWAYS, rules.always),
        (BEFORE_NUMBER, rules.before_number),
        (NOT_AFTER_NUMBER, rules.not_after_number),
        (ELISION, rules.elided),
    )
