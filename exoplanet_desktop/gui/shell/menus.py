"""The commands of the main window, by menu. Add a command here to get its menu entry, keys and palette entry."""

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtGui import QAction, QKeySequence

from exoplanet_desktop.gui.base.commands import Command
from exoplanet_desktop.gui.base.text import tr

if TYPE_CHECKING:
    # A circle: each command asks the window, which makes its menus of them.
    from exoplanet_desktop.gui.shell.main_window import MainWindow

Standard = QKeySequence.StandardKey
LARGER = (Standard.ZoomIn, "Ctrl+=")  # the key without Shift, on keyboards where + needs it


def window_commands(window: "MainWindow") -> list[Command]:
    """All of them, in menu order."""
    return [*_file(window), *_edit(window), *_view(window), *_run(window), *_backend(window), *_help(window)]


def _file(window: "MainWindow") -> list[Command]:
    menu = tr("&File")

    def export() -> None:
        window.table_in_front().pane.ask_export()

    def export_all() -> None:
        window.table_in_front().pane.ask_export_all()

    def send() -> None:
        window.table_in_front().pane.send()

    return [
        Command("file.open", menu, tr("&Open catalog…"), lambda: window.tab.choose(), (Standard.Open,)),
        Command("file.save", menu, tr("&Save prediction or merged file…"), window.save_shown, (Standard.Save,)),
        Command("file.export", menu, tr("&Export what is shown…"), export, ("Ctrl+E",)),
        Command("file.export_all", menu, tr("Export &all rows and columns…"), export_all),
        Command("file.send", menu, tr("Sen&d the table as shown to other programs"), send),
        Command(
            "file.settings",
            menu,
            tr("Se&ttings…"),
            window.assistance.choose_settings,
            ("Ctrl+,",),
            QAction.MenuRole.PreferencesRole,
            new_group=True,
        ),
        Command("file.quit", menu, tr("&Quit"), window.close, ("Ctrl+Q",), QAction.MenuRole.QuitRole),
    ]


def _edit(window: "MainWindow") -> list[Command]:
    menu = tr("&Edit")

    def find() -> None:
        window.table_in_front().pane.tools.start_finding()

    return [
        # Ctrl+C itself belongs to the widget with the focus: a table, a field, a log.
        Command("edit.copy", menu, tr("&Copy selected cells"), lambda: window.table_in_front().grid.copy_selection()),
        Command(
            "edit.copy_names",
            menu,
            tr("Copy with column &names"),
            lambda: window.table_in_front().grid.copy_with_names(),
        ),
        Command("edit.find", menu, tr("&Find in the table"), find, ("Ctrl+F",)),
        Command("edit.columns", menu, tr("C&hoose columns…"), lambda: window.table_in_front().pane.choose_columns()),
    ]


def _view(window: "MainWindow") -> list[Command]:
    menu = tr("&View")

    def tab(number: int, title: str) -> Command:
        go = partial(window.tabs.setCurrentIndex, number - 1)
        return Command(f"view.tab{number}", menu, title, go, (f"Ctrl+{number}",))

    return [
        *(tab(number, title) for number, title in enumerate((tr("&Train"), tr("&Predict"), tr("&Merge")), start=1)),
        Command(
            "view.runs",
            menu,
            tr("&Runs"),
            window.toggle_runs,
            ("Ctrl+R",),
            new_group=True,
            checked=lambda: window.runs_dock.isVisible(),
        ),
        Command("view.larger", menu, tr("&Larger text"), partial(window.resize_text, 25), LARGER, new_group=True),
        Command("view.smaller", menu, tr("&Smaller text"), partial(window.resize_text, -25), (Standard.ZoomOut,)),
        Command("view.normal", menu, tr("&Normal text"), partial(window.resize_text, 0), ("Ctrl+0",)),
    ]


def _run(window: "MainWindow") -> list[Command]:
    menu = tr("&Run")
    return [
        Command("run.go", menu, tr("&Go"), lambda: window.tab.start(), ("Ctrl+Return",)),
        Command("run.all", menu, tr("Train &all models"), window.train.train_all, ("Ctrl+Shift+Return",)),
        Command("run.cancel", menu, tr("Cancel or di&smiss"), window.stop_in_front, ("Esc",)),
    ]


def _backend(window: "MainWindow") -> list[Command]:
    return [
        Command("backend.choose", tr("&Backend"), tr("&Choose backend…"), window.assistance.choose_backend, ("Ctrl+B",))
    ]


def _help(window: "MainWindow") -> list[Command]:
    menu, beside = tr("&Help"), window.assistance
    about = QAction.MenuRole.AboutRole
    return [
        Command("help.pages", menu, tr("&Help pages"), beside.show_help, ("Shift+F1",)),
        Command("help.tour", menu, tr("&First steps"), beside.show_tour),
        Command("help.keys", menu, tr("&Keys"), beside.show_keys, ("F1",)),
        Command("help.palette", menu, tr("&Commands…"), beside.show_palette, ("Ctrl+Shift+P",)),
        Command("help.log", menu, tr("Open the &log folder"), beside.open_log_folder, new_group=True),
        Command("help.diagnostics", menu, tr("Copy &diagnostics"), beside.copy_diagnostics),
        Command("help.about", menu, tr("&About Exoplanet Desktop"), beside.show_about, role=about, new_group=True),
    ]
