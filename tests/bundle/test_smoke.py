"""A bundle's test passes a sound program, fails a broken one, and reports what was skipped."""

import shutil
import sys
import tarfile
from pathlib import Path

import pytest

from bundle import smoke
from bundle.archive import pack

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="stands in for the program with a script of sh")
GOOD = """#!/bin/sh
if [ "$1" = --version ]; then echo "exoplanet-desktop 9.9"; exit; fi
echo "Trained KOI: accuracy 0.9"
echo "Trained KOI again: accuracy 0.9"
echo Done.
"""
LEAVES = GOOD.replace("#!/bin/sh\n", "#!/bin/sh\nsleep 60 >/dev/null 2>&1 &\n")
BREAKS = GOOD.replace("echo Done.", "echo 'no engine' >&2; exit 3")
CASES = [
    (GOOD, 0, "ok      processes left: none", "passed"),
    (LEAVES, 1, "FAILED  processes left: 2: sleep 60", "failed"),
    (BREAKS, 1, "FAILED  demo, with real trainings: `demo` ended with 3", "failed"),
]


@pytest.mark.parametrize(("program", "code", "told", "verdict"), CASES, ids=["good", "leaves", "breaks"])
def test_verdicts(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    program: str,
    code: int,
    told: str,
    verdict: str,
) -> None:
    folder = tmp_path / "program"
    folder.mkdir()
    (folder / "exoplanet-desktop").write_text(program)
    (folder / "exoplanet-desktop").chmod(0o755)
    # Without a private X server: only the real program can show a window to be seen from outside.
    which = shutil.which
    monkeypatch.setattr(shutil, "which", lambda name: None if name == "Xvfb" else which(name))
    monkeypatch.setattr(smoke, "ENDED_S", 0.5)

    assert smoke.Smoke(folder, tmp_path / "Heim Jörg", Path(sys.executable)).run() == code

    said = capsys.readouterr().out
    assert told in said
    assert said.endswith(f"Smoke test of program: {verdict}.\n")
    if smoke.processes.interfaces() != ["lo"]:
        assert "  --      no network: not isolated, which needs a network namespace" in said


@pytest.mark.parametrize("old", [False, True], ids=["filter", "before filters"])
def test_an_archive_is_unpacked_by_old_pythons_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, old: bool) -> None:
    if old:

        class Old(tarfile.TarFile):
            def extractall(self, path: object = ".", members: object = None, *, numeric_owner: bool = False) -> None:
                super().extractall(path, members, numeric_owner=numeric_owner)

        monkeypatch.delattr(tarfile, "data_filter", raising=False)
        monkeypatch.setattr(tarfile, "open", Old.open)
    folder = tmp_path / "program-1.0-linux-x86_64"
    folder.mkdir()
    (folder / "program").write_text("x")
    archive = pack(folder, tmp_path / "out/program", 1_700_000_000)
    assert (smoke._unpack(archive, tmp_path / "unpacked") / "program").read_text() == "x"
