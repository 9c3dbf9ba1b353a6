from types import ModuleType

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from callkit.errors import ParameterError
from callkit.report.parameters import Parameter, check_parameters, checked, declared

SOURCE = """week: str = ""  # ISO week
top: int = 3  # how many
share: float = 0.5  # a share
bold: bool = False  # loud or not"""


def notebook(*sources: str) -> nbformat.NotebookNode:
    return new_notebook(cells=[new_code_cell(s, metadata={"tags": ["parameters"]}) for s in sources])


def test_declared_gives_names_types_defaults_and_meanings_in_order():
    assert list(declared(notebook(SOURCE)).values()) == [
        Parameter("week", str, "", "ISO week"),
        Parameter("top", int, 3, "how many"),
        Parameter("share", float, 0.5, "a share"),
        Parameter("bold", bool, False, "loud or not"),
    ]


@pytest.mark.parametrize(
    ("sources", "said"),
    [
        ((), "no cell tagged 'parameters'"),
        ((SOURCE, SOURCE), "2 cells tagged 'parameters'"),
        (("week = ''  # ISO week",), "is not 'name: type = value"),
        (("week: str  # ISO week",), "is not 'name: type = value"),
        (("import os",), "'import os', is not 'name: type = value"),
        (("week: str = ''",), "Parameter 'week' has no comment"),
        (("week: str = str(1)  # ISO week",), "must be a plain literal"),
        (("week: date = 1  # day",), "is declared 'date'; the types are str, int, float, bool"),
        (("top: int = 'x'  # how many",), "Parameter top = 'x' is str, not int"),
        (("top: int = True  # how many",), "Parameter top = True is bool, not int"),
        (("week: str = ''  # a\nweek: str = 'b'  # b",), "declared twice"),
        (("week: str = (",), "is not Python"),
    ],
)
def test_declared_refuses(sources, said):
    with pytest.raises(ParameterError, match=".*") as caught:
        declared(notebook(*sources))
    assert said in str(caught.value)


def test_checked_fills_in_defaults():
    found = checked(notebook(SOURCE), {"week": "2026-W47", "share": 1})
    assert found == {"week": "2026-W47", "top": 3, "share": 1, "bold": False}


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"weak": "2026-W47"}, "Unknown parameter 'weak'; the notebook declares week, top, share, bold."),
        ({"week": 2026}, "Parameter week = 2026 is int, not str."),
        ({"week": None}, "Parameter week = None is NoneType, not str."),
        ({"top": "3"}, "Parameter top = '3' is str, not int."),
        ({"top": 3.0}, "Parameter top = 3.0 is float, not int."),
        ({"bold": "no"}, "Parameter bold = 'no' is str, not bool."),
        ({"bold": 1}, "Parameter bold = 1 is int, not bool."),
        ({"share": True}, "Parameter share = True is bool, not float."),
    ],
)
def test_checked_refuses(values, said):
    with pytest.raises(ParameterError) as caught:
        checked(notebook(SOURCE), values)
    assert str(caught.value) == said


def running(**changes: object) -> dict[str, object]:
    injected = changes.pop("injected", "")
    values = {"week": "", "top": 3, "__annotations__": {"week": str, "top": int}, "os": ModuleType("os")}
    return {**values, "In": ["", "week: str = ''", f"# Parameters\n{injected}"], **changes}


def test_a_running_notebook_with_declared_parameters_passes():
    check_parameters(running(week="2026-W47", injected='week = "2026-W47"\ntop = 3'))


@pytest.mark.parametrize(
    ("namespace", "said"),
    [
        (running(weak="x", injected="weak = 'x'"), "Unknown parameter 'weak'"),
        (running(week=2026, injected="week = 2026"), "Parameter week = 2026 is int, not str."),
        (running(top="3", injected="top = '3'"), "Parameter top = '3' is str, not int."),
    ],
)
def test_a_running_notebook_refuses(namespace, said):
    with pytest.raises(ParameterError) as caught:
        check_parameters(namespace)
    assert said in str(caught.value)
