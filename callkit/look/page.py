"""The page around the parts: one file that loads nothing and runs one small script whose hash it declares."""

import base64
import hashlib
import re
from functools import cache
from importlib.resources import files

from callkit.look.colours import LIGHT, SANS, css_variables
from callkit.look.markup import EXAMPLE, SYMBOLS, Html
from callkit.look.typography import inert, tidy_spaces

_SHELL = """<!doctype html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{csp}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="generator" content="callkit">
<title>{title}</title>
<style>
{css}</style>
</head>
<body>
<a class="skip" href="#main">Skip to the findings</a>
{symbols}
{header}
<main id="main" tabindex="-1">
{main}
</main>
{footer}
<script>{script}</script>
</body>
</html>
"""


def document(title: str, body: str, *, running: str = "", example: bool = False) -> str:
    """
    Return a whole page, the same bytes for the same input.

    Parameters
    ----------
    title
        What a browser's tab and a bookmark say.
    body
        Parts one after another: `page_header`, all between, `footer`. What lies between becomes the page's main
        landmark.
    running
        What the foot of each printed sheet says beside its number.
    example
        Whether the account is invented; then title and sheets say so first.
    """
    if example:
        title, running = f"{EXAMPLE} · {title}", f"{EXAMPLE} · {running}" if running else EXAMPLE
    header, main, footer = _landmarks(body)
    script = sort_script()
    return _SHELL.format(
        csp=content_security_policy(script),
        title=Html.escape(title),
        css=css_variables() + _running(running) + _resource("page.css"),
        symbols=SYMBOLS,
        header=tidy_spaces(header),
        main=tidy_spaces(main),
        footer=tidy_spaces(footer),
        script=script,
    )


def sort_script() -> str:
    """Return the page's one script: it sorts a table by the head that was pressed."""
    return _resource("sort.js").strip()


def content_security_policy(script: str) -> str:
    """Return the policy that allows this script, inline styles and embedded images, and nothing else."""
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return (
        f"default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-{digest}'; "
        "base-uri 'none'; form-action 'none'"
    )


def _landmarks(body: str) -> tuple[str, str, str]:
    header, end, rest = body.rpartition("</header>")
    main, start, footer = rest.partition('<footer class="page">')
    return header + end, main, start + footer


def _running(text: str) -> str:
    words = re.sub(r"[^\w ·,.:–’-]", lambda sign: f"\\{ord(sign[0]):x} ", inert(text))
    look = f"color:{LIGHT['ink3']};font:8.5pt {SANS}"
    return (
        f'@page{{@bottom-left{{content:"{words}";{look}}}'
        f'@bottom-right{{content:counter(page) " / " counter(pages);{look}}}}}\n'
    )


@cache
def _resource(name: str) -> str:
    return files("callkit.look").joinpath(name).read_text(encoding="utf-8")
