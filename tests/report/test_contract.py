import pytest

from callkit.errors import NotebookError
from callkit.report.contract import breaches, require

GOOD = """<!DOCTYPE html>
<html lang="en-GB"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline';
script-src 'sha256-xg9Ba4me7xAgr/q6fJUqWa7oey83xeSrTvsXTjPtjsE='"><title>Phone calls, week 47</title>
<style>p{color:red}</style></head>
<body><main><h1>Phone calls</h1><h2>Waiting</h2><p>On 2026-11-16 1,498 called; 131 of 1,498 gave up at 10:42.</p>
<svg role="img" aria-labelledby="f1t f1d"><title id="f1t">Waits.</title><desc id="f1d">Half within 13 s.</desc></svg>
<svg aria-hidden="true"><path d="M0 1234567890"/></svg><a href="#top">up</a><p>raw data 4be1:90c2:7745:1203</p>
<p>Mobile, ends 417</p></main><script>sort()</script></body></html>"""


def test_a_good_page_breaks_no_rule():
    assert breaches(GOOD) == []
    require(GOOD)


@pytest.mark.parametrize(
    ("good", "bad", "said"),
    [
        ("<!DOCTYPE html>", "", "does not begin with"),
        (' lang="en-GB"', "", "language"),
        ("<title>Phone calls, week 47</title>", "", "has no title"),
        ("<main>", "<div>", "no main part"),
        ('id="f1d"', 'id="f1t"', "stands more than once"),
        ("Half within", "Traceback (most recent call last)", "error of the program"),
        ("default-src 'none'", "default-src *", "no strict content security policy"),
        ("sort()", "sort(1)", "not the one its policy names"),
        ("<script>", '<script src="#a">', None),
        ("</main>", '</main><script src="https://example.org/a.js"></script>', "no text of its own"),
        ('href="#top"', 'href="https://example.org"', "leads outside: ['https://example.org']"),
        ('href="#top"', 'href="2026/2026-W47.html"', None),
        ('href="#top"', 'href="../index.html"', None),
        ('href="#top"', 'href="../../index.html"', "leads outside"),
        ('href="#top"', 'href="/2026/2026-W47.html"', "leads outside"),
        ('href="#top"', 'href="//2026/2026-W47.html"', "leads outside"),
        ('href="#top"', 'href="javascript:a.html"', "leads outside"),
        ("</main>", '</main><link rel="stylesheet" href="index.html">', "leads outside"),
        ("color:red", "background:url(//example.org/a.png)", "leads outside"),
        ("color:red", "}@import 'a.css';p{", "imports another"),
        ("<p>Mobile", '<p onclick="x()">Mobile', "event handler"),
        ("<p>Mobile", "<iframe></iframe><p>Mobile", "foreign element: ['iframe']"),
        ("<h1>Phone calls</h1>", "<h2>Phone calls</h2>", "one first heading"),
        ("<h2>Waiting</h2>", "<h4>Waiting</h4>", "skips a level"),
        ("Half within 13 s.", "", "no title and description"),
        ("<p>Mobile", '<img src="data:image/png;base64,"><p>Mobile', "no text for those who cannot see"),
        ("ends 417", "07700 900417", "a number is not masked: …417"),
        ("ends 417", "+44 (20) 7946-0417", "a number is not masked: …417"),
        ("ends 417", "447700900417", "a number is not masked: …417"),
        ("ends 417", "Rang 07700900417: no answer", "a number is not masked: …417"),
        ("ends 417", "201,07700900417", "a number is not masked: …417"),
        ("ends 417", "07700 / 900 – 417", "a number is not masked: …417"),
        ("ends 417", "robin@example.org", "an e-mail address is not masked"),
        ("ends 417", "https://example.org/recording/417", "a link is not masked"),
        ("ends 417", "played with token=ab12", "a link is not masked"),
    ],
)
def test_a_page_that_breaks_a_rule_is_not_published(good, bad, said):
    found = breaches(GOOD.replace(good, bad))
    if said is None:
        assert found == []
        return
    assert any(said in breach for breach in found), found
    with pytest.raises(NotebookError, match="breaks the report contract"):
        require(GOOD.replace(good, bad))


def test_an_internal_page_may_show_numbers():
    assert breaches(GOOD.replace("ends 417", "07700 900417"), masked=False) == []
