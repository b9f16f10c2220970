"""The merged files, on the backend and on this machine: listing, saving, deleting."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QMessageBox, QPushButton, QVBoxLayout, QWidget

from exoplanet_desktop.client.http.transfers import Progress, ShouldStop, copy_file
from exoplanet_desktop.errors import AppError, NoAnswer
from exoplanet_desktop.gui.backends.session import State
from exoplanet_desktop.gui.base import aio
from exoplanet_desktop.gui.base.text import tr
from exoplanet_desktop.gui.merge.files import MergedFiles
from exoplanet_desktop.gui.merge.local import LocalFiles, LocalMerged
from exoplanet_desktop.gui.runs.services import Services
from exoplanet_desktop.gui.widgets.files import ask_target
from exoplanet_desktop.gui.widgets.transfer import TransferBar
from exoplanet_desktop.wire.payloads import MergedFile


class Listing(QWidget):
    """Signals:
    used: the user wants to use the current file.
    deleted: name of a deleted file.
    left: the backend changed, and with it the files.
    """

    used = Signal()
    deleted = Signal(str)
    left = Signal()

    def __init__(self, services: Services, local: LocalFiles, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._services, self._local = services, local
        self._connection = services.session.connection
        self.files = MergedFiles()
        self.use_button = QPushButton(tr("U&se"))
        self.save_button = QPushButton(tr("Save…"))
        self.delete_button = QPushButton(tr("Delete"))
        self.refresh_button = QPushButton(tr("Refresh"))
        self.transfer = TransferBar()
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        for button in (self.use_button, self.save_button, self.delete_button, self.refresh_button):
            buttons.addWidget(button)
        buttons.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.files)
        layout.addLayout(buttons)
        layout.addWidget(self.transfer)
        self.files.chosen.connect(self.used)
        self.files.currentItemChanged.connect(self.update_enabled)
        self.use_button.clicked.connect(self.used)
        self.save_button.clicked.connect(self.ask_target)
        self.delete_button.clicked.connect(self.ask_delete)
        self.refresh_button.clicked.connect(self.refresh)
        services.session.changed.connect(self._follow_session)
        self.update_enabled()

    def report_error(self, error: AppError) -> None:
        self._services.notices.failure(error)

    @aio.slot()
    async def refresh(self) -> None:
        session, connection = self._services.session, self._services.session.connection
        try:
            await self.load()
        except NoAnswer:
            if connection is not None:
                session.no_answer_from(connection)  # which reports it, and retries

    async def load(self, select: str = "") -> None:
        """Refresh the list, and make one of the files current. Raises AppError."""
        workers, connection = self._services.workers, self._connection
        here = await workers.call(self._local.files)
        listed = await workers.call(self._services.session.backend().merged)
        if connection is self._connection:
            # Each of the two is sorted; a reference backend's times have no time zone to compare by.
            self.files.show_files([*here, *listed.files])
            if select:
                self.files.select(select)
            self.update_enabled()

    @Slot()
    def update_enabled(self) -> None:
        file, session = self.files.current, self._services.session
        self.use_button.setEnabled(file is not None)
        self.save_button.setEnabled(file is not None and not self.transfer.is_busy)
        self.delete_button.setEnabled(file is not None)
        self.delete_button.setVisible(session.has("merge-delete") or isinstance(file, LocalMerged))

    @aio.slot(object, str)
    async def save(self, file: "MergedFile | LocalMerged", target: str) -> None:
        """Save a merged file to a place that the user chose."""
        saving = self._saving(file, Path(target))
        self.save_button.setEnabled(False)
        try:
            await self.transfer.run(self._services.workers, tr("Saving {file}:", file=file.filename), saving)
        finally:
            self.update_enabled()
        self._services.notices.information(tr("{file} is saved in {place}.", file=file.filename, place=target))

    def _saving(self, file: "MergedFile | LocalMerged", target: Path) -> Callable[[Progress, ShouldStop], None]:
        if isinstance(file, LocalMerged):
            return partial(copy_file, file.path, target)
        return partial(self._services.session.backend().download, file.url, target)

    @aio.slot(object)
    async def delete(self, file: "MergedFile | LocalMerged") -> None:
        """Delete a merged file, on the backend or here."""
        if isinstance(file, LocalMerged):
            await self._services.workers.call(self._local.delete, file)
        else:
            backend = self._services.session.backend()
            await self._services.workers.call(backend.delete_merged, file.filename)
        self.deleted.emit(file.filename)
        await self.load()

    @Slot()
    def ask_target(self) -> None:
        if (file := self.files.current) is None:
            return
        # The name may come from a server: ignore any folder in it.
        name = Path(file.filename.replace("\\", "/")).name
        ask_target(self, tr("Save the merged file"), name, partial(self.save, file))

    @Slot()
    def ask_delete(self) -> None:
        """Deleting cannot be undone, so ask first."""
        if (file := self.files.current) is None:
            return
        where = tr("on this machine") if isinstance(file, LocalMerged) else tr("on the backend")
        box = QMessageBox(
            QMessageBox.Icon.Question,
            tr("Delete the merged file?"),
            tr("{file} will be permanently deleted {where}.", file=file.filename, where=where),
            QMessageBox.StandardButton.Cancel,
            self,
        )
        box.setTextFormat(Qt.TextFormat.PlainText)
        delete = box.addButton(tr("Delete"), QMessageBox.ButtonRole.DestructiveRole)
        delete.clicked.connect(partial(self.delete, file))
        box.setDefaultButton(QMessageBox.StandardButton.Cancel)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.open()

    @Slot()
    def _follow_session(self) -> None:
        """Another backend has other files: the list and the file in use belong to the previous one."""
        session = self._services.session
        if session.connection is not self._connection:
            self._connection = session.connection
            self.files.show_files([])
            self.left.emit()
        self.update_enabled()
        if session.state is State.READY:
            self.refresh()
