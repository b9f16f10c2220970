"""A record."""

import pytest

from exoplanet_desktop.record.record import Record


@pytest.fixture
def record(tmp_path):
    with Record(tmp_path / "record") as record:
        yield record
