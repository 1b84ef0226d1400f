"""The invented republic of Halvora: its papers, people and places.

Nothing here is or was; a name that also exists does so by chance.
"""

from __future__ import annotations

from dataclasses import dataclass

FIRST_YEAR, LAST_YEAR = 1930, 1949

STANDPOINTS = ("official", "opposition", "local")


@dataclass(frozen=True)
class Paper:
    """One publication of the republic.

    Attributes:
        slug: Begins the ids of its documents and names its file.
        name: As its masthead has it.
        standpoint: One of ``STANDPOINTS``.
        place: Where it was printed.
        weekly: True for an issue a week, False for one a month.
        founded: The year of its first volume, which may lie before the specimen begins.
        articles: How many articles of a month are held, on average, at scale 1.
        sentences: The median length of its articles.
        first: Its first month in the specimen, as year and month.
        last: Its last month.
    """

    slug: str
    name: str
    standpoint: str
    place: str
    weekly: bool
    founded: int
    articles: float
    sentences: float
    first: tuple[int, int] = (FIRST_YEAR, 1)
    last: tuple[int, int] = (LAST_YEAR, 12)

    def appears(self, year: int, month: int) -> bool:
        """True when it was printed in that month."""
        return self.first <= (year, month) <= self.last


PAPERS = (
    Paper("gazette", "The Halvora Gazette", "official", "Tarn", True, 1868, 1.10, 11),
    Paper("republic", "The Republic", "official", "Tarn", True, 1919, 1.00, 12),
    Paper("messenger", "State Messenger", "official", "Tarn", True, 1921, 0.80, 9),
    Paper("courier", "The Tarn Courier", "official", "Tarn", True, 1894, 0.90, 10),
    Paper("review", "Review of the Ministries", "official", "Tarn", False, 1923, 0.50, 18),
    Paper("northern-mail", "The Northern Mail", "official", "Dunmar", True, 1902, 0.70, 10),
    Paper("harbour", "Harbour Bulletin", "official", "Port Averin", False, 1911, 0.60, 10),
    Paper("herald", "The Provincial Herald", "official", "Corvane", True, 1889, 0.80, 11),
    Paper("soldier", "The Soldier's Page", "official", "Holm", True, 1925, 0.70, 8),
    Paper("workbench", "The Workbench", "opposition", "Tarn", True, 1922, 1.00, 12),
    Paper("open-hand", "The Open Hand", "opposition", "Tarn", False, 1926, 0.60, 16),
    Paper("lantern", "The Lantern", "opposition", "Port Averin", True, 1917, 0.80, 11),
    Paper("free-word", "Free Word", "opposition", "Lessow", True, 1924, 0.70, 10),
    Paper("lever", "The Lever", "opposition", "Marrowby", True, 1920, 0.80, 10, last=(1941, 6)),
    Paper("new-ground", "New Ground", "opposition", "Tarn", False, 1938, 0.70, 16, first=(1938, 3)),
    Paper("common-table", "The Common Table", "opposition", "Corvane", False, 1928, 0.60, 14),
    Paper("signal-lamp", "The Signal Lamp", "opposition", "Kestrel Bridge", True, 1913, 0.70, 10),
    Paper("ploughshare", "The Ploughshare", "opposition", "Redmarsh", True, 1906, 0.80, 10),
    Paper("letters", "Tarn Letters", "opposition", "Tarn", False, 1929, 0.60, 15),
    Paper("lessow", "Lessow Weekly", "local", "Lessow", True, 1881, 0.70, 9),
    Paper("marrowby", "Marrowby Chronicle", "local", "Marrowby", True, 1874, 0.80, 10),
    Paper("corvane", "Corvane Advertiser", "local", "Corvane", True, 1898, 0.80, 9),
    Paper("dunmar", "Dunmar Echo", "local", "Dunmar", True, 1909, 0.70, 8),
    Paper("redmarsh", "Redmarsh Parish Paper", "local", "Redmarsh", False, 1901, 0.60, 10),
    Paper("upper-stell", "Upper Stell Journal", "local", "Upper Stell", True, 1886, 0.70, 10),
    Paper("kestrel", "Kestrel Bridge Times", "local", "Kestrel Bridge", True, 1892, 0.70, 9),
    Paper("averin", "Port Averin News", "local", "Port Averin", True, 1879, 0.90, 10),
    Paper("sallow", "Sallow Hill Observer", "local", "Sallow Hill", False, 1912, 0.60, 11),
)

# Of this paper nothing of these months came down to us.
LOST = ("dunmar", (1935, 4), (1935, 6))

# Loose sheets of this paper carry a year and no day.
LOOSE = "letters"


@dataclass(frozen=True)
class Writer:
    """Someone who signs articles.

    Attributes:
        name: The signature.
        papers: The slugs of the papers that print the writer, with the first and last year in each.
    """

    name: str
    papers: tuple[tuple[str, int, int], ...]


def _staff(paper: str, *names: str) -> tuple[Writer, ...]:
    return tuple(Writer(name, ((paper, FIRST_YEAR, LAST_YEAR),)) for name in names)


WRITERS = (
    *_staff("gazette", "Ada Hallam", "Bertil Crane", "Osric Venn"),
    *_staff("republic", "Corin Vash", "Lotte Ambrey", "Emil Sarkany"),
    *_staff("messenger", "Dorit Amsel", "Hugo Fenwright"),
    *_staff("courier", "Edmund Pell", "Sanna Orre", "Walter Dace"),
    *_staff("review", "Ivo Castellan", "Margit Roon"),
    *_staff("northern-mail", "Nils Harrow", "Petra Lund-Vey"),
    *_staff("harbour", "Captain R. Tolle", "Greta Windle"),
    *_staff("herald", "Anselm Pryor", "Vera Koss"),
    *_staff("soldier", "Major T. Brandt", "Rolf Emery"),
    *_staff("workbench", "Katrin Moll", "Lev Tarrant", "Agnes Bright"),
    *_staff("open-hand", "Simon Areno", "Hedda Vale"),
    *_staff("lantern", "Tobias Wren", "Clara Oster"),
    *_staff("free-word", "Milan Dorsey", "Ruth Alder"),
    *_staff("lever", "Gregor Stane", "Ida Maron"),
    *_staff("new-ground", "Pavel Ashe", "Nora Lindqvist-Rae"),
    *_staff("common-table", "Brother Aldous", "Mina Torvel"),
    *_staff("signal-lamp", "Frank Ottery", "Selma Brook"),
    *_staff("ploughshare", "Old Harrow", "Jessa Field"),
    *_staff("letters", "A Friend in Tarn", "Viktor Hale"),
    *_staff("lessow", "Martha Quince", "Joel Sedge"),
    *_staff("marrowby", "Philip Garnet", "Eva Stroud"),
    *_staff("corvane", "Leopold Finch", "Dina Marsh"),
    *_staff("dunmar", "Oskar Thorne", "Lisbet Crow"),
    *_staff("redmarsh", "Pastor Ellin", "Tilda Rowe"),
    *_staff("upper-stell", "Conrad Beck", "Alma Reeve"),
    *_staff("kestrel", "Hector Lowe", "Inge Sallis"),
    *_staff("averin", "Stella Murn", "Casper Vaughn"),
    *_staff("sallow", "Bridget Holt", "Aron Pike"),
    # Two who crossed over in 1938, with their pens.
    Writer("Jonas Quill", (("republic", 1930, 1937), ("workbench", 1938, 1949))),
    Writer("Hanna Strey", (("courier", 1930, 1937), ("new-ground", 1938, 1949))),
)

# A signature that anyone may use: it stands in no list of people.
PEN_NAME = "A Reader"


def people() -> tuple[tuple[str, str, str, str], ...]:
    """Name, faction, from and to of every writer, in order of name; empty where the side never changed."""
    standpoint = {paper.slug: paper.standpoint for paper in PAPERS}
    rows = []
    for writer in WRITERS:
        for number, (slug, first, last) in enumerate(writer.papers):
            moved = len(writer.papers) > 1
            rows.append(
                (
                    writer.name,
                    standpoint[slug],
                    f"{first}-01-01" if moved and number > 0 else "",
                    f"{last}-12-31" if moved and number < len(writer.papers) - 1 else "",
                )
            )
    return tuple(sorted(rows))
