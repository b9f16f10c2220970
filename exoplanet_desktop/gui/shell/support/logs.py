"""Where the log is."""

import logging
from logging.handlers import RotatingFileHandler
from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

from exoplanet_desktop.errors import UnavailableError
from exoplanet_desktop.gui.base.text import tr


def log_file() -> Path | None:
    """This process's log file, if there is one."""
    handlers = logging.getLogger("exoplanet_desktop").handlers
    names = (handler.baseFilename for handler in handlers if isinstance(handler, RotatingFileHandler))
    return next((Path(name) for name in names), None)


def open_log_folder() -> None:
    """Show the log's folder in the system's file manager. Raises UnavailableError."""
    file = log_file()
    if file is None:
        raise UnavailableError(tr("This window does not keep a log."))
    if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(file.parent))):
        raise UnavailableError(tr("No file manager was found. The log is {file}.", file=file))
