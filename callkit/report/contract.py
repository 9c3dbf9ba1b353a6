"""What every report page must keep, checked on the finished HTML before it is published.

One file that needs nothing else, shows no number of a caller, and can be read by everybody: a strict content
security policy, no address outside the file but those of the reports beside it, one small hashed script, a title for
every picture, headings in order.
"""

import base64
import hashlib
import re
from collections import Counter
from html.parser import HTMLParser

from callkit.errors import NotebookError

MOST_BYTES = 1_000_000
_LINKS = ("href", "src", "srcset", "action", "formaction", "poster", "data", "xlink:href", "background")
_VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
_PHONE = re.compile(r"(?<![\w.,:])\+?\(?\d(?:[\s().-]?\d){6,}(?![\w:])")
_WHOLE = re.compile(r"(?<!\d)(?:\+|00?|44)[1-9](?:[\s().\-/\u2010-\u2015\u2060]{0,3}\d){8,12}(?!\d)")
_MAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}\.[\w.-]+")
_REPORT = re.compile(r"(\.\./)?([0-9]{4}/)?[\w.-]+\.html", re.ASCII)  # another page of the same folder
_LINK = re.compile(r"\w://|\b(?:token|access_key)=", re.IGNORECASE)
_DATE = re.compile(r"\b\d{4}-\d{2}-\d{2}\b")
_SPOKEN = (
    "alt",
    "aria-label",
    "aria-description",
    "title",
    "content",
    "value",
    "placeholder",
    "label",
    "name",
    "class",
)


class _Page(HTMLParser):
    """Collects what the rules are about in one pass."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.texts: dict[str, str] = {}  # text inside each element that has an id
        self.words: list[str] = []
        self.scripts: list[str] = []
        self.styles: list[str] = []
        self.title = ""
        self._open: list[tuple[str, dict[str, str]]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if any(outer.get("aria-hidden") == "true" for _, outer in self._open):
            values.setdefault("aria-hidden", "true")
        self.tags.append((tag, values))
        self.words += [values[name] for name in _SPOKEN if name in values]
        if tag not in _VOID:
            self._open.append((tag, values))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        while any(tag == name for name, _ in self._open):
            if self._open.pop()[0] == tag:
                break

    def handle_data(self, data: str) -> None:
        inside = [name for name, _ in self._open]
        if "script" in inside:
            self.scripts.append(data)
        elif "style" in inside:
            self.styles.append(data)
        else:
            self.words.append(data)
            self.title += data if inside[-1:] == ["title"] and "svg" not in inside else ""
        for ident in filter(None, (values.get("id") for _, values in self._open)):
            self.texts[ident] = self.texts.get(ident, "") + data


def breaches(html: str, *, masked: bool = True) -> list[str]:
    """
    List in words every rule of the report contract the page breaks; empty for a good page.

    Parameters
    ----------
    html
        The whole page.
    masked
        True for a shared page, which may show no phone number.
    """
    page = _Page(html)
    found = [*_document(page, html), *_security(page), *_headings(page), *_pictures(page)]
    return [*found, *_private(page)] if masked else found


def words(html: str) -> list[str]:
    """Return every piece of text a page shows or reads aloud, one by one, outside its styles and script."""
    return _Page(html).words


def require(html: str, *, masked: bool = True) -> None:
    """
    Make sure that a page keeps the report contract.

    Raises
    ------
    NotebookError
        It breaks a rule; the message names the first.
    """
    found = breaches(html, masked=masked)
    if found:
        more = f" (and {len(found) - 1} more)" if found[1:] else ""
        raise NotebookError(f"The page breaks the report contract: {found[0]}{more}; nothing was published.")


def _private(page: _Page) -> list[str]:
    numbers = {
        match[0]
        for text in page.words
        for form in (_PHONE, _WHOLE)
        for match in form.finditer(_DATE.sub("", text))
    }
    rules = [f"a number is not masked: …{number[-3:]}" for number in sorted(numbers)]
    if any(_MAIL.search(text) for text in page.words):
        rules.append("an e-mail address is not masked")
    if any(_LINK.search(text) for text in page.words):
        rules.append("a link is not masked")
    return rules


def _document(page: _Page, html: str) -> list[str]:
    attributes = [values for tag, values in page.tags if tag == "html"]
    repeated = [i for i, n in Counter(v["id"] for _, v in page.tags if v.get("id")).items() if n > 1]
    rules = [
        (html.lstrip().lower().startswith("<!doctype html>"), "it does not begin with <!DOCTYPE html>"),
        (len(attributes) == 1 and bool(attributes[0].get("lang")), "it does not say its language"),
        (bool(page.title.strip()), "it has no title"),
        (any(tag == "main" for tag, _ in page.tags), "it has no main part"),
        (not repeated, f"id {repeated[:1]} stands more than once"),
        (not any("Traceback" in text for text in page.words), "it shows an error of the program"),
        (len(html.encode()) <= MOST_BYTES, f"it is larger than {MOST_BYTES:,} bytes"),
    ]
    return [said for kept, said in rules if not kept]


def _security(page: _Page) -> list[str]:
    policies = [
        v.get("content", "")
        for t, v in page.tags
        if v.get("http-equiv", "").lower() == "content-security-policy"
    ]
    policy = policies[0] if policies else ""
    hashes = [base64.b64encode(hashlib.sha256(s.encode()).digest()).decode() for s in page.scripts]
    script_tags = sum(tag == "script" for tag, _ in page.tags)
    links = [v[name] for tag, v in page.tags for name in _LINKS if name in v and not _is_report(tag, name, v)]
    css = [*page.styles, *(v["style"] for _, v in page.tags if "style" in v)]
    urls = [u for text in css for u in re.findall(r"url\(\s*['\"]?([^'\")]*)", text)]
    outside = [u for u in [*links, *urls] if not u.startswith(("#", "data:"))]
    handlers = [name for _, v in page.tags for name in v if name.startswith("on")]
    frames = [tag for tag, _ in page.tags if tag in ("iframe", "object", "embed", "base", "form")]
    rules = [
        ("default-src 'none'" in policy, "it has no strict content security policy"),
        (
            "'unsafe-eval'" not in policy and "script-src 'unsafe-inline'" not in policy,
            "its policy allows any script",
        ),
        (script_tags == len(page.scripts), "a script has no text of its own"),
        (all(f"'sha256-{h}'" in policy for h in hashes), "a script is not the one its policy names"),
        (not outside, f"it leads outside: {outside[:1]}"),
        (not any("@import" in text for text in css), "its style sheet imports another"),
        (not handlers, f"it has an event handler in an attribute: {handlers[:1]}"),
        (not frames, f"it holds a foreign element: {frames[:1]}"),
    ]
    return [said for kept, said in rules if not kept]


def _is_report(tag: str, name: str, values: dict[str, str]) -> bool:
    """Whether a link leads to another page of the same folder of reports."""
    return tag == "a" and name == "href" and _REPORT.fullmatch(values["href"]) is not None


def _headings(page: _Page) -> list[str]:
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch("h[1-6]", tag)]
    skipped = [b for a, b in zip(levels, levels[1:], strict=False) if b > a + 1]
    rules = [
        (levels.count(1) == 1 and levels[:1] == [1], "it does not have one first heading"),
        (not skipped, f"a heading of level {skipped[:1]} skips a level"),
    ]
    return [said for kept, said in rules if not kept]


def _pictures(page: _Page) -> list[str]:
    found = []
    for tag, values in page.tags:
        named = [page.texts.get(ident, "").strip() for ident in values.get("aria-labelledby", "").split()]
        if tag == "img" and not values.get("alt", "").strip():
            found.append("an image has no text for those who cannot see it")
        if tag == "svg" and values.get("aria-hidden") != "true" and (len(named) < 2 or not all(named)):
            found.append("a figure has no title and description")
    return found
