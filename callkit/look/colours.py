"""The one table of colours and measures, from which CSS, SVG and figures take theirs.

Every light colour is unique, so that a figure drawn with the light ones can be rewritten to CSS variables and
then follows the reader's theme. Colours carry meaning only where they must: `alert` is unusual and worse,
`better` is unusual and better, everything usual is ink and one blue.
"""

WIDE = 712
"""Width of a figure over two modules, in px."""

NARROW = 344
"""Width of a figure over one module, in px; also a phone's column."""

COLOURS: dict[str, tuple[str, str]] = {
    "paper": ("#fdfcfa", "#14171a"),
    "panel": ("#f4f2ed", "#1d2125"),
    "ink": ("#1b1e22", "#edebe7"),
    "ink2": ("#454b53", "#bcc0c5"),
    "ink3": ("#5f656c", "#9aa0a7"),
    "line": ("#868b91", "#737a82"),
    "rule": ("#dcd8d0", "#333940"),
    "band": ("#e7e3db", "#2d3339"),
    "blue": ("#1d5c9e", "#82b4e6"),
    "blue2": ("#5b8fc1", "#4d7fb3"),
    "blue3": ("#cfdfef", "#233c56"),
    "alert": ("#b0390c", "#ff9a6e"),
    "alert2": ("#f8e3d9", "#45281b"),
    "better": ("#0a695c", "#62cbb7"),
    "better2": ("#d8ece7", "#16382f"),
    "focus": ("#0b57d0", "#8ab4f8"),
    "h0": ("#f3f1ec", "#1b1f23"),
    "h1": ("#dfe9f3", "#1d2d3d"),
    "h2": ("#bdd3e8", "#22405c"),
    "h3": ("#91b6d9", "#2a5a87"),
    "h4": ("#6398c9", "#4b8ac2"),
    "h5": ("#2b69a6", "#86b6e1"),
    "h6": ("#14467b", "#c6dff6"),
    "h0t": ("#4a5058", "#a3a9b0"),
    "h1t": ("#1b1e23", "#edebe7"),
    "h2t": ("#1b1e21", "#edebe7"),
    "h3t": ("#1b1e24", "#f5f3ef"),
    "h4t": ("#12161b", "#0c0f12"),
    "h5t": ("#ffffff", "#0c0f12"),
    "h6t": ("#fffffe", "#0d1013"),
    "c1": ("#1d5c9f", "#82b4e7"),
    "c2": ("#b98643", "#e0923c"),
    "c3": ("#10a082", "#8cf0e0"),
    "c4": ("#50164d", "#a94fe0"),
}
"""Each token's light and dark colour: ``h0``-``h6`` are the heat ramp, ``h0t``-``h6t`` the text on its steps,
``c1``-``c4`` categories (never on `panel`, always labelled directly)."""

LIGHT: dict[str, str] = {token: light for token, (light, _) in COLOURS.items()}
DARK: dict[str, str] = {token: dark for token, (_, dark) in COLOURS.items()}

SANS = (
    '-apple-system, BlinkMacSystemFont, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", "Liberation Sans", '
    "Arial, sans-serif"
)
MONO = 'ui-monospace, "SF Mono", "Cascadia Mono", "Roboto Mono", Consolas, "Liberation Mono", monospace'


def css_variables() -> str:
    """Return the CSS that declares every token, dark ones for dark screens only: paper is always light."""
    light = ";".join(f"--{token}:{colour}" for token, colour in LIGHT.items())
    dark = ";".join(f"--{token}:{colour}" for token, colour in DARK.items())
    return (
        f":root{{color-scheme:light dark;--f:{SANS};--m:{MONO};{light}}}\n"
        f"@media screen and (prefers-color-scheme: dark){{:root{{{dark}}}}}\n"
        "@media print{:root{color-scheme:light}}\n"
    )
