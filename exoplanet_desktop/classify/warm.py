"""Pays in advance for what the first training and the first picture of a process would cost."""

import io

from exoplanet_desktop.catalogs.base.progress import never
from exoplanet_desktop.wire.vocabulary import Balance, Features, Model, Satellite


def warm_up() -> None:
    """Loads the libraries for training and prediction, and makes a tiny fit and picture, which load the rest.

    For a process that waits for its first job: about two seconds less for that job.
    """

    import numpy as np
    import pandas  # noqa: F401
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    from exoplanet_desktop.classify import modelfile, prediction, training  # noqa: F401
    from exoplanet_desktop.classify.estimators import Recipe

    rows = np.arange(40, dtype=np.float32).reshape(20, 2)
    recipe = Recipe(Satellite.KOI, Features.VETTED, Model.XGB, 2, Balance.NONE, 0)
    recipe.fit(rows, np.arange(20) % 2, never).probabilities(rows)
    figure = Figure(figsize=(1, 1))
    figure.add_subplot().set_title("loads the fonts")
    FigureCanvasAgg(figure).print_png(io.BytesIO())
