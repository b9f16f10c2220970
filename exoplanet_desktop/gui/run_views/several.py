"""Several catalogs in one training: before it starts, asks how to treat objects that occur in more than one."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QWidget

from exoplanet_desktop.gui.base.text import count, counted, tr
from exoplanet_desktop.gui.base.workers.calls import Workers
from exoplanet_desktop.gui.runs.request import TrainTask, each_read
from exoplanet_desktop.wire.vocabulary import Duplicates

if TYPE_CHECKING:
    from exoplanet_desktop.wire.reading_options import ReadingOptions


async def settle_duplicates(parent: QWidget, workers: Workers, request: TrainTask) -> TrainTask | None:
    """The request with the user's rule for objects that are in several of its files.

    None if the user cancels. Raises AppError if the files cannot be merged.
    """
    if len(request.paths) < 2:
        return request
    readings = each_read(request.paths, request.readings)
    several, different = await workers.call(counted_objects, request.paths, readings)
    if not several:
        return request
    rule = await _ask(parent, len(request.paths), several, different)
    return None if rule is None else replace(request, duplicates=rule)


def counted_objects(paths: Sequence[Path], readings: "Sequence[ReadingOptions | None]") -> tuple[int, int]:
    """The number of objects in several of the files, and of those with different dispositions there.

    Called in a worker. Raises UnreadableFile, InputError and UnavailableError.
    """
    from exoplanet_desktop.catalogs.merging.same_objects import same_objects

    found = same_objects(paths, readings)
    return found.objects, found.different


async def _ask(parent: QWidget, files: int, several: int, different: int) -> Duplicates | None:
    """The user's rule; None to cancel the training."""
    answer: asyncio.Future[Duplicates | None] = asyncio.get_running_loop().create_future()
    box = QMessageBox(parent)
    box.setIcon(QMessageBox.Icon.Question)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setWindowTitle(tr("The same objects in several catalogs"))
    box.setText(_told(several, different, files))
    box.setInformativeText(
        tr("An object that is in the training data twice counts twice. Which rows should the model be trained on?")
    )
    rules = {
        tr("&Later ones"): Duplicates.BY_IDENTIFIER_LAST,
        tr("&Earlier ones"): Duplicates.BY_IDENTIFIER_FIRST,
        tr("&All of them"): Duplicates.EXACT,
    }
    buttons = {box.addButton(words, QMessageBox.ButtonRole.AcceptRole): rule for words, rule in rules.items()}
    box.setDefaultButton(next(iter(buttons)))
    box.addButton(QMessageBox.StandardButton.Cancel)
    # The message box has closed before its button emits clicked.
    box.finished.connect(lambda _: answer.set_result(buttons.get(box.clickedButton())))  # type: ignore[call-overload]
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.open()
    return await answer


def _told(several: int, different: int, files: int) -> str:
    if files == 2 and different:
        one = tr("object is in both catalogs, {number} with different dispositions.")
        many = tr("objects are in both catalogs, {number} with different dispositions.")
    elif files == 2:
        one = tr("object is in both catalogs, with the same disposition.")
        many = tr("objects are in both catalogs, with the same dispositions.")
    elif different:
        one = tr("object is in several of the catalogs, {number} with different dispositions.")
        many = tr("objects are in several of the catalogs, {number} with different dispositions.")
    else:
        one = tr("object is in several of the catalogs, with the same disposition.")
        many = tr("objects are in several of the catalogs, with the same dispositions.")
    return counted(several, one, many).format(number=count(different))
