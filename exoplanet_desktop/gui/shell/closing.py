"""The question before a window closes while work is running."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QWidget

from exoplanet_desktop.gui.base.text import counted, tr
from exoplanet_desktop.gui.runs.training_run import TrainingRun


def ask_before_closing(
    parent: QWidget,
    live: Sequence[TrainingRun],
    busy: Sequence[str],
    close: Callable[[], object],
    groups: Sequence[str] = (),
) -> None:
    """Say what will happen to the work, and call `close` if the user agrees.

    Args:
        live: running trainings.
        busy: other running work, in words.
        groups: trainings of all models, in words, some of which have not begun.
    """
    lasting = [run for run in live if run.outlives_window]
    ending = [tr("the training {title}", title=run.request.title) for run in live if run not in lasting] + list(busy)
    parts = []
    if lasting:
        one = tr("training continues on the backend; you will find it here after the next start.")
        many = tr("trainings continue on the backend; you will find them here after the next start.")
        parts.append(counted(len(lasting), one, many))
    if ending:
        parts.append(tr("Closing the window stops: {work}.", work=", ".join(ending)))
    if groups:
        told = tr("The rest of {groups} will be trained after the next start.", groups=", ".join(groups))
        parts.append(told)
    box = QMessageBox(parent)
    box.setIcon(QMessageBox.Icon.Question)
    box.setWindowTitle(tr("Close now?"))
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(tr("Work is still running."))
    box.setInformativeText("\n".join(parts))
    role = QMessageBox.ButtonRole.DestructiveRole if ending else QMessageBox.ButtonRole.AcceptRole
    button = box.addButton(tr("&Close anyway") if ending else tr("&Leave it running"), role)
    button.clicked.connect(lambda: close())
    box.setStandardButtons(QMessageBox.StandardButton.Cancel)
    box.setDefaultButton(QMessageBox.StandardButton.Cancel)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.open()
