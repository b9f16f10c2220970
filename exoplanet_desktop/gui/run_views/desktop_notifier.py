"""Reports finished work while the user is elsewhere: desktop notification and taskbar alert."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QSystemTrayIcon, QWidget

from exoplanet_desktop.gui.base.text import tr
from exoplanet_desktop.gui.runs import words
from exoplanet_desktop.gui.runs.batch import Batch
from exoplanet_desktop.gui.runs.run import Run
from exoplanet_desktop.gui.runs.run_state import RunState
from exoplanet_desktop.gui.runs.runs import Runs
from exoplanet_desktop.gui.runs.training_run import TrainingRun
from exoplanet_desktop.record.entry import RunEntry
from exoplanet_desktop.wire.vocabulary import RunKind

if TYPE_CHECKING:
    from exoplanet_desktop.record.entry import RunEntry

MESSAGE_MS = 10_000
LONGEST = 200  # characters; desktops themselves cut longer ones
# Some desktops interpret markup in a notification, including links and images, and a server's text may contain some.
_NO_MARKUP = str.maketrans("<>", "‹›")


class DesktopNotifier(QObject):
    """Watches all work of the window. A group sends one notification; its parts send none."""

    def __init__(
        self,
        runs: Runs,
        window: Callable[[], QWidget],
        away: Callable[[QWidget], bool] | None = None,
        message: Callable[[str, str, QWidget], None] | None = None,
    ) -> None:
        """`away` returns whether the user is elsewhere, `message` shows a title and a text."""
        super().__init__()
        self._window = window
        self._away = away or is_away
        self._message = message or Messages(self).show
        self._told: set[str] = set()
        runs.listed.connect(self._watch)
        runs.grouped.connect(self._watch_group)
        runs.recorded.connect(self._take_entry)

    @Slot(object)
    def _watch(self, run: TrainingRun) -> None:
        if not run.snapshot.group_id:
            run.ended.connect(partial(self._tell_of, run))

    @Slot(object, bool)
    def _watch_group(self, batch: Batch) -> None:
        batch.ended.connect(partial(self._tell_of, batch))

    @Slot(object)
    def _take_entry(self, entry: "RunEntry") -> None:
        """Handle a prediction or merge, which arrives through the record."""
        # An entry arrives again if something unusual turns up in its result.
        if entry.run_id in self._told:
            return
        if entry.is_final and entry.kind in (RunKind.PREDICT, RunKind.MERGE) and not entry.imported:
            self._told.add(entry.run_id)
            self._tell(entry.title, entry.error or RunState.of(entry.status, live=False).word)

    def _tell_of(self, run: Run) -> None:
        now = run.snapshot
        said, outcome = now.failure or now.state.word, now.outcome or {}
        if now.state is RunState.SUCCEEDED and outcome.get("cv_mean") is not None:
            score = words.folds_words(outcome["cv_mean"], outcome.get("cv_std"))
            said = tr("done, {score} over the folds", score=score)
        self._tell(now.title, said)

    def _tell(self, title: str, text: str) -> None:
        window = self._window()
        if self._away(window):
            QApplication.alert(window)
            self._message(title.translate(_NO_MARKUP), text[:LONGEST].translate(_NO_MARKUP), window)


def is_away(window: QWidget) -> bool:
    """Whether another program is in front or the window is minimised."""
    active = QGuiApplication.applicationState() == Qt.ApplicationState.ApplicationActive
    return not active or window.isMinimized()


class Messages:
    """Desktop notifications, sent through a tray icon that exists only while one is shown.

    Not every desktop supports them; then only the taskbar entry asks for attention.
    """

    def __init__(self, owner: QObject) -> None:
        self._owner = owner
        self._icon: QSystemTrayIcon | None = None

    def show(self, title: str, text: str, window: QWidget) -> None:
        if not (QSystemTrayIcon.isSystemTrayAvailable() and QSystemTrayIcon.supportsMessages()):
            return
        if self._icon is None:
            self._icon = QSystemTrayIcon(window.windowIcon(), self._owner)
            self._icon.messageClicked.connect(window.activateWindow)
            self._icon.activated.connect(window.activateWindow)
        self._icon.show()
        self._icon.showMessage(title, text, window.windowIcon(), MESSAGE_MS)
        QTimer.singleShot(MESSAGE_MS, self._icon, self._icon.hide)
