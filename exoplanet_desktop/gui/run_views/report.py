"""Builds a run's report from the data in the window and the record."""

import platform
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import qVersion

from exoplanet_desktop import __version__
from exoplanet_desktop.errors import InputError
from exoplanet_desktop.gui.base.text import tr
from exoplanet_desktop.gui.base.workers.calls import Workers
from exoplanet_desktop.gui.charts.figure import paper_style
from exoplanet_desktop.gui.run_views.report_content import Account, write_report
from exoplanet_desktop.gui.runs.training_run import TrainingRun

KINDS = "HTML (*.html);;PDF (*.pdf)"


def file_name(run: TrainingRun) -> str:
    """The suggested file name for a run's report."""
    return f"{run.request.satellite}_{run.request.model}_report.html"


async def save_report(run: TrainingRun, target: Path, workers: Workers) -> None:
    """Write the report of a run with a result, as PDF or HTML according to the file's suffix. Raises AppError."""
    await workers.call(write_report, await _account(run), paper_style(), target)


async def _account(run: TrainingRun) -> Account:
    if run.result is None:
        raise InputError(tr("This run has no result to report. Choose a run that succeeded."))
    kept = await run.kept()
    return Account(
        title=kept.title if kept else run.request.title,
        when=datetime.fromisoformat(kept.created_at) if kept else None,
        backend=run.backend_title,
        request=run.request.to_json(),
        result=run.result,
        warnings=kept.warnings if kept else (),
        pictures=run.pictures,
        held_out=await run.held_out.path(run.run_id),
        threshold=await run.held_out.threshold(run.run_id),
        versions={
            "Exoplanet Desktop (this report)": __version__,
            "Python": platform.python_version(),
            "Qt": qVersion(),
            "System": platform.platform(terse=True),
        },
    )
