"""The order of the rows says nothing, and no step fits two of them."""

from itertools import combinations, product
from random import Random

import pytest

from callkit.flow.grammar import GRAMMAR, OBJECTS, Row, rows
from callkit.flow.reading import fits
from tests.flow.conftest import GOLDENS, Golden, told

NAMES = ["201", "", "(", ")", "Ann (Sales)", "a) is busy", "a) hanged up the call", ") did not answer", "x) played",
         "Extension (a", "Call forwarded to Voicemail (a", "1 selected in Virtual Receptionist (a"]  # fmt: skip
WORDS = ["Dialed", "Call forwarded to", "Call transferred to", "Call answered by", "Call placed by", "Call outside",
         "Option 1 selected in", "Call received on", ""]  # fmt: skip
KINDS = ["Extension", "Number", "Ring Group", "Call Queue", "Virtual Receptionist", "Voicemail", "voicemail",
         "Voicemail ", "Time Group", "Announcement", "Call Queue Voicemail"]  # fmt: skip
ENDS = ["", " is busy", " did not answer", " hanged up the call", " played", " is busy did not answer"]


@pytest.mark.parametrize("seed", range(12))
def test_in_any_order_the_goldens_are_the_same(seed):
    table = list(rows())
    Random(seed).shuffle(table)
    assert [row.pattern for row in table] != [row.pattern for row in rows()]
    for golden in map(Golden, GOLDENS):
        assert told(golden.lines, table=tuple(table)) == golden.events, golden.path.stem


def test_the_goldens_notice_a_table_that_has_changed():
    changed = [path for path in GOLDENS if told(Golden(path).lines, table=rows()[1:]) != Golden(path).events]
    assert {path.stem for path in changed} >= {"received", "reference_page"}


@pytest.mark.parametrize("word", WORDS)
def test_no_line_of_the_vocabulary_fits_two_rows(word):
    for kind, name, end in product(KINDS, NAMES, ENDS):
        head = f"{word} {kind} ({name}){end}".strip()
        fitting = [row.pattern for row in GRAMMAR if row.regex.fullmatch(head)]
        assert len(fitting) <= 1, (head, fitting)


def values_of(key):
    """Every value of a key that a row asks for, others, and none at all."""
    asked = [value for shape in OBJECTS for name, value, _ in shape.conditions if name == key]
    return [None, "other", *dict.fromkeys(value for value in asked if value not in ("", "*"))]


@pytest.mark.parametrize("kind", list(dict.fromkeys(shape.type for shape in OBJECTS)))
def test_no_object_fits_two_shapes(kind):
    keys = list(dict.fromkeys(name for shape in OBJECTS for name, _, _ in shape.conditions))
    n_fitting = set()
    for values in product(*map(values_of, keys)):
        fields = {"type": kind, **dict(zip(keys, values, strict=True))}
        fitting = [shape.pattern for shape in OBJECTS if fits(shape, fields)]
        assert len(fitting) <= 1, (fields, fitting)
        n_fitting.add(len(fitting))
    assert 1 in n_fitting


def test_no_two_rows_are_alike():
    for one, other in combinations(rows(), 2):
        assert (type(one), one.pattern) != (type(other), other.pattern)
    assert all(isinstance(row, Row) for row in GRAMMAR)
