from datetime import timedelta

import pytest

from callkit.settings import Settings
from tests.fetch.answers import record
from tests.tables.archived import MONDAY, put


@pytest.fixture
def settings(tmp_path):
    return Settings(account="shop", data=tmp_path)


@pytest.fixture
def three_days(settings):
    put(settings, MONDAY, [record(2), record(1), record(0)])
    put(settings, MONDAY + timedelta(days=1), [])
    put(settings, MONDAY + timedelta(days=2), [record(0, "18-Nov-2026"), record(1, "18-Nov-2026")])
    return settings
