"""Options of the test run, and how properties are tried: the same examples every time, however slow the machine."""

import gc

from hypothesis import settings

gc.set_threshold(
    100_000, 20
)  # what a run imports stays: to look through it at every turn takes a tenth of it
settings.register_profile("callkit", derandomize=True, deadline=None, database=None)
settings.load_profile("callkit")


def pytest_addoption(parser):
    parser.addoption(
        "--update-goldens", action="store_true", help="write what the grammar says now into the goldens"
    )
