"""Tests on Spark in local mode; they are never skipped, as only ``-m spark`` asks for them (see .ci/run)."""

import pytest

MARKS = [
    pytest.mark.spark,
    pytest.mark.filterwarnings("ignore::DeprecationWarning:pyspark"),  # PySpark names what pandas 4 will drop
]
AS_PANDAS = pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas:FutureWarning")
