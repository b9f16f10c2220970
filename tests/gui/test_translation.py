"""Every text of the window goes through `tr`, so that it can be translated; longer translations are not clipped."""

import ast
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import exoplanet_desktop.gui

GUI = Path(exoplanet_desktop.gui.__file__).parent

# Functions that show their text to the user; the numbers are the positions of the displayed arguments, if not all are.
SHOWING: dict[str, tuple[int, ...]] = {
    **dict.fromkeys(
        [
            *("setText", "setToolTip", "setStatusTip", "setWhatsThis", "setPlaceholderText", "setWindowTitle"),
            *("setAccessibleName", "setAccessibleDescription", "setInformativeText", "setDetailedText", "setTabText"),
            *("setSuffix", "setPrefix", "setSpecialValueText", "setHeaderLabels", "setPlainText", "setHtml"),
            *("setTitle", "setLabelText", "setItemText", "addTab", "addAction", "addMenu", "addButton", "addRow"),
            *("addItem", "addItems", "insertItem", "information", "say", "_say", "show_busy", "_show_busy"),
            *(
                "showMessage",
                "update_enabled",
                "start",
                "QLabel",
                "QPushButton",
                "QToolButton",
                "QCheckBox",
                "QRadioButton",
            ),
            *("QGroupBox", "QAction", "QMenu", "QDockWidget", "QListWidgetItem", "QTreeWidgetItem", "QFileDialog"),
            *(
                "QMessageBox",
                "tip",
                "EmptyPage",
                "GoButton",
                "CatalogPicker",
                "Picture",
                "PictureView",
                "combo",
                "Step",
            ),
            *("NoticeAction", "ModelEntry"),
            *("InputError", "UnavailableError", "BugError", "NoAnswer", "MissingColumns", "Cancelled"),
        ],
        (),
    ),
    "PlainLabel": (0,),
    "Command": (1, 2),
    "counted": (1, 2),
    "ask_target": (1, 4),
    "ask_files": (1,),
    "tell": (1,),
}


def shown_arguments(call: ast.Call) -> list[ast.expr]:
    """The arguments of a call that the user sees."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if name not in SHOWING:
        return []
    places = SHOWING[name]
    return [argument for place, argument in enumerate(call.args) if not places or place in places]


def is_tr(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "tr"


def has_words(text: str) -> bool:
    """Whether a text contains a word: two letters that are not just a name in code or a unit."""
    return any(first.isalpha() and second.isalpha() for first, second in pairwise(text))


def bare(node: ast.AST, constants: dict[str, ast.AST]) -> Iterator[str]:
    """Literal words in an argument that have not gone through `tr`."""
    if is_tr(node) or isinstance(node, ast.Lambda):
        return
    if isinstance(node, ast.Constant):
        if isinstance(node.value, str) and has_words(node.value):
            yield node.value
    elif isinstance(node, ast.Name):
        if node.id in constants:
            yield from bare(constants[node.id], {})
    elif isinstance(node, ast.JoinedStr):
        for part in node.values:
            yield from bare(part, constants)
    elif isinstance(node, ast.FormattedValue):
        yield from bare(node.value, constants)
    elif isinstance(node, ast.BinOp):
        yield from bare(node.left, constants)
        yield from bare(node.right, constants)
    elif isinstance(node, ast.IfExp):
        yield from bare(node.body, constants)
        yield from bare(node.orelse, constants)
    elif isinstance(node, ast.BoolOp):
        for value in node.values:
            yield from bare(value, constants)
    elif isinstance(node, ast.Tuple | ast.List):
        for entry in node.elts:
            yield from bare(entry, constants)
    elif isinstance(node, ast.Dict):
        for entry in node.values:
            yield from bare(entry, constants)
    elif isinstance(node, ast.Subscript):
        yield from bare(node.value, constants)


def constants_of(tree: ast.Module) -> dict[str, ast.AST]:
    """Texts that a module assigns to names."""
    return {
        target.id: node.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def untranslated(file: Path) -> Iterator[str]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    constants = constants_of(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            for argument in shown_arguments(node):
                for text in bare(argument, constants):
                    yield f"{file.relative_to(GUI)}:{node.lineno}: {text!r}"


def unspoken_reasons(file: Path) -> Iterator[str]:
    """Literal words returned by a function that explains why something is impossible."""
    for function in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(function, ast.FunctionDef) and function.name.endswith("reason"):
            for node in ast.walk(function):
                if isinstance(node, ast.Return) and node.value is not None:
                    for text in bare(node.value, {}):
                        yield f"{file.relative_to(GUI)}:{node.lineno}: {text!r}"


def test_every_reason_passes_through_tr() -> None:
    found = [text for file in sorted(GUI.rglob("*.py")) for text in unspoken_reasons(file)]
    assert not found, "\n".join(found)


def test_every_word_passes_through_tr() -> None:
    found = [text for file in sorted(GUI.rglob("*.py")) for text in untranslated(file)]
    assert not found, "\n".join(found)
