"""FER-2013 in all its public forms, validated, put into CSV order and packed."""

from fer_core.dataset.ferplus import FERPLUS_COLUMNS, plurality, read_votes
from fer_core.dataset.find import find, load_any
from fer_core.dataset.order import KnownRows, arrange, match, signatures, twins
from fer_core.dataset.pack import load, pack, read_source
from fer_core.dataset.types import OFFICIAL_COUNTS, Dataset, Split, class_table, count_differences

__all__ = [
    "FERPLUS_COLUMNS",
    "OFFICIAL_COUNTS",
    "Dataset",
    "KnownRows",
    "Split",
    "arrange",
    "class_table",
    "count_differences",
    "find",
    "load",
    "load_any",
    "match",
    "pack",
    "plurality",
    "read_source",
    "read_votes",
    "signatures",
    "twins",
]
