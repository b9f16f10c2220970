import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from exoplanet_desktop.errors import UnavailableError
from exoplanet_desktop.files.whole import whole

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="links, modes and devices as on POSIX")


def test_a_file_appears_at_the_end_only(tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    out.write_text("old")
    with whole(out) as part:
        part.write_text("new")
        assert out.read_text() == "old"
    assert out.read_text() == "new"
    assert list(tmp_path.iterdir()) == [out]


def test_an_error_leaves_the_old_file(tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    out.write_text("old")
    with pytest.raises(ValueError, match="half"), whole(out) as part:
        part.write_text("new")
        raise ValueError("half")
    assert out.read_text() == "old"
    assert list(tmp_path.iterdir()) == [out]


def test_a_full_disk_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError, match="No space left"), whole(tmp_path / "out.csv") as part:
        part.write_text("half")
        raise OSError(28, "No space left on device")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_in_the_place_of_the_file(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError, match="is a folder"), whole(tmp_path):
        pytest.fail("never reached")


def test_a_symbolic_link_is_followed(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    target, link = tmp_path / "data" / "real.csv", tmp_path / "out.csv"
    target.write_text("old")
    link.symlink_to(target)
    with whole(link) as part:
        assert part.parent == target.parent
        part.write_text("new")
    assert link.is_symlink()
    assert target.read_text() == "new"
    link.unlink()
    link.symlink_to(tmp_path / "data" / "not there yet.csv")
    with whole(link) as part:
        part.write_text("new")
    assert (tmp_path / "data" / "not there yet.csv").read_text() == "new"


def test_a_replaced_file_keeps_its_mode_and_a_part_is_private(tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    for mode in (0o640, 0o604):
        out.write_text("old")
        out.chmod(mode)
        with whole(out) as part:
            assert part.stat().st_mode & 0o777 == 0o600
            part.write_text("new")
        assert out.stat().st_mode & 0o777 == mode
    (tmp_path / "usual").write_text("")
    with whole(tmp_path / "new.csv") as part:
        part.write_text("new")
    assert (tmp_path / "new.csv").stat().st_mode == (tmp_path / "usual").stat().st_mode
    with whole(tmp_path / "secret", private=True) as part:
        part.write_text("new")
    assert (tmp_path / "secret").stat().st_mode & 0o777 == 0o600


def test_all_names_of_a_file_get_what_is_written(tmp_path: Path) -> None:
    out, other = tmp_path / "out.csv", tmp_path / "other.csv"
    out.write_text("old and longer")
    other.hardlink_to(out)
    with whole(out) as part:
        part.write_text("new")
    assert (out.read_text(), other.read_text()) == ("new", "new")
    assert out.samefile(other)


def test_a_pipe_gets_the_content_and_stays_a_pipe(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(UnavailableError, match="Nothing reads from the pipe"), whole(pipe) as part:
        part.write_text("lost")
    with subprocess.Popen(["cat", str(pipe)], stdout=subprocess.PIPE) as reader:
        descriptor = os.open(pipe, os.O_WRONLY)  # blocks until the reader opens it
        with whole(pipe) as part:
            part.write_text("a,b\n" * 5_000)
        os.close(descriptor)
        assert reader.communicate()[0] == b"a,b\n" * 5_000
    assert pipe.is_fifo()


def test_devices_are_written_to_and_not_replaced() -> None:
    with whole(Path("/dev/null")) as part:
        part.write_text("a,b\n")
    with pytest.raises(UnavailableError, match="No space left"), whole(Path("/dev/full")) as part:
        part.write_text("a,b\n")
    assert Path("/dev/null").is_char_device()
    assert Path("/dev/full").is_char_device()


def test_standard_output_takes_a_result(tmp_path: Path) -> None:
    code = (
        "from pathlib import Path; from exoplanet_desktop.files.whole import whole\n"
        "print('first')\nwith whole(Path('/dev/stdout')) as part: part.write_text('second\\n')\nprint('third')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["first", "second", "third"]
    with (tmp_path / "kept").open("w") as file:
        subprocess.run([sys.executable, "-c", code], stdout=file, check=True)
    assert (tmp_path / "kept").read_text().split() == ["first", "second", "third"]


def test_a_socket_and_a_folder_that_takes_no_file_are_refused(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "s"))
        with pytest.raises(UnavailableError, match="a disk or a socket"), whole(tmp_path / "s"):
            pytest.fail("never reached")
    with pytest.raises(UnavailableError, match=r"/proc/x\.csv cannot be written"), whole(Path("/proc/x.csv")):
        pytest.fail("never reached")


def test_a_link_to_itself_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    with pytest.raises(UnavailableError, match="cannot be written"), whole(tmp_path / "loop") as part:
        part.write_text("lost")
