import pytest

from callkit.privacy import Secret
from callkit.settings import Settings


@pytest.fixture
def settings(tmp_path):
    return Settings(account="shop", data=tmp_path, token=Secret("kept-very-secret"), rate=0)
