"""From files to documents: useful for reading what people have, not for counting anything in it."""

from tendency.documents.dates import DateOrder, DateSpan, parse_date
from tendency.documents.document import Document
from tendency.documents.options import FieldNames
from tendency.documents.people import Membership, People, Unmatched
from tendency.documents.problem import Note, Problem
from tendency.documents.reading import Reading, read

__all__ = [
    "DateOrder",
    "DateSpan",
    "Document",
    "FieldNames",
    "Membership",
    "Note",
    "People",
    "Problem",
    "Reading",
    "Unmatched",
    "parse_date",
    "read",
]
