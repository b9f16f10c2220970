"""The dialog of backends: add, change, test, remove, and choose the one to use."""

import asyncio
import threading
from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QListWidgetItem, QMessageBox, QWidget

from exoplanet_desktop.client.calls.backend import Backend
from exoplanet_desktop.client.profiles.diagnosis import is_exposed
from exoplanet_desktop.client.profiles.profiles import Profile
from exoplanet_desktop.errors import AppError, UnavailableError
from exoplanet_desktop.gui.backends.dialog_ui import BackendDialogUi
from exoplanet_desktop.gui.backends.profile_list import ROLE, dress
from exoplanet_desktop.gui.backends.session import EMBEDDED, Session, State
from exoplanet_desktop.gui.base import aio
from exoplanet_desktop.gui.base.text import tr

Then = Callable[[], object]


class BackendDialog(BackendDialogUi):
    """Signals:
    chosen: name of the backend now in use; empty for the embedded engine.
    """

    chosen = Signal(str)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session.workers, parent)
        self._session = session
        self._stop = threading.Event()
        self.list.currentItemChanged.connect(self._go_to)
        self.add_button.clicked.connect(lambda: self._leave_draft(self._add))
        self.duplicate_button.clicked.connect(lambda: self._leave_draft(self._duplicate))
        self.remove_button.clicked.connect(self._ask_remove)
        self.form.edited.connect(self._update_enabled)
        self.form.address.editingFinished.connect(self._look_at_address)
        self.connection_test.wanted.connect(self.test)
        self.connection_test.address_proposed.connect(self._take_address)
        self.save_button.clicked.connect(self.save)
        self.use_button.clicked.connect(self.use)
        self.close_button.clicked.connect(self.reject)
        self.load(self._name_in_use())

    def report_error(self, error: AppError) -> None:
        self.connection_test.say(str(error), failed=True)

    @property
    def shown(self) -> "Profile | None":
        """The selected profile, as last saved."""
        return self.list.shown

    @property
    def is_new(self) -> bool:
        """Whether the selected profile has never been saved."""
        return self.list.is_new

    @property
    def on_embedded(self) -> bool:
        """Whether the embedded engine is selected. A new backend has no address at first either."""
        return self.shown is not None and self.shown.is_embedded and not self.is_new

    @aio.slot(str)
    async def load(self, name: str) -> None:
        """Reload the list and select the named backend."""
        known = await self._session.registry.known()
        self.form.place.setText(known.token_place)
        self.list.blockSignals(True)
        self.list.clear()
        for profile in known.profiles:
            self.list.append(profile, self._name_in_use(), new=False)
        self.list.blockSignals(False)
        self._select(name)
        if known.warning:
            self.connection_test.say(known.warning, failed=True)

    @aio.slot()
    async def test(self) -> None:
        """Test the backend in the fields, saved or not."""
        if (shown := self.shown) is None:
            return
        if self.on_embedded:
            connection = await self._session.engine.running()
            await self._try(shown, None, connection.backend)
            return
        draft, token = self.form.draft(), self.form.new_token()
        if token is None and not self.is_new and draft.address == shown.address:
            token = await self._session.registry.token(shown)
        await self._try(draft, token or None)

    async def _try(self, profile: "Profile", token: str | None, backend: "Backend | None" = None) -> None:
        await self.connection_test.run(profile, token, backend)
        await asyncio.sleep(0)  # until the result has its place in the layout
        self.area.ensureWidgetVisible(self.connection_test)

    @aio.slot()
    async def save(self) -> None:
        """Save the fields; if this backend is in use, the new values apply at once."""
        was_in_use = self._is_in_use()
        kept = await self._save()
        if not was_in_use:
            self.connection_test.say(tr("Saved."))
            return
        self.chosen.emit(kept.name)
        try:
            self._session.adopt(await self._session.registry.connect(kept.name, self._stop.is_set))
        except AppError as error:
            raise UnavailableError(
                tr(
                    "Saved. The current connection keeps its old settings until you reconnect. {error}",
                    error=str(error),
                )
            ) from error
        self.connection_test.say(tr("Saved. The new settings are in use."))

    @aio.slot()
    async def use(self) -> None:
        """Save the fields and contact the backend; use it only if it answers."""
        self._show_busy(True)
        try:
            if self.is_new or self.form.is_edited:
                await self._save()
            shown = self.shown
            if shown is None:
                return
            if shown.is_embedded:
                await self._session.start_embedded()
            else:
                self.connection_test.say(tr("Contacting the backend …"))
                connection = await self._session.registry.connect(shown.name, self._stop.is_set)
                if self._stop.is_set():
                    return  # the dialog closed in the meantime
                self._session.adopt(connection)
        finally:
            self._show_busy(False)
        self.chosen.emit("" if shown.is_embedded else shown.name)
        self.accept()

    @aio.slot()
    async def remove(self) -> None:
        """Delete the selected backend; if it was in use, the embedded engine takes over."""
        if (shown := self.shown) is None or self.on_embedded:
            return
        if self.is_new:
            self.list.takeItem(self.list.currentRow())
            return
        if self._is_in_use():
            await self._session.start_embedded()
            self.chosen.emit("")
        try:
            await self._session.registry.remove(shown.name)
        finally:
            await self.load(self._name_in_use())
        self.connection_test.say(tr("{name} was removed, with its token.", name=shown.name))

    def done(self, result: int) -> None:
        self._stop.set()
        self.connection_test.stop()
        super().done(result)

    def reject(self) -> None:
        self._leave_draft(super().reject)

    async def _save(self) -> "Profile":
        item, shown = self.list.currentItem(), self.shown
        replacing = None if self.is_new or shown is None else shown.name
        kept = await self._session.registry.save(self.form.draft(), replacing, self.form.new_token())
        dress(item, kept, self._name_in_use(), new=False)
        self._show_item(item)
        return kept

    # The list

    def _select(self, name: str) -> None:
        if (item := self.list.row_of(name)) is None:
            self.list.setCurrentRow(0)
            return
        self.list.setCurrentItem(item)
        self._show_item(item)

    def _add(self) -> None:

        self._begin_draft(Profile(self.list.free_name(tr("Lab server")), ""))

    def _duplicate(self) -> None:
        if (shown := self.shown) is not None and not self.on_embedded:
            self._begin_draft(replace(shown, name=self.list.free_name(shown.name)))

    def _begin_draft(self, profile: "Profile") -> None:
        item = self.list.append(profile, self._name_in_use(), new=True)
        self.list.setCurrentItem(item)
        self.form.name.setFocus()
        self.form.name.selectAll()

    def _go_to(self, item: QListWidgetItem | None, before: QListWidgetItem | None) -> None:
        """Another row was selected: save, discard or keep editing the changes to the previous one."""
        if item is None:
            return
        if before is None or not self._has_draft():
            self._show_item(item)
            return
        self.list.go_quietly(before)
        self._leave_draft(lambda: self.list.setCurrentItem(item))

    def _show_item(self, item: QListWidgetItem) -> None:
        profile, new = item.data(ROLE)
        self.connection_test.clear()
        self.form.show_profile(profile, has_token=False)
        self._update_enabled()
        if not (self.on_embedded or new):
            self._look_up(item, profile)

    @aio.slot(object, object)
    async def _look_up(self, item: QListWidgetItem, profile: "Profile") -> None:
        """Look up what takes a moment: whether a token is stored, and whether the route is exposed."""
        has_token = bool(await self._session.registry.token(profile))
        if self.list.currentItem() is item:
            self.form.show_token(has_token)
            await self._look_at(profile.address)

    # Unsaved changes

    def _has_draft(self) -> bool:
        return self.form.is_edited and not self.form.isHidden()

    def _leave_draft(self, then: Callable[[], object]) -> None:
        """Do something that leaves the fields; if there are unsaved changes, first ask what to do with them."""
        if not self._has_draft():
            then()
            return
        _ask_what_becomes_of_the_draft(
            self, self.form.name.text(), lambda: self._save_then(then), lambda: self._drop_then(then)
        )

    @aio.slot(object)
    async def _save_then(self, then: Callable[[], object]) -> None:
        await self._save()
        then()

    def _drop_then(self, then: Callable[[], object]) -> None:
        item = self.list.currentItem()
        profile, _ = item.data(ROLE)
        self.form.show_profile(profile, has_token=False)
        then()

    # Button states

    def _name_in_use(self) -> str:
        """The name of the profile in use; empty for the embedded engine."""
        connection = self._session.connection
        return connection.title if connection is not None and not connection.embedded else ""

    def _is_in_use(self) -> bool:
        shown = self.shown
        return shown is not None and not self.is_new and shown.name == (self._name_in_use() or EMBEDDED)

    @Slot()
    def _update_enabled(self) -> None:
        shown = self.shown
        if shown is None:
            return
        embedded, edited = self.on_embedded, self.is_new or self.form.is_edited
        name = shown.name if embedded else self.form.name.text()
        in_use = self._is_in_use()
        self.heading.setText(f"{name}  ·  {tr('in use')}" if in_use else name)
        self.form.setVisible(not embedded)
        self.embedded_words.setVisible(embedded)
        self.duplicate_button.setEnabled(not embedded)
        self.remove_button.setEnabled(not embedded)
        self.save_button.setVisible(not embedded)
        self.save_button.setEnabled(edited)
        self.use_button.setText(tr("Save and use &it") if edited and not embedded else tr("Use &it"))
        is_there = in_use and self._session.state is State.READY
        self.use_button.setEnabled(not is_there or (edited and not embedded))

    def _show_busy(self, busy: bool) -> None:
        for widget in (self.list, self.form, self.use_button, self.save_button, self.add_button, self.remove_button):
            widget.setEnabled(not busy)
        if not busy:
            self._update_enabled()

    @Slot()
    def _ask_remove(self) -> None:
        shown = self.shown
        if shown is None or self.is_new:
            self.remove()
            return
        _ask_whether_to_remove(self, shown.name, self._is_in_use(), self.remove)

    # The address

    @Slot(str)
    def _take_address(self, address: str) -> None:
        self.form.address.setText(address)
        self._update_enabled()
        self.test()

    @aio.slot()
    async def _look_at_address(self) -> None:
        await self._look_at(self.form.address.text().strip())

    async def _look_at(self, address: str) -> None:

        exposed = await self._session.workers.call(is_exposed, address)
        if address == self.form.address.text().strip():
            self.form.show_exposed(exposed)


def _ask_what_becomes_of_the_draft(parent: QWidget, name: str, save: Then, drop: Then) -> None:
    """Save or discard what was typed, or go on with it."""
    box = _box(parent, tr("Keep the changes?"), tr("Your changes to “{name}” are not saved.", name=name))
    saving = box.addButton(tr("&Save"), QMessageBox.ButtonRole.AcceptRole)
    dropping = box.addButton(tr("&Discard"), QMessageBox.ButtonRole.DestructiveRole)
    box.addButton(QMessageBox.StandardButton.Cancel)
    box.setDefaultButton(saving)
    saving.clicked.connect(lambda: save())
    dropping.clicked.connect(lambda: drop())
    box.open()


def _ask_whether_to_remove(parent: QWidget, name: str, in_use: bool, remove: Then) -> None:
    """Forget a backend, or not."""
    words = tr("Its address and token will be deleted. Models it has trained stay on the backend.")
    if in_use:
        words += " " + tr(
            "It is in use: the embedded engine will take over. Jobs running there are watched until the program closes."
        )
    box = _box(parent, tr("Remove the backend?"), tr("Remove “{name}”?", name=name))
    box.setInformativeText(words)
    removing = box.addButton(tr("&Remove"), QMessageBox.ButtonRole.DestructiveRole)
    box.addButton(QMessageBox.StandardButton.Cancel)
    box.setDefaultButton(QMessageBox.StandardButton.Cancel)
    removing.clicked.connect(lambda: remove())
    box.open()


def _box(parent: QWidget, title: str, text: str) -> QMessageBox:
    box = QMessageBox(parent)
    box.setIcon(QMessageBox.Icon.Question)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setWindowTitle(title)
    box.setText(text)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    return box
