import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

from exoplanet_desktop.errors import UnavailableError
from exoplanet_desktop.server.files import check_space

MEBIBYTE = 1024 * 1024


def test_64_mebibytes_of_the_disk_are_left_free(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """For the record, logs and results."""
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=65 * MEBIBYTE))
    check_space(tmp_path, MEBIBYTE)
    with pytest.raises(UnavailableError, match="has 65 MiB left"):
        check_space(tmp_path, MEBIBYTE + 1)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=MEBIBYTE))
    check_space(tmp_path, 0)
    with pytest.raises(UnavailableError, match="has 1 MiB left"):
        check_space(tmp_path, 1)
