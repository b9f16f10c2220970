"""The members of a model file that describe its training; each is checked before it is trusted.

known.json              satellite's keys of objects and stars, row by row
known_probabilities.npy, known_signatures.npy, known_folds.npy
held_matrix.npy, held_y.npy, held_folds.npy, held_right.npy
fold_0.ubj, …           or .skops; the columns that were empty for each are in known.json
"""

import io
import json
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from exoplanet_desktop.classify.features import FeatureSet
from exoplanet_desktop.classify.memory import (
    MOST_FOLD_BYTES,
    MOST_FOLDS,
    MOST_HELD,
    MOST_HELD_BYTES,
    MOST_KNOWN,
    Folds,
    Held,
    Memory,
    TrainingRows,
)
from exoplanet_desktop.classify.packing import SKOPS, XGB, Packed
from exoplanet_desktop.errors import InputError

KNOWN = "known.json"
_PROBABILITIES, _SIGNATURES, _FOLDS = "known_probabilities.npy", "known_signatures.npy", "known_folds.npy"
_MATRIX, _Y, _HELD_FOLDS, _RIGHT = "held_matrix.npy", "held_y.npy", "held_folds.npy", "held_right.npy"
_HEADER = 1000  # bytes before an array's numbers
_KEY = 200  # characters of a key, including its quotes

LIMITS: Mapping[str, int] = {
    KNOWN: 2 * _KEY * MOST_KNOWN,
    _PROBABILITIES: 3 * 8 * MOST_KNOWN + _HEADER,
    _SIGNATURES: 8 * MOST_KNOWN + _HEADER,
    _FOLDS: MOST_KNOWN + _HEADER,
    _MATRIX: MOST_HELD_BYTES + _HEADER,
    _Y: 8 * MOST_HELD + _HEADER,
    _HELD_FOLDS: MOST_HELD + _HEADER,
    _RIGHT: MOST_HELD + _HEADER,
    **{f"fold_{place}.{kind}": MOST_FOLD_BYTES for place in range(MOST_FOLDS + 1) for kind in (XGB, SKOPS)},
}


def memory_members(memory: Memory) -> Iterator[tuple[str, bytes]]:
    """Names and contents of the members."""
    head: dict[str, Any] = {"missing": list(memory.missing)}
    head["empty_columns"] = {str(place): list(packed.empty) for place, packed in memory.folds.packed.items()}
    if known := memory.known:
        head |= {"objects": known.objects, "stars": known.stars, "by_name": known.by_name}
        yield _PROBABILITIES, _array(known.probabilities)
        yield _SIGNATURES, _array(known.signatures)
        yield _FOLDS, _array(known.folds)
    if held := memory.held:
        yield _MATRIX, _array(held.matrix)
        yield _Y, _array(held.y)
        yield _HELD_FOLDS, _array(held.folds)
        yield _RIGHT, _array(held.right)
    for place, packed in memory.folds.packed.items():
        yield f"fold_{place}.{packed.kind}", packed.content
    yield KNOWN, json.dumps(head).encode()


def read_memory(members: Mapping[str, bytes], features: FeatureSet, classes: int) -> Memory:
    """What a model file stores of its training. Raises InputError, or whatever a library raises on a damaged one."""
    if KNOWN not in members:
        return Memory()
    head = json.loads(members[KNOWN])
    folds = Folds(_folds(members, head["empty_columns"]), len(features.names), classes)
    return Memory(
        _known(members, head, features, classes) if "objects" in head else None,
        _held(members, features, classes) if _MATRIX in members else None,
        folds,
        tuple(str(sentence) for sentence in head["missing"]),
    )


def _folds(members: Mapping[str, bytes], empty: Mapping[str, Any]) -> dict[int, Packed]:
    found = {
        place: Packed(kind, members[f"fold_{place}.{kind}"], tuple(empty.get(str(place), ())))
        for place in range(MOST_FOLDS + 1)
        for kind in (XGB, SKOPS)
        if f"fold_{place}.{kind}" in members
    }
    _require(sum(len(packed.content) for packed in found.values()) <= MOST_FOLD_BYTES)
    return found


def _known(members: Mapping[str, bytes], head: Mapping[str, Any], features: FeatureSet, classes: int) -> TrainingRows:
    objects, stars = tuple(head["objects"]), tuple(head["stars"])
    rows = len(objects)
    _require(0 < rows <= MOST_KNOWN and len(stars) == rows and all(type(key) is str for key in (*objects, *stars)))
    probabilities = _read(members[_PROBABILITIES], np.float64, (rows, classes))
    folds = _read(members[_FOLDS], np.int8, (rows,))
    _require(bool((probabilities >= 0).all() and np.allclose(probabilities.sum(axis=1), 1, atol=1e-6)))
    _require(bool((folds >= 0).all() and (folds <= MOST_FOLDS).all()))
    signatures = _read(members[_SIGNATURES], np.uint64, (rows,))
    return TrainingRows(features.satellite, objects, stars, bool(head["by_name"]), probabilities, signatures, folds)


def _held(members: Mapping[str, bytes], features: FeatureSet, classes: int) -> Held:
    y = _read(members[_Y], np.int64, None)
    _require(0 < len(y) <= MOST_HELD and int(y.min()) >= 0 and int(y.max()) < classes)
    folds = _read(members[_HELD_FOLDS], np.int8, y.shape)
    _require(bool((folds >= 0).all() and (folds < MOST_FOLDS).all()))
    matrix = _read(members[_MATRIX], np.float32, (len(y), len(features.names)))
    return Held(matrix, y, folds, _read(members[_RIGHT], np.bool_, y.shape))


def _array(values: NDArray[Any]) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, values, allow_pickle=False)
    return buffer.getvalue()


def _read(content: bytes, kind: DTypeLike, shape: tuple[int, ...] | None) -> NDArray[Any]:
    """An array of this kind and shape (None: any vector), no longer than its bytes."""
    file = io.BytesIO(content)
    version = np.lib.format.read_magic(file)
    _require(version == (1, 0))
    said, _, found = np.lib.format.read_array_header_1_0(file)
    wanted = np.dtype(kind)
    _require(found == wanted and (len(said) == 1 if shape is None else said == shape))
    _require(len(content) - file.tell() == wanted.itemsize * int(np.prod(said, dtype=np.float64)))
    file.seek(0)
    return np.asarray(np.load(file, allow_pickle=False))


def _require(sound: bool) -> None:
    if not sound:
        raise InputError("This model file is damaged: what it remembers of its training is inconsistent. Train again.")
