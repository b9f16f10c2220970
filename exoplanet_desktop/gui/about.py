"""What the program is, and whose data it reads."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QWidget

from exoplanet_desktop import __version__
from exoplanet_desktop.gui.text import tr


def about_box(parent: QWidget) -> QMessageBox:
    box = QMessageBox(parent)
    box.setWindowTitle(tr("About Exoplanet Desktop"))
    box.setText(
        f"<h3>Exoplanet Desktop {__version__}</h3>"
        + "".join(f"<p>{part}</p>" for part in (_purpose(), _acknowledgement(), _licence()))
    )
    box.setIconPixmap(parent.windowIcon().pixmap(64, 64))
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    return box


def _purpose() -> str:
    return tr(
        "Trains classifiers on the NASA Exoplanet Archive's catalogs of Kepler, K2 and TESS, predicts dispositions, "
        "and merges catalogs."
    )


def _acknowledgement() -> str:
    return tr(
        "This program is for catalogs of the NASA Exoplanet Archive, which is operated by the California Institute of "
        "Technology, under contract with the National Aeronautics and Space Administration under the Exoplanet "
        "Exploration Program. KOI table: DOI 10.26133/NEA4."
    )


def _licence() -> str:
    return tr("MIT licence. Built with Qt for Python (LGPL), XGBoost, scikit-learn, DuckDB and others.")
