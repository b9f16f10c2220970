"""The window: everything that imports PySide6 or qasync."""

import builtins

import PySide6.QtCore  # noqa: F401 - which puts its own import in the place of Python's

# For `from __feature__ import …`, which nobody uses here, PySide's import reads the source of every module that is
# imported after it. That takes a fifth of the time in which the window is imported, and 20 MB, and has made an import
# fail: looking at a module calls what it does for unknown names, and pydantic.errors then imports itself half made.
if plain := getattr(builtins, "__orig_import__", None):
    builtins.__import__ = plain
