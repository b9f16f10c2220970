"""The look of a page beyond Markdown: spacing, code backgrounds, table borders, line length."""

from PySide6.QtGui import (
    QBrush,
    QColor,
    QFont,
    QFontDatabase,
    QFontMetricsF,
    QTextBlock,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
    QTextFrameFormat,
    QTextLength,
    QTextListFormat,
    QTextTable,
)

from exoplanet_desktop.gui.base.theme import Tokens

LINE_HEIGHT = 130.0
CODE_LINE_HEIGHT = 100.0
MARGIN_PX = 16
CODE_PAD_PX = 8
CELL_PAD_PX = 5
LIST_INDENT_PX = 20
ABOVE_HEADING_PX = {1: 4, 2: 22, 3: 16}
WIDEST_LETTERS = 140  # length of an easily readable line, tables included
GLOSSARY_COLUMNS, GLOSSARY_PERCENT = 4, (22, 12)  # of title and unit; the name gets what it needs, the meaning the rest


def dress(document: QTextDocument, colours: Tokens, glossary: bool) -> None:
    """Style all blocks and tables. `glossary`: its table is the glossary of a satellite's columns."""
    document.setIndentWidth(LIST_INDENT_PX)
    all_at_once = QTextCursor(document)  # otherwise everything is laid out again after each change
    all_at_once.beginEditBlock()
    block = document.begin()
    while block.isValid():
        _dress_block(block, colours)
        block = block.next()
    for frame in document.rootFrame().childFrames():
        if isinstance(frame, QTextTable):
            _dress_table(frame, colours, glossary)
    all_at_once.endEditBlock()


def is_code(block: QTextBlock) -> bool:
    """Whether a block is a line of code. Qt confuses the first cell of a table after one with it."""
    fenced = block.isValid() and block.blockFormat().hasProperty(QTextFormat.Property.BlockCodeFence)
    return fenced and QTextCursor(block).currentTable() is None


def room(width: int, letter: int) -> int:
    """The maximum width of a picture. All in pixels: `width` is that of the view, `letter` that of a letter."""
    return max(200, min(width - 3 * MARGIN_PX, WIDEST_LETTERS * letter))


def fit(document: QTextDocument, width: int, letter: int) -> None:
    """Limit lines to a readable length; see `room`."""
    shape = QTextFrameFormat(document.rootFrame().frameFormat())
    right = max(MARGIN_PX, width - MARGIN_PX - WIDEST_LETTERS * letter)
    if shape.rightMargin() != right:
        shape.setRightMargin(right)
        document.rootFrame().setFrameFormat(shape)


def _dress_block(block: QTextBlock, colours: Tokens) -> None:
    shape = QTextBlockFormat()
    proportional = QTextBlockFormat.LineHeightTypes.ProportionalHeight.value
    shape.setLineHeight(LINE_HEIGHT, proportional)
    if is_code(block):
        shape.setLineHeight(CODE_LINE_HEIGHT, proportional)
        shape.setBackground(QBrush(QColor(colours.window)))
        shape.setTextIndent(CODE_PAD_PX)
        shape.setTopMargin(0 if is_code(block.previous()) else CODE_PAD_PX)
        shape.setBottomMargin(0 if is_code(block.next()) else 2 * CODE_PAD_PX)
    elif QTextCursor(block).currentTable() is not None:
        shape.setTopMargin(0)
        shape.setBottomMargin(0)
    elif level := block.blockFormat().headingLevel():
        shape.setTopMargin(ABOVE_HEADING_PX.get(level, ABOVE_HEADING_PX[3]))
    if (items := block.textList()) is not None:
        points = QTextListFormat(items.format())
        if points.style() == QTextListFormat.Style.ListCircle:
            points.setStyle(QTextListFormat.Style.ListDisc)
            items.setFormat(points)
    QTextCursor(block).mergeBlockFormat(shape)


def _dress_table(table: QTextTable, colours: Tokens, glossary: bool) -> None:
    shape = table.format()
    shape.setCellPadding(CELL_PAD_PX)
    shape.setCellSpacing(0)
    shape.setBorderCollapse(True)
    shape.setBorder(1)
    shape.setBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_Solid)
    shape.setBorderBrush(QBrush(QColor(colours.line)))
    shape.setTopMargin(CODE_PAD_PX)
    shape.setBottomMargin(CODE_PAD_PX)
    if glossary and shape.columns() == GLOSSARY_COLUMNS:
        kinds = QTextLength.Type
        shares = [QTextLength(kinds.PercentageLength, share) for share in GLOSSARY_PERCENT]
        shape.setColumnWidthConstraints([QTextLength(kinds.FixedLength, _names_px(table)), *shares, QTextLength()])
    table.setFormat(shape)
    for column in range(table.columns()):
        _dress_heading(table, column, colours)


def _names_px(table: QTextTable) -> float:
    """The width of the first column, so that no name in it is broken."""
    letters, document = 0, table.document()
    for row in range(table.rows()):
        letters = max(letters, len(table.cellAt(row, 0).firstCursorPosition().block().text()))
    code = QFont(document.defaultFont())
    code.setFamily(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont).family())
    return letters * QFontMetricsF(code).horizontalAdvance("0") + 4 * CELL_PAD_PX


def _dress_heading(table: QTextTable, column: int, colours: Tokens) -> None:
    """Emphasise the first row. Its words are set again: after a code block, Qt takes the first of them for code."""
    cell = table.cellAt(0, column)
    ground = cell.format().toTableCellFormat()
    ground.setBackground(QBrush(QColor(colours.window)))
    cell.setFormat(ground)
    bold = QTextCharFormat()
    bold.setFontWeight(QFont.Weight.DemiBold)
    cursor = cell.firstCursorPosition()
    cursor.setPosition(cell.lastCursorPosition().position(), QTextCursor.MoveMode.KeepAnchor)
    cursor.mergeCharFormat(bold)
