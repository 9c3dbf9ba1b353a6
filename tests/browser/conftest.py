"""One headless Chromium for the tests of a file."""

from pathlib import Path

import pytest

CHROMIUM = "/usr/bin/chromium"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]  # fmt: skip


@pytest.fixture(scope="module")
def browser():
    engines = pytest.importorskip(
        "playwright.sync_api", reason="playwright is a development tool (.ci/run installs it)"
    )
    if not Path(CHROMIUM).exists():
        pytest.skip("Chromium is not installed")
    with engines.sync_playwright() as engine:
        chromium = engine.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()
