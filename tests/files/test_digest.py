import hashlib
from pathlib import Path

import pytest

from exoplanet_desktop.files.digest import sha256_of


def test_the_digest_is_that_of_all_bytes(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"\0" * 3_000_000 + b"end")
    assert sha256_of(path) == hashlib.sha256(path.read_bytes()).hexdigest()
    with pytest.raises(OSError, match="missing"):
        sha256_of(tmp_path / "missing")
