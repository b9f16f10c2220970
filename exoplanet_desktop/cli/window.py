"""Opens the window. Imports nothing else of the command line, because the user is waiting for the window."""

import gc
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from exoplanet_desktop.cli.paths import existing, open_log
from exoplanet_desktop.errors import UnavailableError


def open_window(files: Sequence[Path] = (), data_dir: Path | None = None) -> int:
    """Opens the window, with the given catalogs; returns when it has closed.

    Raises InputError if a file does not exist, and UnavailableError if no window can be shown.
    """
    existing(*files)
    if not has_display():
        # Otherwise Qt would abort the interpreter.
        raise UnavailableError(
            "There is no display here, so no window can open. "
            "Use `train`, `predict`, `merge` or `serve` instead, or set QT_QPA_PLATFORM=offscreen."
        )
    end_by_ctrl_c()
    gc.disable()  # what is imported now stays alive; the window has its own collector
    folder = open_log(data_dir)
    from exoplanet_desktop.gui.shell.instance import Instance

    instance = Instance(folder)
    if not instance.is_first and instance.hand_over(files):
        return 0
    from exoplanet_desktop.gui.shell.app import run

    return run([file.absolute() for file in files], data_dir, instance=instance)


def end_by_ctrl_c() -> None:
    """Let Ctrl+C and SIGTERM end the process at once until the window exists, which then handles them.

    Python's own handler would raise inside a callback from Qt, which drops the error or crashes.
    """
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:  # otherwise it is ignored, and stays so
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)  # Windows has no SIGHUP
        if number is not None and callable(signal.getsignal(number)):
            signal.signal(number, signal.SIG_DFL)


def has_display() -> bool:
    if sys.platform == "linux" and not os.environ.get("QT_QPA_PLATFORM"):
        return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
    return True
