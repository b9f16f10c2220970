"""Checks every control of a window for users without a mouse or with a screen reader."""

import re
from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QAccessible, QAction
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QAbstractSpinBox,
    QApplication,
    QCheckBox,
    QComboBox,
    QGroupBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QListWidget,
    QMainWindow,
    QMenu,
    QMenuBar,
    QPlainTextEdit,
    QPushButton,
    QScrollBar,
    QSlider,
    QTabBar,
    QTableView,
    QTabWidget,
    QTextBrowser,
    QTextEdit,
    QToolButton,
    QTreeView,
    QWidget,
)

from exoplanet_desktop.gui.widgets.labels import ElidedLabel

CONTROLS = (
    *(QAbstractButton, QComboBox, QLineEdit, QAbstractSpinBox, QAbstractItemView, QPlainTextEdit, QTextEdit),
    *(QSlider, QTabBar),
)
PARTS = (QHeaderView, QScrollBar, QMenuBar, QMenu, QTabWidget)
MNEMONIC = re.compile(r"&(\w)")


def controls(window: QWidget) -> list[QWidget]:
    """Controls that the user can operate; parts that Qt creates belong to their control."""
    found = {control for kind in CONTROLS for control in window.findChildren(kind)}
    others = {widget for widget in window.findChildren(QWidget) if widget.focusPolicy() & Qt.FocusPolicy.TabFocus}
    return [widget for widget in found | others if widget.window() is window and not is_part(widget)]


def is_part(widget: QWidget) -> bool:
    """Whether Qt created the widget as part of another control, or it only scrolls its content."""
    if widget.objectName().startswith("qt_") or isinstance(
        widget, QHeaderView | QScrollBar | QMenuBar | QMenu | QTabWidget
    ):
        return True
    parent = widget.parent()
    if isinstance(parent, QComboBox | QAbstractSpinBox | QLineEdit | QTabBar):
        return True
    if isinstance(parent, QAbstractScrollArea) and parent.viewport() is widget:
        return True
    # The corner of a table, the list inside a combo box, the field of an editor.
    above = parent
    while isinstance(above, QWidget):
        if isinstance(above, QComboBox | QHeaderView):
            return True
        above = above.parent()
    return isinstance(parent, QTableView | QTreeView) and isinstance(widget, QAbstractButton)


def name_of(widget: QWidget) -> str:
    """What a screen reader says about it."""
    if isinstance(widget, QTabBar):
        return widget.accessibleName() or " ".join(widget.tabText(tab) for tab in range(widget.count()))
    interface = QAccessible.queryAccessibleInterface(widget)
    return interface.text(QAccessible.Text.Name).strip() if interface else widget.accessibleName()


def described(widget: QWidget) -> str:
    """A description that helps to find a widget."""
    path, above = [], widget
    while isinstance(above, QWidget) and not above.isWindow():
        path.append(type(above).__name__)
        above = above.parent()
    text = widget.text() if isinstance(widget, QAbstractButton | QLabel) else ""
    return (
        f"{type(widget).__name__} “{text or widget.accessibleName() or widget.objectName()}” in {'<'.join(path[1:4])}"
    )


def nameless(window: QWidget) -> list[str]:
    return [described(widget) for widget in controls(window) if not name_of(widget)]


def unreachable(window: QWidget) -> list[str]:
    """Visible, enabled controls that Tab does not reach."""
    chain = tab_chain(window)
    return [
        described(widget)
        for widget in controls(window)
        if usable(widget) and widget not in chain and not reached_otherwise(widget)
    ]


def reached_otherwise(widget: QWidget) -> bool:
    """The arrow keys reach a radio button from its neighbour; a tab bar without a choice needs no key."""
    if isinstance(widget, QTabBar):
        return widget.count() < 2
    return isinstance(widget, QAbstractButton) and widget.autoExclusive()


def traps(window: QWidget) -> list[str]:
    """Controls that Tab cannot leave."""
    caught = []
    for widget in controls(window):
        if not widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
            continue
        if isinstance(widget, QAbstractItemView) and widget.tabKeyNavigation():
            caught.append(described(widget))
        elif isinstance(widget, QTextBrowser):
            continue  # Tab visits its links, then moves on
        elif isinstance(widget, QPlainTextEdit | QTextEdit) and not widget.tabChangesFocus():
            caught.append(described(widget))
    return caught


def usable(widget: QWidget) -> bool:
    return widget.isVisible() and widget.isEnabled() and not widget.visibleRegion().isEmpty()


def tab_chain(window: QWidget) -> list[QWidget]:
    """The widgets that Tab visits, in order."""
    chain: list[QWidget] = []
    seen: list[QWidget] = []
    widget = window.nextInFocusChain()
    while widget is not window and widget not in seen:
        seen.append(widget)
        if usable(widget) and widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.window() is window:
            chain.append(widget)
        widget = widget.nextInFocusChain()
    return chain


def backwards(window: QWidget) -> list[str]:
    """Tab steps that go up within a column, or left within a line."""
    chain = [widget for widget in tab_chain(window) if not is_part(widget) and not came_later(widget)]
    # The chain is a ring with an arbitrary start: one step back is right, from what nothing follows to what nothing
    # precedes.
    ring = [*chain, *chain[:1]]
    back = [(before, after) for before, after in pairwise(ring) if _goes_back(before, after)]
    if len(back) == 1:
        ((last, first),) = back
        if not any(_goes_back(first, one) or _goes_back(one, last) for one in chain):
            return []
    return [f"{described(before)} → {described(after)}" for before, after in back]


def _goes_back(before: QWidget, after: QWidget) -> bool:
    window = before.window()
    first, then = place(before, window), place(after, window)
    if before.isAncestorOf(after) or after.isAncestorOf(before):
        return False
    in_column = min(first.right(), then.right()) > max(first.left(), then.left())
    in_line = min(first.bottom(), then.bottom()) > max(first.top(), then.top())
    return (in_column and then.bottom() <= first.top()) or (in_line and not in_column and then.right() <= first.left())


def came_later(widget: QWidget) -> bool:
    """Whether it is in a message or a step of the tour: those appear above the rest, and come last in the order."""
    above = widget.parentWidget()
    return above is not None and (above.property("tour") or above.property("notice")) is not None


def place(widget: QWidget, window: QWidget) -> QRect:
    """Its visible area; parts scrolled out of sight do not count."""
    return widget.visibleRegion().boundingRect().translated(widget.mapTo(window, QPoint(0, 0)))


def mnemonics(window: QWidget) -> dict[str, list[str]]:
    """Visible widgets by the letter that, with Alt, activates them."""
    found: dict[str, list[str]] = defaultdict(list)
    for text, owner in mnemonic_texts(window):
        if match := MNEMONIC.search(text.replace("&&", "")):
            found[match.group(1).lower()].append(f"{text} ({owner})")
    return found


def mnemonic_texts(window: QWidget) -> Iterator[tuple[str, str]]:
    for widget in window.findChildren(QWidget):
        if widget.window() is not window or not widget.isVisible() or widget.visibleRegion().isEmpty():
            continue
        if isinstance(widget, QTabBar):
            yield from ((widget.tabText(tab), "tab") for tab in range(widget.count()))
        elif (isinstance(widget, QLabel) and widget.buddy() is not None) or (
            isinstance(widget, QAbstractButton) and not is_part(widget)
        ):
            yield widget.text(), type(widget).__name__
        elif isinstance(widget, QGroupBox):
            yield widget.title(), "group"
    if isinstance(window, QMainWindow):
        yield from ((action.text(), "menu") for action in window.menuBar().actions())


def clashes(window: QWidget) -> list[str]:
    """Letters shared by two visible widgets; and, in each menu, by two of its entries."""
    told = [f"Alt+{letter}: {owners}" for letter, owners in mnemonics(window).items() if len(owners) > 1]
    for menu in window.findChildren(QMenu):
        letters: dict[str, list[str]] = defaultdict(list)
        for action in menu.actions():
            if match := MNEMONIC.search(action.text().replace("&&", "")):
                letters[match.group(1).lower()].append(action.text())
        told += [f"menu {menu.title()}: {owners}" for owners in letters.values() if len(owners) > 1]
    return told


def without_letter(window: QWidget) -> list[str]:
    """Primary buttons and field labels without a mnemonic."""
    return [
        described(widget)
        for widget in window.findChildren(QWidget)
        if widget.isVisible()
        and (
            (isinstance(widget, QPushButton) and widget.property("primary"))
            or (isinstance(widget, QLabel) and is_of_a_field(widget))
        )
        and not MNEMONIC.search(widget.text())
    ]


def is_of_a_field(label: QLabel) -> bool:
    """Whether a mnemonic in the label would lead anywhere; forms also label read-only text."""
    buddy = label.buddy()
    return buddy is not None and bool(buddy.focusPolicy() & Qt.FocusPolicy.TabFocus)


def ambiguous_keys(window: QWidget) -> list[str]:
    """Shortcuts shared by two actions of a window; Qt then triggers neither."""
    keys: dict[str, list[str]] = defaultdict(list)
    for action in window.findChildren(QAction):
        for sequence in action.shortcuts():
            if action.isEnabled() and action.shortcutContext() is Qt.ShortcutContext.WindowShortcut:
                keys[sequence.toString()].append(action.text())
    return [f"{sequence}: {owners}" for sequence, owners in keys.items() if len(owners) > 1]


def focus_unseen(window: QWidget) -> list[str]:
    """Controls that look the same with and without the focus."""
    unseen = []
    window.activateWindow()
    for widget in controls(window):
        if not usable(widget) or not widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
            continue
        holder = widget.parentWidget() or widget
        if (focused := QApplication.focusWidget()) is not None:
            focused.clearFocus()
        before = picture(widget, holder)
        widget.setFocus(Qt.FocusReason.TabFocusReason)
        window.setAttribute(Qt.WidgetAttribute.WA_KeyboardFocusChange)  # as the Tab key does
        after = picture(widget, holder)
        if before == after:
            unseen.append(described(widget))
        widget.clearFocus()
    return unseen


def picture(widget: QWidget, holder: QWidget) -> object:
    around = QRect(widget.mapTo(holder, QPoint(0, 0)), widget.size()).adjusted(-3, -3, 3, 3)
    return holder.grab(around.intersected(holder.rect())).toImage()


def cut(window: QWidget) -> list[str]:
    """Texts that have less room than they need."""
    told = []
    for widget in window.findChildren(QWidget):
        if (
            not widget.isVisible()
            or widget.visibleRegion().isEmpty()
            or widget.window() is not window
            or is_part(widget)
        ):
            continue
        if isinstance(widget, ElidedLabel):
            continue  # elided if necessary, with the full text in its tooltip
        if isinstance(widget, QLabel) and widget.text() and widget.pixmap().isNull():
            room = widget.contentsRect()
            if widget.wordWrap():
                short = widget.height() < widget.heightForWidth(widget.width()) - 1
            else:
                short = room.width() < widget.sizeHint().width() - 2 or room.height() < widget.sizeHint().height() - 2
            if short:
                told.append(f"{described(widget)}: {widget.size().toTuple()} for {widget.sizeHint().toTuple()}")
        elif (
            isinstance(widget, QPushButton | QCheckBox | QToolButton) and widget.width() < widget.sizeHint().width() - 2
        ):
            told.append(f"{described(widget)}: {widget.width()} for {widget.sizeHint().width()}")
    return told


def seen_in(window: QWidget) -> list[QWidget]:
    """The visible widgets of a window."""
    return [
        widget
        for widget in window.findChildren(QWidget)
        if widget.isVisible()
        and widget.window() is window
        and not widget.visibleRegion().isEmpty()
        and not is_part(widget)
    ]


def overlapping(window: QWidget) -> list[str]:
    """Adjacent controls or texts that overlap."""
    told = []
    seen = [
        widget
        for widget in seen_in(window)
        if isinstance(widget, QLabel | QAbstractButton | QLineEdit | QComboBox | QAbstractSpinBox | QListWidget)
    ]
    for number, first in enumerate(seen):
        for second in seen[number + 1 :]:
            if first.parent() is second.parent() and first.geometry().intersects(second.geometry()):
                told.append(f"{described(first)} over {described(second)}")
    return told
