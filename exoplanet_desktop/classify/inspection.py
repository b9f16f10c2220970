"""Checks a model from a file before it is used.

Compiled code walks the trees and trusts the numbers of their nodes: a forged number would make it read foreign
memory, or crash. So each node must point forward within its tree and to an existing feature.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from exoplanet_desktop.classify.ubjson import decode
from exoplanet_desktop.errors import InputError

Integers = NDArray[np.int64]

_STEPS = {
    ("RandomForestClassifier",),
    ("HistGradientBoostingClassifier",),
    ("DecisionTreeClassifier",),
    ("SimpleImputer", "QuantileTransformer", "StandardScaler", "LogisticRegression"),
    ("SimpleImputer", "QuantileTransformer", "StandardScaler", "CalibratedClassifierCV"),
}


_PER_NODE = (
    *("left_children", "right_children", "parents", "split_indices", "split_type", "split_conditions"),
    *("default_left", "base_weights", "loss_changes", "sum_hessian"),
)


def check_booster(content: bytes, columns: int, classes: int) -> None:
    """Raises InputError if XGBoost's file is not that of one of our models."""
    try:
        learner = decode(content)["learner"]
        gbtree = learner["gradient_booster"]["model"]
        parameters = learner["learner_model_param"]
        sound = (
            learner["gradient_booster"]["name"] == "gbtree"
            and learner["objective"]["name"] == "multi:softprob"
            and int(learner["objective"]["softmax_multiclass_param"]["num_class"]) == classes
            and (int(parameters["num_class"]), int(parameters["num_feature"])) == (classes, columns)
            and int(parameters["num_target"]) == 1
            and not any(len(part) for part in gbtree["cats"].values())
            and _sound_rounds(gbtree, classes)
            and all(_sound_booster_tree(tree, number, columns) for number, tree in enumerate(gbtree["trees"]))
        )
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError, OverflowError) as error:
        raise InputError("This model file is damaged: its XGBoost model cannot be read. Train again.") from error
    _require(sound)


def _sound_rounds(gbtree: Any, classes: int) -> bool:
    trees = len(gbtree["trees"])
    tree_info, rounds = np.asarray(gbtree["tree_info"]), np.asarray(gbtree["iteration_indptr"])
    return bool(
        trees > 0
        and trees % classes == 0
        and int(gbtree["gbtree_model_param"]["num_trees"]) == trees
        and int(gbtree["gbtree_model_param"]["num_parallel_tree"]) == 1
        and np.array_equal(tree_info, np.arange(trees) % classes)
        and np.array_equal(rounds, np.arange(0, trees + 1, classes))
    )


def _sound_booster_tree(tree: Any, number: int, columns: int) -> bool:
    nodes = int(tree["tree_param"]["num_nodes"])
    parts = {name: np.asarray(tree[name]) for name in _PER_NODE}
    if nodes < 1 or any(part.shape != (nodes,) for part in parts.values()) or int(tree["id"]) != number:
        return False
    categorical = any(len(tree[name]) for name in tree if name.startswith("categories"))
    shape = [int(tree["tree_param"][name]) for name in ("num_deleted", "num_feature", "size_leaf_vector")]
    if categorical or shape != [0, columns, 1] or parts["split_type"].any():
        return False
    left, right = parts["left_children"].astype(np.int64), parts["right_children"].astype(np.int64)
    parents = parts["parents"].astype(np.int64)
    own = np.flatnonzero(left != -1)
    children = np.concatenate([left[own], right[own]])
    # Each node but the root is the child of one earlier node, its parent.
    return bool(
        _forward(left, right, parts["split_indices"].astype(np.int64), columns)
        and np.array_equal(np.sort(children), np.arange(1, nodes))
        and np.array_equal(parents[children], np.concatenate([own, own]))
    )


def check_pipeline(pipeline: Any, columns: int) -> None:
    """Raises InputError if a pipeline is not one of ours, or one of its trees is invalid."""
    from sklearn.pipeline import Pipeline

    kinds = tuple(type(step).__name__ for _, step in pipeline.steps) if type(pipeline) is Pipeline else ()
    if kinds not in _STEPS:
        raise InputError("This model file contains a pipeline that no model of this program has. It was not used.")
    model = pipeline.steps[-1][1]
    if kinds == ("RandomForestClassifier",):
        for member in model.estimators_:
            _check_tree(member.tree_, columns)
    elif kinds == ("DecisionTreeClassifier",):
        _check_tree(model.tree_, columns)
    elif kinds == ("HistGradientBoostingClassifier",):
        for predictor in (one for round_ in model._predictors for one in round_):
            _check_nodes(predictor.nodes, columns)


def _check_tree(tree: Any, columns: int) -> None:
    sound = _forward(tree.children_left, tree.children_right, tree.feature, columns)
    _require(sound and len(tree.value) == len(tree.children_left))


def _check_nodes(nodes: Any, columns: int) -> None:
    """For histogram gradient boosting, which marks leaves by a flag and sets their children to 0."""
    leaf = nodes["is_leaf"] != 0
    left, right = (np.where(leaf, -1, nodes[name].astype(np.int64)) for name in ("left", "right"))
    sound = _forward(left, right, nodes["feature_idx"].astype(np.int64), columns)
    _require(sound and not nodes["is_categorical"].any())


def _forward(left: Integers, right: Integers, feature: Integers, columns: int) -> bool:
    """Whether all children (-1: none) come after their node and within the tree, and all features exist."""
    inner = left != -1
    own = np.flatnonzero(inner)
    return bool(
        len(left)
        and np.array_equal(right != -1, inner)
        and (left[inner] > own).all()
        and (right[inner] > own).all()
        and max(left.max(), right.max()) < len(left)
        and (feature[inner] >= 0).all()
        and (feature[inner] < columns).all()
    )


def _require(sound: bool) -> None:
    if not sound:
        raise InputError("This model file is damaged: a tree in it points outside itself. Train again.")
