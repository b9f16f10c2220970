"""Every payload of the wire, whatever a server puts in its fields, has only numbers that later rooms can rely on."""

import math
import random
import types
import typing
from collections.abc import Iterator
from typing import Any

import pydantic
import pytest

from exoplanet_desktop.wire import payloads
from exoplanet_desktop.wire.bounds import DEEPEST
from exoplanet_desktop.wire.payloads import Payload, TrainResult
from exoplanet_desktop.wire.ranges import LARGEST, MOST, usable

WILD = (
    *(2**63, -(2**63), 2**64, 10**400, MOST + 1, -1, 0, 1e300, -1e300, math.inf, -math.inf, math.nan, 5e-324),
    *("inf", "nan", "1e999", "9" * 30, "", "x", None, True, [], {}, [[]], {"a": math.inf}, [2**63], {"": [math.nan]}),
)
KINDS = [kind for kind in vars(payloads).values() if isinstance(kind, type) and issubclass(kind, Payload)]
TRIES = 60


def good(annotation: Any) -> Any:
    """A value that fits an annotation."""
    kind, inside = typing.get_origin(annotation) or annotation, typing.get_args(annotation)
    if kind is typing.Annotated:
        return good(inside[0])
    if kind in (types.UnionType, typing.Union):
        return good(inside[0])
    if kind is list:
        return [good(inside[0])] * 2
    if kind is dict:
        return {"a": good(inside[1])}
    if kind is tuple:
        return [good(part) for part in inside]
    if isinstance(kind, type) and issubclass(kind, Payload):
        return {name: good(field.annotation) for name, field in kind.model_fields.items()}
    return {int: 3, float: 0.5, bool: True, str: "word"}.get(kind, "anything")


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The paths of all values within a JSON value."""
    if path:
        yield path
    if isinstance(value, dict | list):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from places(item, (*path, key))


def spoilt(value: Any, path: tuple[Any, ...], wild: Any) -> Any:
    if not path:
        return wild
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = spoilt(value[path[0]], path[1:], wild)
    return copy


def numbers(value: Any) -> Iterator[int | float]:
    if isinstance(value, int | float):
        yield value
    elif isinstance(value, dict | list | tuple):
        for item in value.values() if isinstance(value, dict) else value:
            yield from numbers(item)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_no_wild_number_passes(kind: type[Payload]):
    whole = good(kind)
    assert kind.model_validate(whole).unusable == ""
    every = [(path, wild) for path in places(whole) for wild in WILD]
    for path, wild in random.Random(1).sample(every, min(TRIES, len(every))):
        try:
            made = kind.model_validate(spoilt(whole, path, wild))
        except pydantic.ValidationError:
            continue
        told = made.model_dump(exclude=set(kind.RAW))
        for number in numbers(told):
            assert math.isfinite(number) and abs(number) <= (MOST if isinstance(number, int) else LARGEST), (path, wild)


def test_what_is_left_out_is_named_once_and_the_rest_is_kept():
    result = TrainResult.model_validate(
        {
            "accuracy": 0.9,
            "elapsed_sec": 1e300,
            "importance": [{"feature": "a", "mean": 0.1, "std": 0}, {"feature": "b", "mean": "x", "std": 0}],
            "confusion_matrix": [[1, 2**63], [3, 4]],
            "curves": {"roc": {"A": {"fpr": [0, math.inf, 1]}}},
            "unknown": math.inf,
        }
    )
    assert result.accuracy == 0.9 and result.elapsed_sec is None and result.confusion_matrix is None
    assert [entry.feature for entry in result.importance or ()] == ["a"]
    assert result.curves == {"roc": {"A": {"fpr": [0, None, 1]}}}
    assert result.unusable == (
        "elapsed_sec (1e+300), confusion_matrix (9223372036854775808), curves.roc.A.fpr (inf) and 3 more"
    )


def test_not_a_number_is_no_number_without_a_word():
    result = TrainResult.model_validate({"auc_score": math.nan, "intervals": {"auc_score": [math.nan, 1]}})
    assert result.auc_score is None and result.unusable == ""


def test_a_reason_of_the_wrong_kind_does_not_turn_a_failure_into_a_success():
    with pytest.raises(pydantic.ValidationError):
        payloads.JobStatus.model_validate({"job_id": "j", "status": "SUCCEEDED", "error": ["no rows"]})


def test_what_is_nested_too_deep_is_refused_as_a_wrong_value():
    deep: Any = 1
    for _ in range(DEEPEST + 5):
        deep = [deep]
    with pytest.raises(RecursionError):
        usable(deep, [])
    with pytest.raises(pydantic.ValidationError):
        TrainResult.model_validate({"curves": {"roc": deep}})
