"""The entry point: opens the window directly, leaves everything else to `front_door`."""

import sys
from collections.abc import Sequence
from pathlib import Path

from exoplanet_desktop.cli.guard import COMMAND, guarded
from exoplanet_desktop.cli.paths import is_there


def run(args: Sequence[str] | None = None) -> int:
    """Run a command line (the process's own if None); returns its exit code and never raises.

    0 for success, 2 for wrong input, 130 after Ctrl+C, 143 after SIGTERM, 1 for everything else.
    """
    arguments = list(sys.argv[1:] if args is None else args)
    return guarded(lambda: _run(arguments))


def _run(arguments: Sequence[str]) -> int:
    if all(map(_is_catalog, arguments)):
        # As from an icon or a double click on files: the user waits for a window, so do not load the command parser.
        from exoplanet_desktop.cli.window import open_window

        return open_window([Path(name) for name in arguments])
    from exoplanet_desktop.cli.front_door import front_door

    code: int = front_door.main(list(arguments), prog_name=COMMAND, standalone_mode=False)
    return code


def _is_catalog(name: str) -> bool:
    """Whether an argument is a file; a name without a suffix may be a command."""
    return bool(Path(name).suffix) and is_there(Path(name)) and Path(name).is_file()
