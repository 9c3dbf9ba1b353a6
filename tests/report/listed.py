"""What a list of past reports says, by its parts."""

import re

from callkit.look.typography import plain
from callkit.report import index
from callkit.report.contract import breaches
from tests.report.weeks import named

SETTINGS = named()


def written(folder, settings=SETTINGS):
    folder.mkdir(parents=True, exist_ok=True)
    html = index.write(folder, settings).read_text(encoding="utf-8")
    assert breaches(html) == []
    return html


def rows(html):
    """Return the words of each row of the table, captions of a phone left out."""
    body = html.partition("<tbody")[2].partition("</tbody>")[0]
    body = re.sub(r'<span class="cap">.*?</span>', "", body)
    return [plain(row).replace(" ,", ",") for row in re.findall(r"<tr.*?</tr>", body, re.DOTALL)]


def finding(html):
    return plain(html.partition('<p class="finding">')[2].partition("</p>")[0])


def tiles(html):
    return [plain(tile) for tile in re.findall(r'<li class="tile">.*?</li>', html, re.DOTALL)]
