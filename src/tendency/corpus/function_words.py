"""Words that hold sentences together: an n-gram that begins or ends with one is a torn-off piece of another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from tendency.corpus.lemmas import COMMON_WORDS, languages
from tendency.corpus.tokens import fold

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from tendency.corpus.index import Index

LISTS: Final[Mapping[str, str]] = {
    "en": (
        "a about above after again against all also am among an and any are as at be because been before being below between both but "
        "by can could did do does doing down during each either every few for from further had has have having he her here hers him "
        "his how i if in into is it it's its itself just may me might mine more most much must my neither no nor not now of off on once "
        "only or other our ours out over own s same shall she should so some such t than that the their theirs them themselves then "
        "there these they this those through thus to too under until up upon us very was we were what when where whether which while "
        "who whom whose why will with within without would yet you your yours"
    ),
    "de": (
        "ab aber alle allem allen aller alles als also am an auch auf aus bei bin bis bist da dann das daß dass dem den denn der des "
        "die dies diese diesem diesen dieser dieses doch du durch ein eine einem einen einer eines er es etwas euch für gegen hat "
        "hatte hatten hier ich ihm ihn ihr ihre ihrem ihren ihrer im in ist ja jede jedem jeden jeder jedes kann kein keine keinem "
        "keinen keiner können man mehr mein meine mich mir mit muß nach nicht noch nun nur ob oder ohne sehr sein seine seinem seinen "
        "seiner selbst sich sie sind so soll sollen sondern über um und uns unser unsere unter vom von vor war waren was weil wenn wer "
        "werden wie wieder will wir wird wo wurde wurden zu zum zur zwischen"
    ),
    "fr": (
        "à ai ainsi au aussi autre autres aux avait avec avoir c ce cela ces cet cette chez comme d dans de depuis des donc dont du elle "
        "elles en entre est et été être eux fait faut il ils j je l la le les leur leurs lui m ma mais me même mes moi mon n ne ni nos "
        "notre nous on ont ou où par pas plus pour qu quand que qui s sa sans se sera ses si soit son sont sous sur t ta te tes toi ton "
        "tous tout toute toutes très tu un une vos votre vous y"
    ),
    "es": (
        "a al algo ante antes aquel así aun como con contra cual cuando de del desde donde durante e el él ella ellas ellos en entre era "
        "es esa ese eso esta está estas este esto estos fue ha había han hasta hay la las le les lo los más me mi mis mismo muy ni no "
        "nos nosotros o otra otro otros para pero por porque pues que qué quien se sea ser si sí sin sobre son su sus también tan te "
        "tiene todo todos tu u un una uno unos y ya yo"
    ),
    "it": (
        "a ad al alla alle allo ai agli anche c che chi ci ciò col come con contro cui d da dai dal dalla dalle de degli dei del della "
        "delle dello di dopo dove e è ed era essere fra gli ha hanno i il in io l la le lei lo loro lui ma me mi mio n ne né nei nel "
        "nella nelle no noi non nostra nostro o ogni per perché più poi quale quando quella quello questa queste questi questo qui s se "
        "senza si sia sono sta su sua sue sui sul sulla suo suoi tra tu tutti tutto un una uno vi voi"
    ),
    "pt": (
        "a à ao aos as às até com como contra da das de dela dele deles do dos e é ela elas ele eles em entre era essa esse esta está "
        "este eu foi foram há isso isto já lhe lhes mais mas me mesmo meu minha muito na não nas nem no nos nós num numa o os ou para "
        "pela pelas pelo pelos por porque qual quando que quem se sem ser seu seus são só sobre sua suas também tem ter toda todos um "
        "uma você"
    ),
    "nl": (
        "aan al alle als bij daar dan dat de der des deze die dit doch doen door dus een en er geen had hadden hare heb hebben heeft hem "
        "het hier hij hoe hun ik in is ja je kan kon maar me meer men met mij mijn na naar niet nog nu of om omdat onder ons ook op over "
        "reeds te ten tot u uit uw van veel voor want waren was wat we wel werd werden wie wij wil word worden wordt zal ze zelf zich "
        "zij zijn zo zonder zou"
    ),
    "ru": (
        "а без более бы был была были было быть в вам вас ведь во вот все всё всего всех вы где да даже для до его ее её если есть еще "
        "ещё же за и из или им их к как какой когда которая которого которое которой которые который которых кто ли лишь между меня мне "
        "мы на над надо нас наш наша наши не него нее ней нельзя нет ни них но ну о об однако он она они оно от перед по под после "
        "потому при про с сам свое своей своего свои своих себя со так также такие такой там те тем то того тоже той только том тот ту "
        "ты у уж уже чего чем что чтобы эта эти этим этих это этого этой этом этот эту я"
    ),
    "uk": (
        "а або але б без би був була були було бути в вам вас вже ви від він вона вони воно все всі для до є за з зі і із їх її його й "
        "коли ли між ми мене на над нам нас наш не неї ні них но о об од по під після при про с свого своє свої своїх себе та так також "
        "там те ти то того той тільки тому ту у це цей цих ця чи що щоб щодо я як який яка яке які яких якщо"
    ),
    "pl": (
        "a aby albo ale ani bez był była było były być by co czy da dla do gdy gdzie go i ich im innych iż ja jak jako je jednak jego jej "
        "jest jeszcze jeżeli już każdy kiedy kto która które którego której którzy który których lecz lub ma mi między mnie może na nad "
        "nam nas nasz nie nich nim o od on ona oni oraz po pod ponieważ przed przez przy są się sobie swego swoje ta tak także tam te "
        "tego tej ten to tu tych tylko tym u w we więc wszystko z za ze że"
    ),
}
"""Articles, prepositions, conjunctions, pronouns and auxiliaries."""

UNLISTED_RATE: Final = 5e-3
"""A form so frequent is taken for one where the language has no list."""
LEAST_SHARE: Final = 0.05
"""A language counts that so large a share of the words is in."""


def languages_of(index: Index, masks: Sequence[NDArray[np.bool_]]) -> list[str]:
    """The languages that a twentieth of the words or more are in, most first; the empty code for one that is not known."""
    words: dict[str, int] = {}
    for segment, mask in zip(index.segments, masks, strict=True):
        codes, of = languages(segment)
        counted = np.bincount(of[mask], segment.words[mask], len(codes)).astype(np.int64)
        for code, count in zip(codes, counted.tolist(), strict=True):
            words[code] = words.get(code, 0) + count
    total = sum(words.values())
    kept = [(-count, code) for code, count in words.items() if count and count >= LEAST_SHARE * total]
    return [code for _, code in sorted(kept)]


def function_words(spoken: Sequence[str]) -> tuple[frozenset[str], bool]:
    """The listed function words of some languages, and whether one of them has no list of its own."""
    listed = {fold(word) for code in spoken for word in LISTS.get(code, COMMON_WORDS.get(code, "")).split()}
    return frozenset(listed), any(code not in LISTS for code in spoken)
