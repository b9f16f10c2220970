"""Runs for the tests of the record."""

import math

from exoplanet_desktop.record.record import Record

REQUEST = {"satellite": "KOI", "model": "xgb", "file": "koi.csv"}
RESULT = {"accuracy": 0.93, "cv_mean": 0.9, "auc_score": math.nan, "labels": ["CANDIDATE"]}


def begin(record: Record, title: str = "KOI · XGBoost", **more) -> str:
    return record.new("train", title, REQUEST, "Lab", "http://lab:8001", "abc", **more)
