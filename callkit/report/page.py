"""An executed notebook becomes one HTML file that needs nothing else.

The template prints the HTML outputs of the cells and nothing more: no input, no stderr, no papermill metadata, no
path. The numbers of the report travel beside the page, in an output of type `RECORD`.
"""

import copy
from pathlib import Path
from typing import Any

from nbconvert import HTMLExporter, TemplateExporter
from nbformat import NotebookNode

from callkit.errors import NotebookError
from callkit.look.page import document
from callkit.report.parameters import RECORD

_TEMPLATE = Path(__file__).parent / "template"
_SHOWN = ("text/html", RECORD)
_ABOUT = ("kernelspec", "language_info", "papermill")
_PATHS = ("input_path", "output_path", "environment_variables")


class _Exporter(HTMLExporter):
    """Leaves the page as the template wrote it; nbconvert would parse it again and lower-case the names in SVG."""

    def from_notebook_node(self, nb: NotebookNode, resources: Any = None, **kw: Any) -> Any:
        return TemplateExporter.from_notebook_node(self, nb, resources, **kw)


def render(notebook: NotebookNode) -> str:
    """
    Return the page of an executed report notebook.

    Raises
    ------
    NotebookError
        No cell gave the report's record, so that the page would have no title.
    """
    about = record(notebook)
    exporter = _Exporter(  # type: ignore[no-untyped-call]
        template_name=_TEMPLATE.name,
        extra_template_basedirs=[str(_TEMPLATE.parent)],
        filters={
            "document": lambda body: document(
                about["title"], body, running=about["running"], example=about["is_example"]
            )
        },
    )
    bare = copy.deepcopy(notebook)
    bare.metadata = NotebookNode()  # type: ignore[no-untyped-call]
    html, _ = exporter.from_notebook_node(bare)
    return str(html)


def record(notebook: NotebookNode) -> dict[str, Any]:
    """
    Return the numbers of the report, as a cell gave them.

    Raises
    ------
    NotebookError
        No cell gave them.
    """
    data = [output.get("data", {}) for cell in notebook.cells for output in cell.get("outputs", ())]
    found = [bundle[RECORD] for bundle in data if RECORD in bundle]
    if len(found) != 1:
        message = (
            f"The notebook displays {len(found)} records of its numbers; its last cell must display one."
        )
        raise NotebookError(message)
    return dict(found[0])


def without_paths(notebook: NotebookNode) -> NotebookNode:
    """
    Return a copy of an executed notebook as evidence of its page: what the page shows, and no path of this machine.

    Streams, plain text, pictures and widgets go: the page does not show them, so nothing has checked what they say.
    """
    bare = copy.deepcopy(notebook)
    for cell in bare.cells:
        if "outputs" in cell:
            cell.outputs = [shown for output in cell.outputs if (shown := _shown(output))]
    bare.metadata = NotebookNode({name: bare.metadata[name] for name in _ABOUT if name in bare.metadata})  # type: ignore[no-untyped-call]
    for name in _PATHS:
        bare.metadata.get("papermill", {}).pop(name, None)
    return bare


def _shown(output: NotebookNode) -> NotebookNode | None:
    """Return of an output what the page is made of; None where that is nothing."""
    data = {kind: value for kind, value in output.get("data", {}).items() if kind in _SHOWN}
    if not data:
        return None
    return NotebookNode({**output, "data": data, "metadata": {}})  # type: ignore[no-untyped-call]
