"""Backends in use: added, tested, chosen, changed and removed, over real HTTP."""

import json
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from exoplanet_desktop.gui.backends import start as starting
from exoplanet_desktop.gui.backends import words
from exoplanet_desktop.gui.backends.dialog import BackendDialog
from exoplanet_desktop.gui.backends.session import EMBEDDED, Session, State
from exoplanet_desktop.gui.base import aio
from exoplanet_desktop.gui.shell.main_window import MainWindow
from tests.reference_server import lab
from tests.reference_server.stage import Handler, Reply, Stage

Open = Callable[[MainWindow], BackendDialog]
WAIT_MS = 20_000


def settled() -> bool:
    return not [task for task in aio._tasks if not task.done()]


@pytest.fixture
def open_dialog(qtbot: QtBot) -> Iterator[Open]:
    opened: list[BackendDialog] = []

    def begin(window: MainWindow) -> BackendDialog:
        dialog = BackendDialog(window.services.session, window)
        opened.append(dialog)
        dialog.show()
        qtbot.waitUntil(lambda: dialog.shown is not None and settled(), timeout=WAIT_MS)
        return dialog

    yield begin
    for dialog in opened:
        if shiboken6.isValid(dialog):
            dialog.done(0)
            dialog.deleteLater()


def titles(dialog: BackendDialog) -> list[str]:
    return [dialog.list.item(row).text().splitlines()[0] for row in range(dialog.list.count())]


def add(dialog: BackendDialog, name: str, address: str, qtbot: QtBot, token: str = "") -> None:
    """Enter a new backend, as a user does."""
    dialog.add_button.click()
    assert dialog.form.isVisible()
    for field, text in ((dialog.form.name, name), (dialog.form.address, address), (dialog.form.token, token)):
        field.setFocus()
        field.selectAll()
        qtbot.keyClicks(field, text)


def use(dialog: BackendDialog, qtbot: QtBot) -> None:
    with qtbot.waitSignal(dialog.chosen, timeout=WAIT_MS):
        dialog.use_button.click()


def answer_box(dialog: BackendDialog, words: str, qtbot: QtBot) -> None:
    """Click a button of the open question."""
    qtbot.waitUntil(lambda: bool(dialog.findChildren(QMessageBox)), timeout=5_000)
    box = dialog.findChildren(QMessageBox)[-1]
    (button,) = [button for button in box.buttons() if button.text().replace("&", "") == words]
    button.click()


def session_of(window: MainWindow) -> Session:
    return window.services.session


def test_a_backend_is_added_used_and_kept(live: MainWindow, open_dialog: Open, stage: Stage, qtbot: QtBot) -> None:
    lab.mount(stage)
    dialog = open_dialog(live)
    assert titles(dialog) == [f"● {EMBEDDED}"]

    add(dialog, "Lab server", stage.base + "/", qtbot, token="secret")
    use(dialog, qtbot)

    session = session_of(live)
    assert (session.title, session.state) == ("Lab server", State.READY)
    assert not dialog.isVisible()
    assert all(request.headers["Authorization"] == "Bearer secret" for request in stage.requests)
    again = open_dialog(live)
    assert titles(again) == [f"○ {EMBEDDED}", "● Lab server"]
    assert again.shown is not None
    assert again.shown.address == stage.base
    assert "stored" in again.form.token.placeholderText()
    assert again.form.token.text() == ""
    assert "only you can read" in again.form.place.text()


@pytest.mark.parametrize(
    ("make", "mark", "said"),
    [
        (lambda stage: lab.mount(stage, extensions=lab.EXTENSIONS), "✓", "exoplanet-desktop 1 answers"),
        (lab.mount, "✓", "plain contract"),
        (lambda stage: stage.on("GET", lab.HEALTH, Reply({"ok": False}, 401)), "✕", "requires a token"),
        (lambda stage: stage.on("GET", lab.HEALTH, Reply("", 503)), "✕", "503"),
        (lambda stage: None, "✕", "not an exoplanet backend"),
    ],
    ids=["engine", "reference", "token", "trouble", "other server"],
)
def test_a_connection_is_tested_as_it_is_typed(
    window: MainWindow,
    open_dialog: Open,
    stage: Stage,
    qtbot: QtBot,
    make: Callable[[Stage], object],
    mark: str,
    said: str,
) -> None:
    make(stage)
    dialog = open_dialog(window)
    add(dialog, "Lab", stage.base, qtbot)

    dialog.connection_test.test_button.click()

    qtbot.waitUntil(lambda: dialog.connection_test.diagnosis is not None, timeout=WAIT_MS)
    assert dialog.connection_test.mark.text() == mark
    assert said in dialog.connection_test.sentence.text()
    assert dialog.is_new  # a test saves nothing


def test_https_is_proposed_and_a_ca_file_makes_it_trusted(
    window: MainWindow, open_dialog: Open, tls_stage: Stage, qtbot: QtBot
) -> None:
    lab.mount(tls_stage)
    dialog = open_dialog(window)
    add(dialog, "Lab", tls_stage.base.replace("https", "http"), qtbot)
    dialog.connection_test.test_button.click()
    qtbot.waitUntil(dialog.connection_test.take_button.isVisible, timeout=WAIT_MS)

    dialog.connection_test.take_button.click()

    qtbot.waitUntil(lambda: "is not trusted" in dialog.connection_test.sentence.text(), timeout=WAIT_MS)
    assert dialog.form.address.text() == tls_stage.base
    dialog.form.ca_file.setText(str(tls_stage.certificate))
    dialog.connection_test.test_button.click()
    qtbot.waitUntil(lambda: dialog.connection_test.mark.text() == "✓", timeout=WAIT_MS)


def silent(handler: Handler) -> None:
    handler.server.closing.wait(20)
    handler.close_connection = True


def test_a_test_can_be_cancelled(window: MainWindow, open_dialog: Open, stage: Stage, qtbot: QtBot) -> None:
    stage.on("GET", lab.HEALTH, silent)
    dialog = open_dialog(window)
    add(dialog, "Lab", stage.base, qtbot)
    dialog.connection_test.test_button.click()
    qtbot.waitUntil(lambda: bool(stage.requests), timeout=WAIT_MS)
    assert dialog.connection_test.cancel_button.isVisible()

    dialog.connection_test.cancel_button.click()

    qtbot.waitUntil(dialog.connection_test.test_button.isEnabled, timeout=3_000)
    assert dialog.connection_test.diagnosis is None
    assert dialog.connection_test.sentence.text() == ""


def test_a_dialog_that_is_closed_while_it_asks_changes_nothing(
    live: MainWindow, open_dialog: Open, stage: Stage, qtbot: QtBot
) -> None:
    stage.on("GET", lab.HEALTH, silent)
    dialog = open_dialog(live)
    add(dialog, "Lab", stage.base, qtbot)
    dialog.use_button.click()
    qtbot.waitUntil(lambda: bool(stage.requests), timeout=WAIT_MS)

    dialog.close()

    qtbot.waitUntil(settled, timeout=5_000)
    assert not dialog.isVisible()
    assert session_of(live).title == EMBEDDED
    assert live.notices.failures() == []


def test_a_dialog_that_is_destroyed_while_it_asks_breaks_nothing(
    live: MainWindow, open_dialog: Open, qtbot: QtBot
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent_one:
        dialog = open_dialog(live)
        add(dialog, "Lab", f"http://127.0.0.1:{silent_one.getsockname()[1]}", qtbot)
        dialog.use_button.click()
        qtbot.waitUntil(lambda: "Contacting" in dialog.connection_test.sentence.text(), timeout=5_000)
        shiboken6.delete(dialog)
    # The listening socket is gone: further requests fail now.
    qtbot.waitUntil(settled, timeout=30_000)
    assert session_of(live).title == EMBEDDED


def test_nobody_there_is_told_and_the_one_before_stays(live: MainWindow, open_dialog: Open, qtbot: QtBot) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{taken.getsockname()[1]}"
        dialog = open_dialog(live)
        add(dialog, "Lab", address, qtbot)

        dialog.use_button.click()

        qtbot.waitUntil(lambda: address in dialog.connection_test.sentence.text(), timeout=WAIT_MS)
    qtbot.waitUntil(dialog.use_button.isEnabled, timeout=5_000)
    assert session_of(live).title == EMBEDDED
    assert titles(dialog)[1] == "○ Lab"  # it is saved nevertheless


def test_what_cannot_be_used_is_told_and_nothing_is_kept(window: MainWindow, open_dialog: Open, qtbot: QtBot) -> None:
    dialog = open_dialog(window)
    add(dialog, EMBEDDED, "http://lab:8001", qtbot)
    dialog.save_button.click()
    qtbot.waitUntil(lambda: "is taken" in dialog.connection_test.sentence.text(), timeout=5_000)
    dialog.form.name.setText("Lab")
    dialog.form.ca_file.setText("/nowhere/lab.pem")
    dialog.save_button.click()
    qtbot.waitUntil(lambda: "no CA file /nowhere/lab.pem" in dialog.connection_test.sentence.text(), timeout=5_000)
    assert dialog.is_new


def test_one_is_duplicated_and_removed_without_its_token(
    window: MainWindow, open_dialog: Open, stage: Stage, qtbot: QtBot, tmp_path: Path
) -> None:
    dialog = open_dialog(window)
    add(dialog, "Lab", stage.base, qtbot, token="secret")
    dialog.save_button.click()
    qtbot.waitUntil(lambda: not dialog.is_new and settled(), timeout=5_000)
    dialog.duplicate_button.click()
    assert dialog.form.name.text() == "Lab 2"
    assert dialog.form.address.text() == stage.base
    dialog.save_button.click()
    qtbot.waitUntil(lambda: not dialog.is_new and settled(), timeout=5_000)
    tokens = json.loads((tmp_path / "data" / "tokens.json").read_text())
    assert list(tokens.values()) == ["secret"]

    dialog.list.setCurrentRow(1)
    qtbot.waitUntil(settled, timeout=5_000)
    dialog.remove_button.click()
    answer_box(dialog, "Remove", qtbot)

    qtbot.waitUntil(lambda: "Lab was removed" in dialog.connection_test.sentence.text(), timeout=5_000)
    assert titles(dialog) == [f"○ {EMBEDDED}", "○ Lab 2"] or titles(dialog) == [f"● {EMBEDDED}", "○ Lab 2"]
    assert json.loads((tmp_path / "data" / "tokens.json").read_text()) == {}


def test_the_embedded_engine_takes_over_from_one_in_use_that_is_removed(
    live: MainWindow, open_dialog: Open, stage: Stage, qtbot: QtBot
) -> None:
    lab.mount(stage)
    dialog = open_dialog(live)
    add(dialog, "Lab", stage.base, qtbot)
    use(dialog, qtbot)
    dialog = open_dialog(live)
    dialog.remove_button.click()
    qtbot.waitUntil(lambda: bool(dialog.findChildren(QMessageBox)), timeout=5_000)
    assert "take over" in dialog.findChildren(QMessageBox)[-1].informativeText()

    with qtbot.waitSignal(dialog.chosen, timeout=WAIT_MS) as chosen:
        answer_box(dialog, "Remove", qtbot)

    assert chosen.args == [""]
    assert session_of(live).title == EMBEDDED
    qtbot.waitUntil(lambda: titles(dialog) == [f"● {EMBEDDED}"], timeout=5_000)


def test_the_one_in_use_is_in_use_as_changed(live: MainWindow, open_dialog: Open, stage: Stage, qtbot: QtBot) -> None:
    lab.mount(stage)
    dialog = open_dialog(live)
    add(dialog, "Lab", stage.base, qtbot)
    use(dialog, qtbot)
    before = session_of(live).connection
    dialog = open_dialog(live)
    qtbot.keyClicks(dialog.form.token, "new-token")
    dialog.form.name.setText("Observatory")
    dialog.form.name.textEdited.emit("Observatory")

    with qtbot.waitSignal(dialog.chosen, timeout=WAIT_MS) as chosen:
        dialog.save_button.click()

    assert chosen.args == ["Observatory"]
    qtbot.waitUntil(lambda: "The new settings are in use" in dialog.connection_test.sentence.text(), timeout=WAIT_MS)
    # The same connection continues: jobs watched through it use the new token from now on.
    assert session_of(live).connection is before
    assert session_of(live).title == "Observatory"
    assert stage.requests[-1].headers["Authorization"] == "Bearer new-token"


def test_what_was_typed_is_asked_for_before_it_is_left(
    window: MainWindow, open_dialog: Open, stage: Stage, qtbot: QtBot
) -> None:
    dialog = open_dialog(window)
    add(dialog, "Lab", stage.base, qtbot)
    dialog.list.setCurrentRow(0)
    assert dialog.list.currentRow() == 1
    answer_box(dialog, "Save", qtbot)
    qtbot.waitUntil(lambda: dialog.list.currentRow() == 0, timeout=5_000)
    assert titles(dialog)[1] == "○ Lab"

    dialog.list.setCurrentRow(1)
    qtbot.waitUntil(settled, timeout=5_000)
    qtbot.keyClicks(dialog.form.name, " of ours")
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    answer_box(dialog, "Discard", qtbot)
    qtbot.waitUntil(lambda: not dialog.isVisible(), timeout=5_000)
    assert titles(open_dialog(window))[1] == "○ Lab"


def test_plain_http_to_a_public_address_is_pointed_out(window: MainWindow, open_dialog: Open, qtbot: QtBot) -> None:
    dialog = open_dialog(window)
    add(dialog, "Lab", "http://203.190.12.138:8001", qtbot)
    dialog.form.name.setFocus()
    qtbot.waitUntil(dialog.form.exposed.isVisible, timeout=5_000)
    dialog.form.address.setText("http://127.0.0.1:8001")
    dialog.form.address.editingFinished.emit()
    qtbot.waitUntil(lambda: not dialog.form.exposed.isVisible(), timeout=5_000)


def test_a_start_takes_over_the_address_of_former_settings(live: MainWindow, stage: Stage, qtbot: QtBot) -> None:
    import asyncio

    lab.mount(stage)
    session, remembered = session_of(live), []
    for _ in range(2):
        work = asyncio.ensure_future(starting.begin(session, stage.base, remembered.append))
        qtbot.waitUntil(work.done, timeout=WAIT_MS)
        work.result()
    name = stage.base.removeprefix("http://")
    assert remembered == [name, name]
    assert (session.title, session.state) == (name, State.READY)


def test_a_start_without_the_lab_goes_on_with_the_engine(live: MainWindow, stage: Stage, qtbot: QtBot) -> None:
    import asyncio

    work = asyncio.ensure_future(starting.begin(session_of(live), "Lab that is gone", lambda _: None))
    qtbot.waitUntil(work.done, timeout=WAIT_MS)
    assert session_of(live).title == EMBEDDED
    (failure,) = live.notices.failures()
    assert "no backend named “Lab that is gone”" in failure
    assert "The embedded engine is in use instead." in failure


def test_the_chip_says_who_answers_how_fast_and_when(
    live: MainWindow, open_dialog: Open, stage: Stage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    lab.mount(stage, extensions=lab.EXTENSIONS)
    dialog = open_dialog(live)
    add(dialog, "Lab & co", stage.base, qtbot)
    use(dialog, qtbot)
    chip, session = live.status.backend_chip, session_of(live)
    qtbot.waitUntil(lambda: " ms · " in chip.text(), timeout=WAIT_MS)
    assert chip.text().startswith("● Lab && co, ready · ")
    tooltip = chip.toolTip()
    for said in (stage.base, "exoplanet-desktop 1", "Extensions: ", "Not encrypted", "no proxy", "Last answer"):
        assert said in tooltip
    asked = len(stage.requests)
    for _ in range(20):
        session._look_at_pulse()
    assert len(stage.requests) == asked  # looking sends no request

    qtbot.waitUntil(settled, timeout=5_000)
    monkeypatch.setattr("exoplanet_desktop.gui.backends.session.HEARTBEAT_S", 0.0)
    session._look_at_pulse()
    qtbot.waitUntil(lambda: len(stage.requests) > asked, timeout=5_000)
    monkeypatch.setattr("exoplanet_desktop.gui.backends.session.HEARTBEAT_S", 30.0)
    qtbot.waitUntil(settled, timeout=5_000)

    # A failed request makes the chip report it, and the next answer makes it ready again.
    with Gone(stage):
        work = session.workers.call(session.connection.backend.uploads)
        qtbot.waitUntil(work.done, timeout=WAIT_MS)
        assert work.exception() is not None
        qtbot.waitUntil(lambda: session.state is State.DOWN, timeout=5_000)
        assert "does not answer · last answer" in chip.text()
    session._check_again()
    qtbot.waitUntil(lambda: session.state is State.READY, timeout=WAIT_MS)
    assert words.state(session) == "Lab & co, ready"


class Gone:
    """Inside the block, the server drops every connection."""

    def __init__(self, stage: Stage) -> None:
        self._stage, self._acts = stage, dict(stage.acts)

    def __enter__(self) -> None:
        def drop(handler: Handler) -> None:
            handler.close_connection = True

        for place in self._acts:
            self._stage.acts[place] = [drop]

    def __exit__(self, *_: Any) -> None:
        self._stage.acts.update(self._acts)
