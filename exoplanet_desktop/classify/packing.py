"""Fitted estimators as bytes, in XGBoost's or skops' own format, and back; checked when read."""

import io
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from exoplanet_desktop.classify.estimators import Estimator, Pipeline, Trees
from exoplanet_desktop.classify.inspection import check_booster, check_pipeline
from exoplanet_desktop.errors import InputError

XGB, SKOPS = "ubj", "skops"  # extensions of a model file's members
SIZE_LIMITS = {XGB: 200_000_000, SKOPS: 400_000_000}  # bytes

# The types in our own five pipelines that skops does not trust by default; no other is ever built.
TRUSTED_TYPES = (
    "numpy.dtype",
    "sklearn.calibration._CalibratedClassifier",
    "sklearn.calibration._SigmoidCalibration",
    "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
    "sklearn.tree._tree.Tree",
)


@dataclass(frozen=True)
class Packed:
    """An estimator as bytes.

    Attributes:
        kind: XGB or SKOPS.
        content: the bytes.
        empty: see estimators.Pipeline; nothing for XGBoost.
    """

    kind: str
    content: bytes
    empty: tuple[int, ...] = ()


def pack(estimator: Estimator) -> Packed:
    if isinstance(estimator, Trees):
        return Packed(XGB, bytes(estimator.booster.save_raw("ubj")))
    assert isinstance(estimator, Pipeline)
    import skops.io

    buffer = io.BytesIO()
    skops.io.dump(estimator.pipeline, buffer)
    return Packed(SKOPS, buffer.getvalue(), tuple(estimator.empty.tolist()))


def unpack(packed: Packed, columns: int, classes: int) -> Estimator:
    """Raises InputError for anything that is not a model of this program; invalid bytes raise a library's errors."""
    if packed.kind == XGB:
        import xgboost

        check_booster(packed.content, columns, classes)
        booster = xgboost.Booster()
        booster.load_model(bytearray(packed.content))
        return Trees(booster)
    import skops.io

    if strangers := sorted(set(skops.io.get_untrusted_types(data=packed.content)) - set(TRUSTED_TYPES)):
        raise InputError(
            f"This model file contains {strangers[0]}, which no model of this program has. It was not opened."
        )
    pipeline = skops.io.loads(packed.content, trusted=list(TRUSTED_TYPES))
    check_pipeline(pipeline, columns)
    return Pipeline(pipeline, _places(packed.empty, columns))


def _places(empty: Sequence[int], columns: int) -> NDArray[np.int64]:
    places = np.array(empty, dtype=np.int64)
    if places.size and not (places.ndim == 1 and places.min() >= 0 and places.max() < columns):
        raise InputError("This model file is damaged: it names columns that it does not have. Train again.")
    return places
