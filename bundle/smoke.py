"""Tests a bundle as shipped: from the archive, in an environment as bare as this system allows.

On Linux as root it runs in a network namespace with only loopback, from a folder mounted read-only. If the system does
not allow that, the report says so. The home folder is empty, and its path has a space and an umlaut.
"""

import ctypes
import os
import shutil
import socket
import statistics
import struct
import subprocess
import sys
import tarfile
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from bundle import processes
from bundle.display import Display, Window
from bundle.parts import OWN, PROJECT, program_in

TITLE = "Exoplanet Desktop"
MOST_RATIO = 1.5
STARTS = 5
PATIENCE_S = 60.0
DEMO_S = 300.0
ENDED_S = 10.0  # children may take this long to exit after the program
SETTLED_S = 4.0  # long enough that the engine has started: if it dies earlier, that is reported and not retried
_UP, _GET_FLAGS, _SET_FLAGS = 1, 0x8913, 0x8914
_MS_RDONLY, _MS_REMOUNT, _MS_BIND, _MS_REC, _MS_PRIVATE = 1, 32, 4096, 16384, 1 << 18


class Failed(Exception):
    """The bundle failed a requirement."""


def smoke(archive: Path, python: Path) -> int:
    """Unpack and test an archive; prints the report. Returns 0 if all steps pass.

    Args:
        archive: exactly as distributed.
        python: of an environment with the same packages, to compare start-up times.
    """
    with tempfile.TemporaryDirectory(prefix="exoplanet-bundle-") as place:
        base = Path(place)
        base.chmod(0o755)
        folder = _unpack(archive, base / "Programs of the lab")
        inner = [sys.executable, "-m", "bundle.smoke", str(folder), str(base / "Heim Jörg Müller"), str(python)]
        return subprocess.run([*_walls(), *inner], cwd=PROJECT).returncode


def _unpack(archive: Path, target: Path) -> Path:
    target.mkdir()
    if archive.suffix == ".zip":
        with zipfile.ZipFile(archive) as packed:
            packed.extractall(target)
    else:
        with tarfile.open(archive) as tar:
            if hasattr(tarfile, "data_filter"):  # missing in Debian's Python 3.11.2
                tar.extraction_filter = tarfile.data_filter
            tar.extractall(target)
    (folder,) = target.iterdir()
    return folder


def _walls() -> list[str]:
    """The command that isolates the test; empty if the system does not allow it."""
    walls = ["unshare", "--net", "--mount", "--"]
    if not shutil.which("unshare"):
        return []
    return walls if subprocess.run([*walls, "true"], capture_output=True).returncode == 0 else []


class NotTested(Exception):
    """This system does not allow a step; the text says why."""


class Smoke:
    """One run of the test; each step raises Failed or NotTested, or returns its finding."""

    def __init__(self, folder: Path, home: Path, python: Path) -> None:
        self.folder, self.home, self.python = folder, home, python
        self.program = program_in(folder)
        self.mark = processes.new_mark()
        self.display: Display | None = None
        self.environment: dict[str, str] = {}
        self.failures = 0

    def run(self) -> int:
        self.home.mkdir()
        self._tell("no network", self._shut_network)
        self._tell("program folder", self._make_read_only)
        with self._screen() as name:
            self.environment = self._bare(name)
            self._tell("answers", self._version)
            self._tell("demo, with real trainings", self._demo)
            if self.display is not None:
                self._tell("engine killed", self._kill_engine)
                self._tell("time to the window", self._compare_starts)
            self._tell("processes left", self._nothing_left)
        print(f"Smoke test of {self.folder.name}: {'failed' if self.failures else 'passed'}.", flush=True)
        return 1 if self.failures else 0

    def _tell(self, what: str, step: Callable[[], str]) -> None:
        try:
            print(f"  ok      {what}: {step()}", flush=True)
        except NotTested as reason:
            print(f"  --      {what}: {reason}", flush=True)
        except (Failed, OSError, subprocess.SubprocessError) as error:
            self.failures += 1
            print(f"  FAILED  {what}: {error}", flush=True)

    def _shut_network(self) -> str:
        if sys.platform == "linux" and processes.interfaces() == ["lo"]:
            import fcntl  # not on Windows

            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as handle:
                request = struct.pack("16sh14x", b"lo", 0)
                (flags,) = struct.unpack_from("h", fcntl.ioctl(handle, _GET_FLAGS, request), 16)
                fcntl.ioctl(handle, _SET_FLAGS, struct.pack("16sh14x", b"lo", flags | _UP))
            return "a network namespace of its own, with loopback and nothing else"
        raise NotTested("not isolated, which needs a network namespace; the program ran with the network as it is")

    def _make_read_only(self) -> str:
        if processes_are_walled():
            libc = ctypes.CDLL(None, use_errno=True)
            place = str(self.folder).encode()
            steps = (
                (b"none", b"/", _MS_REC | _MS_PRIVATE),
                (place, place, _MS_BIND),
                (place, place, _MS_REMOUNT | _MS_BIND | _MS_RDONLY),
            )
            for source, target, flags in steps:
                if libc.mount(source, target, None, ctypes.c_ulong(flags), None):
                    raise Failed(f"it could not be mounted read-only ({os.strerror(ctypes.get_errno())})")
        else:
            for file in [self.folder, *self.folder.rglob("*")]:
                if not file.is_symlink():
                    file.chmod(file.stat().st_mode & ~0o222)
        try:
            (self.folder / "written").write_text("")
        except OSError as error:
            return f"cannot be written ({error.strerror})"
        (self.folder / "written").unlink()
        if hasattr(os, "geteuid") and os.geteuid() == 0 and not processes_are_walled():
            raise NotTested("root can write anywhere, and nothing can be mounted read-only here")
        raise Failed("it can still be written")

    @contextmanager
    def _screen(self) -> Iterator[str]:
        """A private X server; without one, Qt draws offscreen."""
        if not shutil.which("Xvfb"):
            print("  --      no Xvfb here: the window is drawn offscreen, so its visibility is not checked", flush=True)
            yield ""
            return
        reader, writer = os.pipe()
        command = ["Xvfb", "-displayfd", str(writer), "-screen", "0", "1600x1000x24", "-nolisten", "tcp"]
        server = subprocess.Popen(command, pass_fds=[writer], stderr=subprocess.DEVNULL)
        os.close(writer)
        try:
            with os.fdopen(reader) as told:
                name = f":{told.readline().strip()}"
            self.display = Display(name)
            yield name
        finally:
            server.terminate()
            server.wait()

    def _bare(self, display: str) -> dict[str, str]:
        """The complete environment of the program: nothing from ours."""
        runtime = self.home / ".runtime"
        runtime.mkdir(mode=0o700)
        bare = {"HOME": str(self.home), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "XDG_RUNTIME_DIR": str(runtime)}
        if os.name == "nt":
            bare = {name: os.environ[name] for name in ("SYSTEMROOT", "TEMP", "USERPROFILE", "LOCALAPPDATA")}
        shown = {"DISPLAY": display} if display else {"QT_QPA_PLATFORM": "offscreen"}
        return {**bare, **shown, processes.MARK: self.mark}

    def _version(self) -> str:
        done = self._do("--version")
        if not done.startswith(f"{OWN} "):
            raise Failed(f"--version says {done!r}")
        return done.strip()

    def _demo(self) -> str:
        begun = time.monotonic()
        said = self._do("demo")  # no screenshots: four more rounds would tell nothing more about a bundle
        trained = [line for line in said.splitlines() if line.startswith("Trained ")]
        if len(trained) < 2 or not said.rstrip().endswith("Done."):
            raise Failed(f"it said {said!r}")
        return f"{trained[0]} All in {time.monotonic() - begun:.0f} s"

    def _do(self, *arguments: str) -> str:
        done = subprocess.run(
            [str(self.program), *arguments],
            env=self.environment, cwd=self.home, capture_output=True, text=True, encoding="utf-8", timeout=DEMO_S,
        )  # fmt: skip
        if done.returncode:
            raise Failed(f"`{' '.join(arguments)}` ended with {done.returncode}: {done.stderr.strip()[-500:]}")
        return done.stdout

    def _kill_engine(self) -> str:
        window = self._start([str(self.program)])
        try:
            first = self._engine(window, other_than=None)
            time.sleep(SETTLED_S)
            processes.kill(first)
            begun = time.monotonic()
            self._engine(window, other_than=first)
            took = time.monotonic() - begun
            if window.poll() is not None or self._window() is None:
                raise Failed("the window went with it")
        finally:
            code = self._end(window)
        if code:
            raise Failed(f"the window ended with {code}")
        return f"the window stayed, another engine listened {took:.1f} s later, closing ended with 0"

    def _engine(self, window: "subprocess.Popen[bytes]", other_than: int | None) -> int:
        found: list[int] = []

        def there() -> bool:
            pid = processes.engine_of(window.pid, self.mark)
            found[:] = [pid] if pid is not None and pid != other_than else []
            return bool(found)

        _wait(there, "an engine listens")
        return found[0]

    def _compare_starts(self) -> str:
        bundled, bare = [str(self.program)], [str(self.python), "-m", "exoplanet_desktop", "gui"]
        times: dict[str, list[float]] = {"bundle": [], "environment": []}
        for round_number in range(STARTS + 1):
            for name, command in (("bundle", bundled), ("environment", bare)):
                taken = self._time_to_window(command)
                if round_number:  # the first round fills the disk cache
                    times[name].append(taken)
        middle = {name: statistics.median(values) for name, values in times.items()}
        ratio = middle["bundle"] / middle["environment"]
        words = (
            f"{middle['bundle']:.2f} s, from the virtual environment {middle['environment']:.2f} s: "
            f"{ratio:.2f} times (bound {MOST_RATIO}; medians of {STARTS})"
        )
        if ratio > MOST_RATIO:
            raise Failed(words)
        return words

    def _time_to_window(self, command: list[str]) -> float:
        begun = time.monotonic()
        window = self._start(command)
        taken = time.monotonic() - begun
        if code := self._end(window):
            raise Failed(f"{command[0]} ended with {code}")
        return taken

    def _start(self, command: list[str]) -> "subprocess.Popen[bytes]":
        environment = self.environment
        if command[0] == str(self.python):
            environment = {**environment, "PYTHONPATH": str(PROJECT)}
        started = subprocess.Popen(command, env=environment, cwd=self.home)
        _wait(lambda: self._window() is not None or started.poll() is not None, "a window is there")
        if started.poll() is not None:
            raise Failed(f"{command[0]} ended with {started.returncode} and showed no window")
        return started

    def _window(self) -> Window | None:
        assert self.display is not None
        return next((window for window in self.display.windows() if TITLE in window.title), None)

    def _end(self, started: "subprocess.Popen[bytes]") -> int:
        """Close every window, topmost first, as a user does; returns the program's exit code."""
        assert self.display is not None
        end = time.monotonic() + PATIENCE_S
        while time.monotonic() < end:
            for window in reversed(self.display.windows()):
                self.display.close(window)
            try:
                return started.wait(1)
            except subprocess.TimeoutExpired:
                continue
        started.kill()
        raise Failed(f"it did not end within {PATIENCE_S:.0f} s of being closed")

    def _nothing_left(self) -> str:
        if not processes.can_be_found():
            raise NotTested("they are found by /proc, which only Linux has")
        try:
            _wait(lambda: not processes.marked(self.mark), "all have ended", ENDED_S)
        except Failed:
            left = processes.marked(self.mark)
            for pid in left:
                processes.kill(pid)
            raise Failed(f"{len(left)}: {'; '.join(left.values())}") from None
        return "none"


def processes_are_walled() -> bool:
    return sys.platform == "linux" and os.geteuid() == 0 and processes.interfaces() == ["lo"]


def _wait(condition: Callable[[], bool], what: str, seconds: float = PATIENCE_S) -> None:
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise Failed(f"after {seconds:.0f} s this was still not the case: {what}")
        time.sleep(0.005)


if __name__ == "__main__":
    sys.exit(Smoke(*(Path(argument) for argument in sys.argv[1:4])).run())
