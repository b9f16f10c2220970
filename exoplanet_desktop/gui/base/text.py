"""Text as the user reads it: translatable strings, numbers and dates in the user's locale.

Only text in the window goes through here; files and the command line keep plain numbers.
"""

import math
from datetime import UTC, datetime

from PySide6.QtCore import QCoreApplication, QDate, QDateTime, QLocale, QTime

CONTEXT = "exoplanet_desktop"
NONE = "–"
WHOLE_BELOW = 1e12
LONGEST = 1e16  # from here on, a number with all its digits is no longer readable


def tr(text: str, /, **values: object) -> str:
    """A text in the user's language; replaces each `{name}` by the value of that name.

    >>> tr("{count} rows in {file}", count="9,464", file="koi.csv")
    '9,464 rows in koi.csv'
    """
    translated = QCoreApplication.translate(CONTEXT, text)
    return translated.format(**values) if values else translated


def locale() -> QLocale:
    """The locale of the window: Qt's default, or English numbers if the system has no locale."""
    chosen = QLocale()
    if chosen.language() != QLocale.Language.C:
        return chosen
    return QLocale(QLocale.Language.English, QLocale.Country.UnitedStates)


def count(number: int) -> str:
    """A whole number with digit grouping.

    >>> count(9464)
    '9,464'
    """
    # Qt takes 64 bits, and fails in whatever calls it beyond them.
    return locale().toString(number) if abs(number) < 1 << 63 else f"{number:.3g}"


def counted(number: int, one: str, many: str) -> str:
    """A number with its noun; both forms are already translated.

    >>> counted(1, "row", "rows"), counted(2000, "row", "rows")
    ('1 row', '2,000 rows')
    """
    return f"{count(number)} {one if number == 1 else many}"


def fixed(value: float | None, places: int = 3) -> str:
    """A number with a fixed number of decimals; a dash if there is no number.

    >>> fixed(0.93344), fixed(None), fixed(1234.5, 1)
    ('0.933', '–', '1,234.5')
    """
    if value is None or not math.isfinite(value):
        return NONE
    if abs(value) >= LONGEST:
        return f"{value:.3g}"
    return locale().toString(float(value), "f", places)


def few_digits(value: float) -> str:
    """A number in four digits; a whole or a long one in as many as it has before its point.

    >>> few_digits(19.7512), few_digits(10_000.0), few_digits(129_995.8), few_digits(0.00012)
    ('19.75', '10,000', '129,996', '0.00012')
    """
    whole = 1 <= abs(value) < WHOLE_BELOW and (value == round(value) or abs(value) >= 1e4)
    return count(round(value)) if whole else f"{value:.4g}"


def percent(share: float, places: int = 0) -> str:
    """A fraction as a percentage.

    >>> percent(0.583), percent(0.968, 1)
    ('58 %', '96.8 %')
    """
    return f"{fixed(share * 100, places)} %"


def megabytes(size_bytes: int) -> str:
    """A size in MB (10^6 bytes).

    >>> megabytes(3_019_252)
    '3.0 MB'
    """
    return f"{fixed(size_bytes / 1e6, 1)} MB"


def moment(when: datetime) -> str:
    """A date with its time, short, in local time."""
    local = when.astimezone()
    return locale().toString(QDateTime.fromSecsSinceEpoch(int(local.timestamp())), QLocale.FormatType.ShortFormat)


def short_moment(when: datetime) -> str:
    """The time if it is today, otherwise the date, in local time."""
    local = when.astimezone()
    if local.date() == datetime.now(UTC).astimezone().date():
        return clock_time(local)
    return locale().toString(QDate(local.year, local.month, local.day), QLocale.FormatType.ShortFormat)


def duration(seconds: float) -> str:
    """A duration as one number with its unit.

    >>> duration(40), duration(290), duration(9000)
    ('40 s', '5 minutes', '2.5 hours')
    """
    if seconds < 120:
        return tr("{number} s", number=fixed(seconds, 0))
    if seconds < 5400:
        return tr("{number} minutes", number=fixed(seconds / 60, 0))
    return tr("{number} hours", number=fixed(seconds / 3600, 1))


def clock_time(when: datetime, *, seconds: bool = False) -> str:
    """A time of day, in local time."""
    local = when.astimezone()
    time, style = QTime(local.hour, local.minute, local.second), locale().timeFormat(QLocale.FormatType.ShortFormat)
    return locale().toString(time, style.replace("mm", "mm:ss") if seconds else style)
