"""The window's calls: how a user triggers each, when it is over, and the window's message if it fails."""

import asyncio
import itertools
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QAbstractButton
from pytestqt.qtbot import QtBot

from exoplanet_desktop.client.calls.backend import Backend
from exoplanet_desktop.client.http.timeouts import CallLimits, RetryPolicy, Timeouts
from exoplanet_desktop.gui.backends.session import State
from exoplanet_desktop.gui.base.workers.poller import Connection
from exoplanet_desktop.gui.run_views.dialog import ProgressDialog
from exoplanet_desktop.gui.runs.run_state import RunState
from exoplanet_desktop.gui.runs.training_run import TrainingRun
from exoplanet_desktop.gui.shell.main_window import MainWindow
from exoplanet_desktop.wire.payloads import MergedFile
from tests.reference_server import lab
from tests.reference_server.stage import Act, Reply, Stage

TOKEN = "secret-token"
TIMEOUTS = Timeouts(
    quick=CallLimits(0.4, 1.0, 2_000_000, slow_s=0.3),
    file=CallLimits(0.4, 1.0, 4_000_000, slow_s=0.3),
    work=CallLimits(0.4, 1.0, 4_000_000, slow_s=0.3),
    connect_s=1.0,
    retries=RetryPolicy(tries=3, first_s=0.02, longest_s=0.05, retry_after_s=0.5),
)
WAIT_MS = 10_000


class Heartbeat:
    """How long the window's thread worked without a break, in seconds of processor time.

    Wall-clock time would include other work on the machine.
    """

    def __init__(self) -> None:
        self.begin()
        self._timer = QTimer(interval=20)
        self._timer.timeout.connect(self._beat)
        self._timer.start()

    def begin(self) -> None:
        self.worked_s, self._last = 0.0, time.thread_time()

    def end(self) -> None:
        self._timer.stop()
        self._timer.deleteLater()

    def _beat(self) -> None:
        now = time.thread_time()
        self.worked_s, self._last = max(self.worked_s, now - self._last), now


@dataclass
class Table:
    """A window connected to a backend, with everything the cases need."""

    window: MainWindow
    stage: Stage
    other_base: str
    qtbot: QtBot
    catalog: Path
    folder: Path
    extensions: Iterable[str] = ()
    heartbeat: Heartbeat = field(default_factory=Heartbeat)
    target: Path = Path()
    shown_before: Any = None
    _numbers: Any = field(default_factory=lambda: itertools.count(1))

    def until(self, condition: Callable[[], bool], timeout: int = WAIT_MS) -> None:
        self.qtbot.waitUntil(condition, timeout=timeout)

    def open_catalogs(self) -> None:
        """Opens the catalog in all three tabs."""
        for tab in (self.window.train, self.window.predict):
            with self.qtbot.waitSignal(tab.view.opened, timeout=20_000):
                tab.open_files([self.catalog])
        other = self.folder.parent / "another.csv"
        other.write_bytes(self.catalog.read_bytes())
        self.window.merge.open_files([self.catalog, other])

    def good_backend(self) -> None:
        """A backend that answers correctly; its addresses name another host, as behind a proxy."""
        self.stage.clear()
        rows = self.window.predict.view.shown.row_count
        lab.mount(self.stage, self.catalog.read_bytes(), rows, self.other_base, self.extensions)
        self.target = self.folder / f"target-{next(self._numbers)}"
        self.close_dialogs()
        adopt(self.window, self.stage.base)
        self.until(lambda: self.window.merge.files.names() == [lab.MERGED_NAME])
        self.until(lambda: self.window.predict.model.count() > 0 and not pending(self.stage))
        self.window.notices.clear()

    def spoil(self, method: str, path: str, make: Callable[[bytes, str], list[Act]]) -> None:
        """Makes one call misbehave."""
        (good,) = self.stage.acts[(method, path)]
        assert isinstance(good, Reply)
        acts = make(good.data, self.other_base)
        self.stage.on(method, path, *acts)

    def close_dialogs(self) -> None:
        for dialog in list(self.window.dialogs.values()):
            dialog.close()

    @property
    def run(self) -> TrainingRun:
        return self.window.services.runs.all[-1]

    @property
    def dialog(self) -> ProgressDialog:
        return self.window.dialogs[self.run]

    @property
    def failures(self) -> list[str]:
        return self.window.notices.failures()

    def start_training(self) -> None:
        before = len(self.window.services.runs.all)
        self.window.train.go.button.click()
        self.until(lambda: len(self.window.services.runs.all) > before)


def adopt(window: MainWindow, base: str) -> None:
    """Switches to the backend at an address, as the dialog does once it has answered."""
    with ThreadPoolExecutor(1) as pool:  # with the usual time limits: what precedes a case is not part of it
        health = pool.submit(Backend(base, TOKEN).health).result()
    backend = Backend(base, TOKEN, timeouts=TIMEOUTS)
    window.services.session.adopt(Connection(backend, "lab", embedded=False, health=health))
    assert window.services.session.state is State.READY


def pending(stage: Stage) -> bool:
    """Whether the calls that every new backend receives are still to come."""
    return "/api/merge" not in stage.paths()


@dataclass(frozen=True)
class WindowCall:
    """Attributes:
    begin: the user's actions before, while all is well; `act` triggers the call.
    over: whether it has ended; `right`: whether its result is correct; `words`: the window's message if not.
    button: a control that must be usable again afterwards.
    must_be_right: whether the window's work succeeds without this call's answer.
    may_be_right: whether the requested work may have happened all the same.
    """

    name: str
    method: str
    path: str
    act: Callable[[Table], object]
    over: Callable[[Table], bool]
    right: Callable[[Table], bool]
    words: Callable[[Table], str]
    button: Callable[[Table], QAbstractButton]
    begin: Callable[[Table], object] = lambda table: None
    after: Callable[[Table], object] = lambda table: None
    extensions: Iterable[str] = ()
    must_be_right: bool = False
    may_be_right: bool = False


def _notice(table: Table) -> str:
    return table.failures[0] if table.failures else ""


def _train_button(table: Table) -> QAbstractButton:
    return table.window.train.go.button


def _run_over_or_asked_again(table: Table) -> bool:
    run = table.run
    return run.is_over or (run.state is RunState.SILENT and run.snapshot.words.endswith("rying again …"))


def _give_up(table: Table) -> None:
    """Stops watching, which ends the run at once."""
    if not table.run.is_over:
        assert table.dialog.cancel_button.isEnabled()
        table.dialog.cancel_button.click()
        table.until(lambda: table.run.is_over, 3_000)
        assert not table.dialog.cancel_button.isVisible()


def _train_until(table: Table, reached: Callable[[], bool]) -> None:
    for _ in range(3):  # the cases' time limits may be too short for a good answer on a busy machine
        table.start_training()
        table.until(lambda: reached() or table.run.is_over)
        if reached():
            return
    raise AssertionError(table.run.failure)


def _well_trained(table: Table) -> None:
    _train_until(table, lambda: table.run.result is not None and table.run.is_over)


def _running(table: Table) -> None:
    table.stage.on("GET", lab.STATUS, lab.keeps_running)
    _train_until(table, lambda: table.run.snapshot.status == "RUNNING")


def _cancelled(table: Table) -> bool:
    """The backend reports CANCELLED after it was asked to cancel."""
    if any(request.path == lab.CANCEL for request in table.stage.requests):
        table.stage.on("GET", lab.STATUS, Reply(lab.status("CANCELLED")))
    return table.run.is_over


def _log_says(what: str) -> Callable[[Table], str]:
    def words(table: Table) -> str:
        return next((line for line in table.run.snapshot.log_text.splitlines() if what in line), "")

    return words


def _predict(table: Table) -> None:
    table.shown_before = table.window.predict.prediction
    table.window.predict.go.button.click()
    table.until(lambda: table.window.predict.is_busy or bool(table.failures), 3_000)


def _predicted(table: Table) -> bool:
    return table.window.predict.prediction is not table.shown_before


def _not_predicting(table: Table) -> bool:
    return not table.window.predict.is_busy and (_predicted(table) or bool(table.failures))


def _merge(table: Table) -> None:
    table.window.merge.go.button.click()
    table.until(lambda: table.window.merge.is_busy or bool(table.failures), 3_000)


def _merged(table: Table) -> bool:
    told = [text for text in table.window.notices.texts() if lab.MERGED_NAME in text]
    return bool(told) and not table.failures


def _use(table: Table) -> None:
    table.window.merge.using.used = None
    table.window.merge.view.clear()
    table.window.merge.use_button.click()


def _used(table: Table) -> bool:
    view = table.window.merge.view
    return view.shown is not None and view.shown.row_count > 0


def _use_words(table: Table) -> str:
    return _notice(table) or table.window.merge.view.failure


def _in_use(table: Table) -> None:
    _use(table)
    table.until(lambda: _used(table) and table.window.merge.using.train_button.isEnabled())


def _train_merged(table: Table) -> None:
    before = len(table.window.services.runs.all)
    table.window.merge.using.train_button.click()
    table.until(lambda: len(table.window.services.runs.all) > before)


def _saved(table: Table) -> bool:
    return any(str(table.target) in text for text in table.window.notices.texts()) and not table.failures


def _listed(table: Table) -> None:
    table.window.merge.files.show_files([])
    task = asyncio.ensure_future(table.window.merge.listing.refresh())
    table.until(task.done)


def _merged_file() -> MergedFile:
    return MergedFile(filename=lab.MERGED_NAME, url=lab.MERGED)


def _models(table: Table) -> None:
    table.window.predict.models.offer([])
    task = asyncio.ensure_future(table.window.predict.models.refresh())
    table.until(task.done)


def _told_or_down(table: Table) -> str:
    """The chip in the status bar shows a backend that is gone."""
    down = table.window.services.session.state is State.DOWN
    return _notice(table) or (f"{table.window.services.session.title} does not answer." if down else "")


CALLS = [
    WindowCall(
        "train", "POST", lab.TRAIN,
        act=Table.start_training, over=lambda t: t.run.is_over, right=lambda t: t.run.result is not None,
        words=lambda t: t.dialog.words.text(), button=_train_button,
    ),
    WindowCall(
        "status", "GET", lab.STATUS,
        act=Table.start_training, over=_run_over_or_asked_again, right=lambda t: t.run.result is not None,
        words=lambda t: t.dialog.words.text(), after=_give_up, button=_train_button,
    ),
    WindowCall(
        "status of our engine", "GET", lab.STATUS, extensions=lab.EXTENSIONS,
        act=Table.start_training, over=_run_over_or_asked_again, right=lambda t: t.run.result is not None,
        words=lambda t: t.dialog.words.text(), after=_give_up, button=_train_button,
    ),
    WindowCall(
        "logs", "GET", lab.LOGS, must_be_right=True, may_be_right=True,
        act=Table.start_training, over=lambda t: t.run.is_over, right=lambda t: t.run.result is not None,
        words=lambda t: t.run.failure, button=_train_button,
    ),
    WindowCall(
        "picture", "GET", lab.PICTURE,
        act=Table.start_training, over=lambda t: t.run.is_over, right=lambda t: "counts" in t.run.pictures,
        words=_log_says("could not be fetched"), button=_train_button,
    ),
    WindowCall(
        "cancel", "POST", lab.CANCEL, extensions=lab.EXTENSIONS, may_be_right=True,
        begin=_running, act=lambda t: t.dialog.cancel_button.click(), over=_cancelled,
        right=lambda t: t.run.state is RunState.CANCELLED and "could not be cancelled" not in t.run.snapshot.log_text,
        words=_log_says("could not be cancelled"), button=_train_button,
    ),
    WindowCall(
        "save the model", "GET", lab.MODEL,
        begin=_well_trained, act=lambda t: t.dialog.save_model(str(t.target)),
        over=lambda t: bool(t.dialog.notice_bar.texts()), right=lambda t: not t.dialog.notice_bar.failures(),
        words=lambda t: t.dialog.notice_bar.failures()[0], button=lambda t: t.dialog.save_model_button,
    ),
    WindowCall(
        "models", "GET", lab.MODELS, extensions=lab.EXTENSIONS,
        act=_models, over=lambda t: t.window.predict.model.count() > 0 or bool(_told_or_down(t)),
        right=lambda t: t.window.predict.model.count() > 0, words=_told_or_down,
        button=lambda t: t.window.merge.listing.refresh_button,
    ),
    WindowCall(
        "predict", "POST", lab.PREDICT,
        act=_predict, over=_not_predicting, right=_predicted,
        words=_notice, button=lambda t: t.window.predict.go.button,
    ),
    WindowCall(
        "fetch the prediction", "GET", lab.PREDICTED,
        act=_predict, over=_not_predicting, right=_predicted,
        words=_notice, button=lambda t: t.window.predict.go.button,
    ),
    WindowCall(
        "merge", "POST", lab.MERGE,
        act=_merge, over=lambda t: not t.window.merge.is_busy and (_merged(t) or bool(t.failures)), right=_merged,
        words=_notice, button=lambda t: t.window.merge.go.button,
    ),
    WindowCall(
        "list merged files", "GET", lab.MERGE,
        act=_listed, over=lambda t: bool(t.window.merge.files.names() or _told_or_down(t)),
        right=lambda t: t.window.merge.files.names() == [lab.MERGED_NAME],
        words=_told_or_down, button=lambda t: t.window.merge.listing.refresh_button,
    ),
    WindowCall(
        "use", "GET", lab.MERGED,
        act=_use, over=lambda t: _used(t) or bool(_use_words(t)), right=_used, words=_use_words,
        button=lambda t: t.window.merge.use_button,
    ),
    WindowCall(
        "save a merged file", "GET", lab.MERGED,
        act=lambda t: t.window.merge.listing.save(_merged_file(), str(t.target)),
        over=lambda t: _saved(t) or bool(t.failures), right=_saved, words=_notice,
        button=lambda t: t.window.merge.listing.save_button,
    ),
    WindowCall(
        "train on a merged file", "GET", lab.MERGED,
        begin=_in_use, act=_train_merged, over=lambda t: t.run.is_over, right=lambda t: t.run.result is not None,
        words=lambda t: t.dialog.words.text(), button=lambda t: t.window.merge.using.train_button,
    ),
    WindowCall(
        "delete a merged file", "DELETE", lab.DELETE_MERGED, extensions=lab.EXTENSIONS,
        begin=lambda t: t.stage.on("GET", lab.MERGE, Reply({"ok": True, "count": 0, "files": []})),
        act=lambda t: t.window.merge.listing.delete(_merged_file()),
        over=lambda t: t.window.merge.files.names() == [] or bool(t.failures),
        right=lambda t: t.window.merge.files.names() == [], words=_notice,
        button=lambda t: t.window.merge.listing.refresh_button,
    ),
]  # fmt: skip
