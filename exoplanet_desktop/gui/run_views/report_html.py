"""A report as one HTML file that loads nothing from outside."""

import base64
from collections.abc import Sequence

from PySide6.QtCore import QBuffer, QIODevice
from PySide6.QtGui import QImage

from exoplanet_desktop.gui.charts.export import svg
from exoplanet_desktop.gui.charts.figure import ChartStyle, Figure
from exoplanet_desktop.gui.run_views.report_blocks import Block, Picture, as_markup, escaped
from exoplanet_desktop.gui.widgets.picture_view import decoded

# Nothing may be loaded or run, whatever the texts contain.
POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
STYLE = """
body {{ font: 15px/1.45 system-ui, sans-serif; color: {text}; background: {base}; max-width: 60rem; margin: 2rem auto;
  padding: 0 1rem; overflow-wrap: anywhere; }}
h1 {{ font-size: 1.6rem; margin-bottom: 0; }} h2 {{ font-size: 1.15rem; margin-top: 2rem; }}
table {{ border-collapse: collapse; margin: 0.5rem 0 1rem; }}
th, td {{ padding: 0.2rem 0.8rem 0.2rem 0; border-bottom: 1px solid {line}; vertical-align: top; text-align: left; }}
th[align=right], td[align=right] {{ text-align: right; font-variant-numeric: tabular-nums; }}
figure {{ margin: 1rem 0; }} figure img {{ max-width: 100%; }}
details {{ color: {muted}; }} figcaption {{ font-weight: 600; }}
@media print {{ figure, table {{ break-inside: avoid; }} }}
"""


def as_html(title: str, blocks: Sequence[Block], style: ChartStyle) -> bytes:
    """The whole file, in UTF-8."""
    tokens = style.tokens
    sheet = STYLE.format(text=tokens.text, base=tokens.base, line=tokens.line, muted=tokens.muted)
    body = "\n".join(_markup(block, style) for block in blocks)
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escaped(title)}</title>\n<style>{sheet}</style>\n</head>\n<body>\n{body}\n</body>\n</html>\n"
    ).encode("utf-8", "replace")  # a server's text may contain half a surrogate pair


def _markup(block: Block, style: ChartStyle) -> str:
    if isinstance(block, Figure):
        words = escaped(block.summary())
        source = _data("image/svg+xml", svg(block, style))
        return (
            f'<figure><img src="{source}" alt="{words}"><figcaption>{escaped(block.title)}</figcaption>'
            f"<details><summary>In words</summary><p>{words}</p></details></figure>"
        )
    if isinstance(block, Picture):
        image = decoded(block.content)
        if image.isNull():
            return ""
        title = escaped(block.title)
        source = _data("image/png", _png(image))
        return f'<figure><img src="{source}" alt="{title}"><figcaption>{title}</figcaption></figure>'
    return as_markup(block)


def _data(kind: str, content: bytes) -> str:
    return f"data:{kind};base64,{base64.b64encode(content).decode('ascii')}"


def _png(image: QImage) -> bytes:
    """Re-encode an image: of the sender's file, only its pixels enter the report."""
    device = QBuffer()
    device.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(device, "PNG")  # type: ignore[call-overload]
    return bytes(device.data().data())
