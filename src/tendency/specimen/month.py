"""One month of the press: its articles, their dates and pages, and every sentence in them."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterator

import numpy as np

from tendency.documents.dates import DateSpan
from tendency.documents.document import Document
from tendency.specimen import grammar, planted
from tendency.specimen.courses import AIMS, MONTH, Courses
from tendency.specimen.draws import Draws, Integers
from tendency.specimen.grammar import MOST_SLOTS, Template
from tendency.specimen.republic import FIRST_YEAR, LOOSE, LOST, PAPERS, PEN_NAME, WRITERS, Paper

# Sentences in an article, and the standard deviation of the logarithm of their number.
_SHORTEST, _LONGEST, _SPREAD_OF_LENGTHS = 4, 120, 0.4

_UNSIGNED, _PEN_NAMED = 0.10, 0.13
_LOOSE = 0.15
_REPRINTED = 0.006
_TAILED, _LED, _PARAGRAPH = 0.12, 0.10, 0.28

# An aim's words come in bursts too: often in a quarter of the articles, seldom in the others; 1 on average.
_KEEN_SHARE, _KEEN, _DULL = 0.25, 2.5, 0.5

# For a sentence: frame and its slots, end and its slot, lead and its slot, one spare, paragraph.
_COLUMNS = MOST_SLOTS + 7
_DOCUMENT_COLUMNS = 13

# How much is written of the frontier; in the other years a fifth of any other theme.
_FRONTIER = {1938: 0.6, 1939: 1.5, 1940: 2.5, 1941: 2.5, 1942: 2.5, 1943: 1.5, 1944: 0.6}

_SMALL = {"a", "an", "and", "at", "by", "from", "in", "of", "off", "on", "the", "to", "with"}

THEMES = tuple(grammar.THEMES)
MATTER = {theme: grammar.templates(texts, grammar.SLOTS) for theme, texts in grammar.THEMES.items()}
TITLES = [grammar.templates(grammar.TITLES[theme], grammar.SLOTS) for theme in THEMES]
LEADS = grammar.templates(grammar.LEADS, grammar.SLOTS)
ENDS = (
    *(grammar.templates(texts, grammar.SLOTS) for texts in planted.AIM_TAILS.values()),
    grammar.templates(grammar.TAILS, grammar.SLOTS),
    (),
)

# Steps through nine themes, and strides through twelve templates, that leave none out.
_STEPS, _STRIDES = (1, 2, 4, 5, 7, 8), (1, 5, 7, 11)


class MonthOfPress:
    """One month of the press, made without those before it.

    Args:
        seed: The specimen's.
        scale: The specimen's.
        year: Its year.
        month: Its month, from 1.
        course: What all months share.
    """

    def __init__(self, seed: int, scale: float, year: int, month: int, course: Courses) -> None:
        self.year, self.month, self.scale, self.course = year, month, scale, course
        self.number = (year - FIRST_YEAR) * 12 + month - 1
        # What is printed must not move who prints it and when: two streams.
        self.draws, self.words = Draws(seed, MONTH, self.number, 0), Draws(seed, MONTH, self.number, 1)
        self.first_ordinal = dt.date(year, month, 1).toordinal()
        self.days = calendar.monthrange(year, month)[1]

    def documents(self, recent: list[Document]) -> list[Document]:
        """Its documents, some of them reprints of ``recent`` ones."""
        papers = self._papers()
        if not len(papers):
            return []
        lengths = self._lengths(papers)
        themes = self._themes(len(papers))
        kinds, owners = self._sentences(papers, lengths)
        tails = self._tails(kinds, owners, len(papers))
        texts = self._texts(papers, themes, kinds, owners, tails)
        return self._dated(papers, themes, texts, recent)

    def _papers(self) -> Integers:
        means = np.array(
            [
                paper.articles * self.scale
                if paper.appears(self.year, self.month) and not self._lost(paper)
                else 0.0
                for paper in PAPERS
            ]
        )
        counts = self.draws.poisson(means)
        for number, paper in enumerate(PAPERS):
            if (paper.slug, self.year, self.month) in SCHEDULE and counts[number] == 0:
                counts[number] = 1
        return np.repeat(np.arange(len(PAPERS)), counts)

    def _lost(self, paper: Paper) -> bool:
        slug, first, last = LOST
        return paper.slug == slug and first <= (self.year, self.month) <= last

    def _lengths(self, papers: Integers) -> Integers:
        medians = np.array([paper.sentences for paper in PAPERS])[papers]
        lengths = np.rint(medians * np.exp(_SPREAD_OF_LENGTHS * self.draws.normal(len(papers))))
        return np.asarray(np.clip(lengths, _SHORTEST, _LONGEST), np.int64)

    def _themes(self, documents: int) -> Integers:
        weights = np.ones(len(THEMES))
        weights[THEMES.index("frontier")] = _FRONTIER.get(self.year, 0.2)
        cumulative = np.cumsum(weights) / weights.sum()
        return np.searchsorted(cumulative, self.draws.uniform(documents), side="right").astype(np.int64)

    def _sentences(self, papers: Integers, lengths: Integers) -> tuple[Integers, Integers]:
        """Of each sentence its strand (-1: the article's own matter) and its document, in the order of reading."""
        course = self.course
        means = lengths[:, None] * course.rate[self.number] * course.liking[papers]
        counts = self.words.negative_binomial(means, course.burstiness)
        repeats = np.column_stack([lengths, counts])
        kinds = np.repeat(np.tile(np.arange(-1, counts.shape[1]), len(papers)), repeats.ravel())
        owners = np.repeat(np.arange(len(papers)), repeats.sum(axis=1))
        keys = self.words.uniform(len(kinds))
        # An article opens with its own matter.
        keys[np.searchsorted(owners, np.arange(len(papers)))] = -1.0
        order = np.lexsort((keys, owners))
        return kinds[order], owners

    def _tails(self, kinds: Integers, owners: Integers, documents: int) -> Integers:
        """Of each sentence the aim whose words end it; one beyond for an idle end, two beyond for none."""
        keen = np.where(self.words.uniform(documents, len(AIMS)) < _KEEN_SHARE, _KEEN, _DULL)
        chance = (self.course.chance[self.number] * keen)[owners]
        for strand, table in self.course.aims.items():
            own = table[self.number]
            room = 1 - np.nansum(own)
            of_strand = kinds == strand
            chance[of_strand] = np.where(np.isnan(own), chance[of_strand] * room, own)
        cumulative = np.cumsum(np.column_stack([chance, np.full(len(kinds), _TAILED)]), axis=1)
        return np.asarray((self.words.uniform(len(kinds))[:, None] >= cumulative).sum(axis=1), np.int64)

    def _texts(
        self, papers: Integers, themes: Integers, kinds: Integers, owners: Integers, tails: Integers
    ) -> list[str]:
        frames = [strand.frames for strand in self.course.strands]
        orders = self.words.uniform(len(papers), len(THEMES) + 1).tolist()
        draws = self.words.uniform(len(kinds), _COLUMNS).tolist()
        bounds = np.searchsorted(owners, np.arange(len(papers) + 1)).tolist()
        kind_list, tail_list = kinds.tolist(), tails.tolist()
        extra = self._scheduled(papers)
        texts = []
        for document, theme in enumerate(themes.tolist()):
            deck = _deck(theme, orders[document])
            paragraphs: list[list[str]] = [[]]
            for n in range(bounds[document], bounds[document + 1]):
                if len(paragraphs[-1]) > 1 and draws[n][-1] < _PARAGRAPH:
                    paragraphs.append([])
                row, kind = draws[n], kind_list[n]
                frame = next(deck) if kind < 0 else _pick(frames[kind], row[0])
                paragraphs[-1].append(sentence(frame, ENDS[tail_list[n]], row))
            paragraphs[len(paragraphs) // 2] += extra.get(document, [])
            texts.append("\n\n".join(" ".join(paragraph) for paragraph in paragraphs))
        return texts

    def _scheduled(self, papers: Integers) -> dict[int, list[str]]:
        """Sentences that a paper prints in this very month: in the first of its articles."""
        found = {}
        for number, paper in enumerate(PAPERS):
            due = SCHEDULE.get((paper.slug, self.year, self.month))
            if due:
                found[int(np.searchsorted(papers, number))] = due
        return found

    def _dated(
        self, papers: Integers, themes: Integers, texts: list[str], recent: list[Document]
    ) -> list[Document]:
        draws = self.draws.uniform(len(papers), _DOCUMENT_COLUMNS).tolist()
        scheduled = self._scheduled(papers)
        found = []
        number_in_paper = 0
        for n, (paper_number, theme) in enumerate(zip(papers.tolist(), themes.tolist(), strict=True)):
            paper = PAPERS[paper_number]
            number_in_paper = 1 if n == 0 or papers[n - 1] != paper_number else number_in_paper + 1
            row = draws[n]
            document_id, date, number = self._issue(paper, paper_number, number_in_paper, row)
            title = _headline(_pick(TITLES[theme], row[3]).fill(row[4:7]))
            author, text = self._author(paper, row[7], row[8]), texts[n]
            if row[9] < _REPRINTED and n not in scheduled:
                title, author, text = _reprint(recent, paper, row[10]) or (title, author, text)
            fields = {
                "title": title,
                "author": author,
                "publication": paper.name,
                "standpoint": paper.standpoint,
                "place": paper.place,
                "volume": str(self.year - paper.founded + 1),
                "number": number,
                "pages": _pages(paper, row[11], row[12]),
                "language": "en",
            }
            shown = {name: value for name, value in fields.items() if value}
            found.append(Document(document_id, date, text, shown, origin=f"{paper.slug}.jsonl"))
        return sorted(found, key=lambda document: (document.date.start, document.id))

    def _issue(
        self, paper: Paper, paper_number: int, within: int, row: list[float]
    ) -> tuple[str, DateSpan, str]:
        """Its id, its date as far as it is known, and the number of its issue."""
        if paper.slug == LOOSE and row[0] < _LOOSE:
            span = DateSpan(dt.date(self.year, 1, 1), dt.date(self.year + 1, 1, 1), str(self.year))
            return f"{paper.slug}-{self.year}-loose-{'abcdefghijkl'[self.month - 1]}{within}", span, ""
        document_id = f"{paper.slug}-{self.year}-{self.month:02}-{within:02}"
        if not paper.weekly:
            first = dt.date(self.year, self.month, 1)
            span = DateSpan(first, first + dt.timedelta(self.days), f"{self.year}-{self.month:02}")
            return document_id, span, str(self.month)
        weekday = paper_number % 6
        first_day = self.first_ordinal + (weekday - self.first_ordinal + 1) % 7
        issues = (self.first_ordinal + self.days - 1 - first_day) // 7 + 1
        day = dt.date.fromordinal(first_day + 7 * int(row[1] * issues))
        week = (day.timetuple().tm_yday - 1) // 7 + 1
        return document_id, DateSpan(day, day + dt.timedelta(1), day.isoformat()), str(week)

    def _author(self, paper: Paper, signed: float, which: float) -> str:
        if signed < _UNSIGNED:
            return ""
        if signed < _PEN_NAMED:
            return PEN_NAME
        staff = [
            writer.name
            for writer in WRITERS
            for slug, first, last in writer.papers
            if slug == paper.slug and first <= self.year <= last
        ]
        return staff[int(which * len(staff))]


def _deck(theme: int, draws: list[float]) -> Iterator[Template]:
    """The templates of an article in the order of their use: its own theme, then others, none twice till all are used."""
    step = _STEPS[int(draws[0] * len(_STEPS))]
    while True:
        for distance, draw in enumerate(draws[1:]):
            matter = MATTER[THEMES[(theme + distance * step) % len(THEMES)]]
            size = len(matter)
            start, stride = divmod(int(draw * size * len(_STRIDES)), len(_STRIDES))
            for n in range(size):
                yield matter[(start + n * _STRIDES[stride]) % size]


def sentence(frame: Template, ends: tuple[Template, ...], draws: list[float]) -> str:
    """The frame filled, with one of the ends."""
    text = frame.fill(draws[1 : MOST_SLOTS + 1]).removesuffix(".")
    if frame.leadable and draws[-4] < _LED:
        lead = _pick(LEADS, draws[-4] / _LED).fill(draws[-3:-2])
        text = lead + text[0].lower() + text[1:]
    if ends:
        text += _pick(ends, draws[MOST_SLOTS + 1]).fill(draws[MOST_SLOTS + 2 : MOST_SLOTS + 3])
    return _capital(text) + "."


def _pick(choices: tuple[Template, ...], draw: float) -> Template:
    return choices[int(draw * len(choices))]


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]


def _headline(text: str) -> str:
    words = [word if word in _SMALL else word[0].upper() + word[1:] for word in text.split()]
    return _capital(" ".join(words))


def _pages(paper: Paper, draw: float, double: float) -> str:
    page = 1 + int(draw * (8 if paper.weekly else 40))
    return f"{page}–{page + 1}" if double < 0.2 else str(page)


def _reprint(recent: list[Document], paper: Paper, draw: float) -> tuple[str, str, str] | None:
    others = [document for document in recent if document.fields["publication"] != paper.name]
    if not others:
        return None
    source = others[int(draw * len(others))]
    return source.fields["title"], source.fields.get("author", ""), source.text


def _schedule() -> dict[tuple[str, int, int], list[str]]:
    found: dict[tuple[str, int, int], list[str]] = {}
    for quotation in planted.QUOTATIONS:
        year, month = quotation.month
        found.setdefault((quotation.paper, year, month), []).append(quotation.text + ".")
        for slug, months, kind in quotation.copies:
            later = year * 12 + month - 1 + months
            words = {"text": quotation.text, "short": quotation.short, "altered": quotation.altered}[kind]
            line = f"“{words}”, wrote {quotation.author}."
            found.setdefault((slug, later // 12, later % 12 + 1), []).append(line)
    for prediction in planted.PREDICTIONS:
        found.setdefault((prediction.paper, *prediction.made), []).append(prediction.claim + ".")
        found.setdefault((prediction.paper, *prediction.due), []).append(prediction.report + ".")
    return found


SCHEDULE = _schedule()
