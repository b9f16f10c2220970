"""The one command to start with: creates a virtual environment, installs what is needed, and runs a task.

    python3 run.py                   open the program
    python3 run.py test [--all]      all checks and tests (--all: the long ones too)
    python3 run.py bench [NAME ...] [--json FILE]    measure, and compare with the bounds
    python3 run.py mutants [ROOM ...]    change single places of the code and show which changes no test notices
    python3 run.py exec ARGS ...     pass ARGS to the command line (train, predict, merge, ...)
    python3 run.py package [--once]  build the program for machines without Python, test it, pack it into dist/
    python3 run.py lock [--upgrade]  rewrite the locks of the packages in a bundle
    python3 run.py bounds [--newest] test with the lowest versions that pyproject.toml allows, or with the newest

`run.py COMMAND --help` explains each one and installs nothing. Needs Python 3.11 or newer and nothing else.
"""

import hashlib
import inspect
import os
import runpy
import shutil
import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NoReturn

PROJECT = Path(__file__).resolve().parent
COMMANDS = "Scripts" if os.name == "nt" else "bin"  # the folder with an environment's commands
VENV = PROJECT / ".venv"
PYTHON_FILE = "python.exe" if os.name == "nt" else "python"
PYTHON = VENV / COMMANDS / PYTHON_FILE
LOCKS = PROJECT / "bundle/lock"
OLDEST = (3, 11)

# System libraries that Qt's plugins load: Debian's package -> library file to look for.
QT_LIBRARIES = {
    "libegl1": "libEGL.so.1",
    "libgl1": "libGL.so.1",
    "libglib2.0-0": "libglib-2.0.so.0",
    "libfontconfig1": "libfontconfig.so.1",
    "libdbus-1-3": "libdbus-1.so.3",
    "libxkbcommon0": "libxkbcommon.so.0",
    "libxkbcommon-x11-0": "libxkbcommon-x11.so.0",
    "libxcb-cursor0": "libxcb-cursor.so.0",
    "libxcb-icccm4": "libxcb-icccm.so.4",
    "libxcb-image0": "libxcb-image.so.0",
    "libxcb-keysyms1": "libxcb-keysyms.so.1",
    "libxcb-randr0": "libxcb-randr.so.0",
    "libxcb-render-util0": "libxcb-render-util.so.0",
    "libxcb-shape0": "libxcb-shape.so.0",
    "libxcb-xkb1": "libxcb-xkb.so.1",
}
# Platforms that mypy checks for, on any system.
PLATFORMS = {"linux": "Linux", "darwin": "macOS", "win32": "Windows"}
# What to test with other versions: every module imported, tables, all models, engine, transfers, window and demo.
ESSENTIAL_TESTS = (
    "exoplanet_desktop",
    *(f"tests/catalogs/reading/test_{name}.py" for name in ("reading", "vo")),
    *(f"tests/catalogs/tables/test_{name}.py" for name in ("table", "view")),
    "tests/catalogs/merging/test_merge_many.py",
    *(f"tests/classify/test_{name}.py" for name in ("training", "prediction", "modelfile")),
    *(f"tests/server/test_{name}.py" for name in ("auth", "calls", "jobs", "cluster")),
    "tests/client/http/test_transfers.py",
    *(f"tests/client/profiles/test_{name}.py" for name in ("engine", "profiles")),
    "tests/cli/test_tasks.py",
    *(f"tests/gui/test_{name}.py" for name in ("main_window", "tables", "samp", "demo")),
)
# What building and testing a bundle needs: Debian's package -> command to look for.
BUNDLE_COMMANDS = {"binutils": "objdump", "xz-utils": "xz", "xvfb": "Xvfb", "util-linux": "unshare"}
FONTS = ("/usr/share/fonts", "/usr/local/share/fonts")


def main(argv: Sequence[str]) -> int:
    commands: dict[str, Callable[[Sequence[str]], int]] = {
        "gui": open_program,
        "test": test,
        "bench": bench,
        "mutants": mutants,
        "exec": execute,
        "package": package,
        "lock": lock,
        "bounds": bounds,
    }
    command, *rest = argv or ["gui"]
    if command in ("-h", "--help", "help"):
        print(__doc__)
        return 0
    if command not in commands:
        return refuse(f"There is no command “{command}”. Choose one of {', '.join(commands)}; --help explains them.")
    # In `exec train --help` the question is for the program.
    if {"-h", "--help"}.intersection(rest[:1] if command in ("exec", "gui") else rest):
        print(inspect.getdoc(commands[command]))
        if command == "bench":
            print(f"\n{names_of_benches()}")
        return 0
    if sys.version_info < OLDEST:
        return refuse(f"This is Python {sys.version.split()[0]}; {OLDEST[0]}.{OLDEST[1]} or newer is needed.")
    return commands[command](rest)


def open_program(args: Sequence[str]) -> NoReturn:
    """python3 run.py [gui [CSV ...]]

    Open the window, with the catalogs CSV in it. Without a display, say so and run the demo offscreen.
    `exec gui --help` lists the options.
    """
    prepare()
    if sys.platform.startswith("linux") and not has_display():
        print(
            "There is no display here, so no window can open. The command line does the same work: "
            "`run.py exec train`, `predict`, `merge`, `simulate`, `serve` (each with --help). "
            "The demo now runs offscreen to show that the program works:",
            flush=True,
        )
        become([str(PYTHON), "-m", "exoplanet_desktop", "demo"], QT_QPA_PLATFORM="offscreen")
    become([str(PYTHON), "-m", "exoplanet_desktop", "gui", *args])


def execute(args: Sequence[str]) -> NoReturn:
    """python3 run.py exec COMMAND ...

    Run a command of the program: train, predict, merge, checks, simulate, serve, demo or gui.
    `exec COMMAND --help` lists its options, `exec -- --help` those of the program.
    """
    prepare()
    become([str(PYTHON), "-m", "exoplanet_desktop", *args])


def bench(args: Sequence[str]) -> NoReturn:
    """python3 run.py bench [NAME ...] [--json FILE] [--seconds N]

    Measure, and compare the figures with their bounds; exits with 1 if one fails.

    NAME          run only these benches
    --json FILE   also write the figures to FILE
    --seconds N   duration of benches without a fixed one, such as soak
    """
    prepare("dev")
    become([str(PYTHON), "-m", "tests.benchmarks", *args], PYTHONPATH=str(PROJECT))


def names_of_benches() -> str:
    # The file only defines them: it imports no libraries, and does not run as __main__.
    found = runpy.run_path(str(PROJECT / "tests/benchmarks/__main__.py"))
    long = found["BY_NAME"]
    usual = ", ".join(name for name in found["BENCHES"] if name not in long)
    first = textwrap.fill(f"Benches: {usual}.", 100, break_on_hyphens=False)
    return f"{first}\nRun only if named, because they are long: {', '.join(long)}."


def mutants(args: Sequence[str]) -> NoReturn:
    """python3 run.py mutants [ROOM ...] [--sample N] [--seed N] [--json FILE]

    Change single places of the code, each in a temporary copy, and show which changes no test notices. Takes
    an hour or more for all rooms, on two cores.

    ROOM          change only these: catalogs, classify, client, server
    --sample N    so many changes in each room (40)
    --seed N      draw another sample (1); the same seed draws the same one
    --json FILE   also write what became of each change to FILE
    """
    prepare("dev")
    become([str(PYTHON), "-m", "tests.mutants", *args], PYTHONPATH=str(PROJECT))


def test(args: Sequence[str]) -> int:
    """python3 run.py test [--all] [ARGS ...]

    Run all checks, then all tests, and go on if one fails. ARGS are passed on to pytest.

    --all   also run the slow tests
    """
    prepare("dev")
    marks = [] if "--all" in args else ["-m", "not slow"]
    pytest_args = [arg for arg in args if arg != "--all"]
    # One process per core, but no more than the memory of a small machine allows; `-n 0` runs a single one.
    shared = ["-n", "auto", "--maxprocesses", "4"]
    checks = {
        "ruff": ["-m", "ruff", "check", "."],
        "format": ["-m", "ruff", "format", "--check", "."],
        **{f"mypy for {name}": _mypy(platform) for platform, name in PLATFORMS.items()},
        "imports": ["-c", "from importlinter.cli import lint_imports_command as lint; lint()"],
        "tests": ["-m", "pytest", *marks, *shared, *pytest_args],
    }
    failed = []
    for name, command in checks.items():
        print(f"== {name}", flush=True)
        offscreen = os.environ.get("QT_QPA_PLATFORM", "offscreen")
        if run([str(PYTHON), *command], folder=PROJECT, QT_QPA_PLATFORM=offscreen):
            failed.append(name)
    if failed:
        return refuse(f"Failed: {', '.join(failed)}.", code=1)
    return 0


def _mypy(platform: str) -> list[str]:
    # A cache for each platform: mypy would discard the cache of another one.
    return ["-m", "mypy", "--platform", platform, "--cache-dir", f".mypy_cache/{platform}"]


def package(args: Sequence[str]) -> int:
    """python3 run.py package [--once] [--table]

    Build the program for machines without Python, test it and pack it into dist/. The build uses exactly the locked
    packages; the tools that inspect the result have an environment of their own.

    --once    skip the second build that the first is compared with
    --table   update the sizes in docs/bundle-size.md
    """
    install_system_packages(_missing_for_bundle())
    builder = locked_environment(".venv-package", "program.txt", "build.txt")
    tools = locked_environment(".venv-tools", "tools.txt")
    return run([str(builder / PYTHON_FILE), "-m", "bundle", "package", str(tools), *args], folder=PROJECT)


def _missing_for_bundle() -> list[str]:
    missing = [name for name, command in BUNDLE_COMMANDS.items() if not shutil.which(command)]
    # Debian's own Python comes without the shared library that a bundle needs.
    library = f"libpython{sys.version_info.major}.{sys.version_info.minor}"
    if Path(sys.base_prefix) == Path("/usr") and not any(Path("/usr/lib").rglob(f"{library}.so.1*")):
        missing.append(library)
    return missing


def lock(args: Sequence[str]) -> int:
    """python3 run.py lock [--upgrade]

    Update the locks in bundle/lock, which name the packages that a bundle is built from.

    --upgrade   lock the newest versions that pyproject.toml allows
    """
    tools = locked_environment(".venv-tools", "tools.txt")
    return run([str(tools / PYTHON_FILE), "-m", "bundle", "lock", str(tools), *args], folder=PROJECT)


def bounds(args: Sequence[str]) -> int:
    """python3 run.py bounds [--newest]

    Run the essential tests in a separate environment, with the lowest versions that pyproject.toml allows.

    --newest   use the newest versions instead
    """
    install_system_packages()
    tools = locked_environment(".venv-tools", "tools.txt")
    folder = PROJECT / ".venv-bounds"
    shutil.rmtree(folder, ignore_errors=True)
    make_environment(folder)
    python = folder / COMMANDS / PYTHON_FILE
    resolution = "highest" if "--newest" in args else "lowest-direct"
    print(f"Installing with Python {sys.version.split()[0]} and resolution {resolution} …", flush=True)
    choice = ["--python", str(python), "--resolution", resolution, "-e", f"{PROJECT}[dev]"]
    if run([str(tools / "uv"), "pip", "install", "-q", *choice]):
        return refuse("These versions cannot be installed together (see above).", code=1)
    run([str(tools / "uv"), "pip", "list", "-q", "--python", str(python)])
    # Other versions emit other warnings; here only their behaviour matters.
    chosen = ["-m", "not slow", "-W", "default", "-q", *ESSENTIAL_TESTS]
    return run([str(python), "-m", "pytest", *chosen], folder=PROJECT, QT_QPA_PLATFORM="offscreen")


def prepare(extra: str = "") -> None:
    """Create the virtual environment and install the package; repeat that only after pyproject.toml has changed."""
    install_system_packages()
    recipe = (PROJECT / "pyproject.toml").read_bytes() + sys.version.encode()
    wanted = hashlib.sha256(recipe).hexdigest()
    stamp = VENV / f"installed-{extra or 'base'}.txt"
    other = VENV / "installed-dev.txt"  # the development environment includes the base one
    if PYTHON.exists() and any(file.exists() and file.read_text() == wanted for file in (stamp, other)):
        return
    make_environment(VENV)
    print("Installing the program and its dependencies; this takes a few minutes the first time …", flush=True)
    install(PYTHON, "-e", f"{PROJECT}[{extra}]" if extra else str(PROJECT))
    stamp.write_text(wanted)


def locked_environment(name: str, *locks: str) -> Path:
    """An environment with exactly what these locks name, rebuilt when they change; returns its commands' folder."""
    folder = PROJECT / name
    recipe = b"".join((LOCKS / file).read_bytes() for file in locks) + sys.version.encode()
    wanted = hashlib.sha256(recipe).hexdigest()
    stamp = folder / "installed.txt"
    if not (stamp.exists() and stamp.read_text() == wanted):
        shutil.rmtree(folder, ignore_errors=True)
        make_environment(folder)
        print(f"Installing the packages locked in {' and '.join(locks)} …", flush=True)
        files = [part for file in locks for part in ("-r", str(LOCKS / file))]
        install(folder / COMMANDS / PYTHON_FILE, "--require-hashes", *files)
        stamp.write_text(wanted)
    return folder / COMMANDS


def make_environment(folder: Path) -> None:
    recipe = folder / "pyvenv.cfg"
    if recipe.exists() and f"version = {sys.version.split()[0]}\n" in recipe.read_text(encoding="utf-8"):
        return
    shutil.rmtree(folder, ignore_errors=True)  # from another Python, which would not find these packages
    print(f"Creating a virtual environment in {folder.name} …", flush=True)
    if subprocess.run([sys.executable, "-m", "venv", str(folder)]).returncode:
        shutil.rmtree(folder, ignore_errors=True)
        sys.exit(refuse("Python's venv module does not work here; on Debian, install python3-venv.", code=1))


def install(python: Path, *what: str) -> None:
    if subprocess.run([str(python), "-m", "pip", "install", "-q", *what]).returncode:
        sys.exit(refuse("The installation failed (see above). Run this again with a network connection.", code=1))


def install_system_packages(more: Sequence[str] = ()) -> None:
    """On a Debian-like system, install the missing system packages of Qt and `more`, or name them if not root."""
    if sys.platform == "linux" and (missing := _missing_packages(more)):
        command = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *missing]
        if os.geteuid() != 0:
            print(f"System packages are missing; install them with: sudo {' '.join(command)}", file=sys.stderr)
            return
        print(f"Installing system packages: {', '.join(missing)} …", flush=True)
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for step in (["apt-get", "update", "-qq"], command):
            if subprocess.run(step, env=quiet, stdout=subprocess.DEVNULL).returncode:
                print(f"`{' '.join(step)}` failed; the window may not open without them.", file=sys.stderr)


def _missing_packages(more: Sequence[str]) -> list[str]:
    if not shutil.which("dpkg-query"):
        return []
    found = subprocess.run(["/sbin/ldconfig", "-p"], capture_output=True, text=True).stdout
    missing = [*more, *(package for package, library in QT_LIBRARIES.items() if library not in found)]
    if not any(Path(folder).is_dir() and any(Path(folder).rglob("*.ttf")) for folder in FONTS):
        missing += ["fontconfig", "fonts-dejavu-core"]
    return missing


def has_display() -> bool:
    return any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))


def become(command: list[str], **variables: str) -> NoReturn:
    """Replace this process by a command, so that the command receives every signal sent here."""
    if sys.platform == "win32":  # exec would start a second process there, and end this one at once
        sys.exit(run(command, None, **variables))
    else:
        sys.stdout.flush()
        sys.stderr.flush()
        os.execvpe(command[0], command, {**os.environ, **variables})


def run(command: Sequence[str], folder: Path | None = None, **variables: str) -> int:
    """Run a command in the caller's folder (or `folder`) and return its exit code."""
    if sys.platform == "win32":
        # The console sends Ctrl+Break to the child too, which shuts down; this process waits for it.
        signal.signal(signal.SIGBREAK, signal.SIG_IGN)
    child = subprocess.Popen(command, cwd=folder, env={**os.environ, **variables})
    while True:
        try:
            return child.wait()
        except KeyboardInterrupt:
            continue  # the child got Ctrl+C too, and shuts down


def refuse(sentence: str, code: int = 2) -> int:
    print(sentence, file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
