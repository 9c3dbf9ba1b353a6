"""What goes into a report's notebook and comes out of it: strict, typed parameters and one record.

papermill only warns about an unknown parameter, ignores annotations, and uses the first of two `parameters` cells.
A misspelt week would give a wrong report, so here each of these is an error. The one cell tagged ``parameters`` is
read as Python source: every statement must be ``name: type = literal  # what it is``.
"""

import ast
import io
import tokenize
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from callkit.errors import ParameterError

if TYPE_CHECKING:
    from nbformat import NotebookNode

TYPES: dict[str, type] = {"str": str, "int": int, "float": float, "bool": bool}
AUDIENCES = ("shared", "internal")
"""For whom a report may be."""

RECORD = "application/vnd.callkit+json"
"""Type of the output that carries a report's numbers from its notebook to the sidecar."""

_INJECTED = "# Parameters"  # the first line of the cell papermill adds


class Parameter(NamedTuple):
    """One declared parameter of a notebook."""

    name: str
    type: type
    default: Any
    meaning: str


def declared(notebook: "NotebookNode") -> dict[str, Parameter]:
    """
    Read the parameters a notebook declares, in order.

    Raises
    ------
    ParameterError
        There is not exactly one cell tagged ``parameters``, or a line of it is not
        ``name: type = literal  # what it is``.
    """
    cells = [c for c in notebook.cells if "parameters" in c.metadata.get("tags", ())]
    if len(cells) != 1:
        found = "no cell" if not cells else f"{len(cells)} cells"
        raise ParameterError(f"The notebook has {found} tagged 'parameters'; tag exactly one.")
    source = cells[0].source
    try:
        body = ast.parse(source).body
    except SyntaxError as error:
        raise ParameterError(
            f"Line {error.lineno} of the parameters cell is not Python: {error.msg}."
        ) from error
    comments = _comments(source)
    found_rows = [_parameter(statement, comments) for statement in body]
    names = [row.name for row in found_rows]
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise ParameterError(f"Parameter {repeated[0]!r} is declared twice; declare each once.")
    return {row.name: row for row in found_rows}


def checked(notebook: "NotebookNode", values: Mapping[str, Any]) -> dict[str, Any]:
    """
    Return `values` with the notebook's defaults filled in.

    Raises
    ------
    ParameterError
        A value is not declared by the notebook, or is not of its declared type.
    """
    parameters = declared(notebook)
    _reject_unknown(values, parameters)
    for name, value in values.items():
        _check_type(name, value, parameters[name].type)
    return {name: values.get(name, row.default) for name, row in parameters.items()}


def check_parameters(namespace: Mapping[str, Any]) -> None:
    """
    Check a running notebook's parameters; call it as ``check_parameters(globals())`` in the next cell.

    Declared are the annotated names of the notebook; what papermill adds must be among them and of their types.

    Raises
    ------
    ParameterError
        An injected name is not declared, or a value is not of its declared type.
    """
    types = {name: _annotated(name, kind) for name, kind in namespace.get("__annotations__", {}).items()}
    injected = [source for source in namespace.get("In", ()) if source.lstrip().startswith(_INJECTED)]
    _reject_unknown([name for source in injected for name in _assigned(source)], types)
    for name, kind in types.items():
        _check_type(name, namespace.get(name), kind)


def _parameter(statement: ast.stmt, comments: Mapping[int, str]) -> Parameter:
    line = statement.lineno
    if not (
        isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name) and statement.value
    ):
        shown = ast.unparse(statement).splitlines()[0]
        message = f"Line {line} of the parameters cell, {shown!r}, is not 'name: type = value  # what it is'."
        raise ParameterError(message)
    name = statement.target.id
    kind = _annotated(name, ast.unparse(statement.annotation))
    try:
        default = ast.literal_eval(statement.value)
    except ValueError as error:
        raise ParameterError(f"The default of parameter {name!r} must be a plain literal.") from error
    _check_type(name, default, kind)
    meaning = comments.get(statement.end_lineno or line, "")
    if not meaning:
        raise ParameterError(f"Parameter {name!r} has no comment; say what it is after a # on its line.")
    return Parameter(name, kind, default, meaning)


def _annotated(name: str, annotation: Any) -> type:
    kind = TYPES.get(annotation if isinstance(annotation, str) else getattr(annotation, "__name__", ""))
    if kind is None:
        raise ParameterError(
            f"Parameter {name!r} is declared {annotation!r}; the types are {', '.join(TYPES)}."
        )
    return kind


def _reject_unknown(names: Any, known: Mapping[str, Any]) -> None:
    for name in names:
        if name not in known:
            message = f"Unknown parameter {name!r}; the notebook declares {', '.join(known) or 'none'}."
            raise ParameterError(message)


def _check_type(name: str, value: Any, kind: type) -> None:
    accepted = (int, float) if kind is float else (kind,)
    if type(value) not in accepted:
        message = f"Parameter {name} = {value!r} is {type(value).__name__}, not {kind.__name__}."
        raise ParameterError(message)


def _comments(source: str) -> dict[int, str]:
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return {t.start[0]: t.string.lstrip("# ").strip() for t in tokens if t.type == tokenize.COMMENT}


def _assigned(source: str) -> list[str]:
    return [
        target.id
        for statement in ast.parse(source).body
        if isinstance(statement, ast.Assign)
        for target in statement.targets
        if isinstance(target, ast.Name)
    ]
