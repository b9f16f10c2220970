import numpy as np
import pytest
import xgboost

from exoplanet_desktop.classify.inspection import check_booster
from exoplanet_desktop.errors import InputError

CLASSES = 3


def booster(columns: int = 2, objective: str = "multi:softprob", constant: bool = False) -> bytes:
    random = np.random.default_rng(0)
    rows = np.zeros((60, columns)) if constant else random.normal(size=(60, columns))
    data = xgboost.DMatrix(rows, np.arange(60) % CLASSES)
    made = xgboost.train({"objective": objective, "num_class": CLASSES, "max_depth": 2}, data, 2)
    return bytes(made.save_raw("ubj"))


def test_models_of_xgboost_are_sound() -> None:
    check_booster(booster(), 2, CLASSES)


def test_trees_of_a_single_leaf_are_sound() -> None:
    """They are what is learnt where no column tells anything."""
    content = booster(constant=True)
    assert xgboost.Booster(model_file=bytearray(content)).trees_to_dataframe()["Feature"].eq("Leaf").all()
    check_booster(content, 2, CLASSES)


@pytest.mark.parametrize(
    ("content", "columns", "classes"),
    [
        (booster(objective="multi:softmax"), 2, CLASSES),
        (booster(), 3, CLASSES),
        (booster(), 2, CLASSES + 1),
    ],
    ids=["another objective", "another number of columns", "another number of classes"],
)
def test_models_that_are_not_as_the_card_says_are_refused(content: bytes, columns: int, classes: int) -> None:
    with pytest.raises(InputError, match="damaged"):
        check_booster(content, columns, classes)


def changed(content: bytes, array: str, place: int, number: int) -> bytes:
    """A model with another number in an array of its first tree."""
    begin = content.index(array.encode()) + len(array)
    kind, counted = content[begin : begin + 3], content[begin + 3 : begin + 5]
    assert (kind[:2], counted) == (b"[$", b"#L")
    size = {b"l": 4, b"U": 1}[kind[2:]]
    at = begin + 5 + 8 + place * size
    return content[:at] + number.to_bytes(size, "big", signed=size == 4) + content[at + size :]


@pytest.mark.parametrize(
    ("array", "place", "number"),
    [
        ("left_children", 0, 99),
        ("left_children", 0, 0),
        ("left_children", 0, -1),
        ("right_children", 1, 0),
        ("split_indices", 0, 2),
        ("split_indices", 0, -1),
        ("parents", 1, 2),
        ("split_type", 0, 1),
    ],
)
def test_nodes_that_lead_nowhere_are_refused(array: str, place: int, number: int) -> None:
    with pytest.raises(InputError, match="damaged"):
        check_booster(changed(booster(), array, place, number), 2, CLASSES)
