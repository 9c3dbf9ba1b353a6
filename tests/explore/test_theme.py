"""The explorer's style sheet."""

from callkit.explore.theme import style_sheet
from callkit.look.tokens import COLOURS


def test_the_style_is_scoped_and_holds_both_themes():
    css = style_sheet()
    assert all(
        f"--{token}:{light};" in css and f"--{token}:{dark};" in css
        for token, (light, dark) in COLOURS.items()
    )
    selectors = [part for rule in css.split("}") for part in rule.split("{")[0].split(",\n") if part.strip()]
    outside = [s for s in selectors if ".callkit-explorer" not in s and not s.strip().startswith(("@", "to"))]
    assert outside == []
