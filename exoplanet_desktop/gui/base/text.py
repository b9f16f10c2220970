"""Texts and numbers as the user reads them: words that can be translated, numbers and dates by the locale.

Only what stands in the window passes here; files and the command line keep plain numbers.
"""

from datetime import UTC, datetime

from PySide6.QtCore import QCoreApplication, QDate, QDateTime, QLocale, QTime

CONTEXT = "exoplanet_desktop"
NONE = "–"


def tr(text: str, /, **values: object) -> str:
    """A text in the user's language; `{name}` in it is replaced by the value of that name.

    >>> tr("{count} rows in {file}", count="9,464", file="koi.csv")
    '9,464 rows in koi.csv'
    """
    translated = QCoreApplication.translate(CONTEXT, text)
    return translated.format(**values) if values else translated


def locale() -> QLocale:
    """The locale of the window: Qt's default, with English numbers where the system has none of its own."""
    chosen = QLocale()
    if chosen.language() != QLocale.Language.C:
        return chosen
    return QLocale(QLocale.Language.English, QLocale.Country.UnitedStates)


def count(number: int) -> str:
    """A whole number with its groups.

    >>> count(9464)
    '9,464'
    """
    # Qt takes 64 bits; anything beyond is no count.
    return locale().toString(number)


def counted(number: int, one: str, many: str) -> str:
    """A number with its noun, both forms already translated.

    >>> counted(1, "row", "rows"), counted(2000, "row", "rows")
    ('1 row', '2,000 rows')
    """
    return f"{count(number)} {one if number == 1 else many}"


def fixed(value: float | None, places: int = 3) -> str:
    """A number with so many decimals; a dash where there is none.

    >>> fixed(0.93344), fixed(None), fixed(1234.5, 1)
    ('0.933', '–', '1,234.5')
    """
    if value is None or value != value:
        return NONE
    return locale().toString(float(value), "f", places)


def percent(share: float, places: int = 0) -> str:
    """A share of one in percent.

    >>> percent(0.583), percent(0.968, 1)
    ('58 %', '96.8 %')
    """
    return f"{locale().toString(share * 100, 'f', places)} %"


def megabytes(size_bytes: int) -> str:
    """A size in MB (10^6 bytes).

    >>> megabytes(3_019_252)
    '3.0 MB'
    """
    return f"{fixed(size_bytes / 1e6, 1)} MB"


def moment(when: datetime) -> str:
    """A date with its time, short, in the zone of this machine."""
    local = when.astimezone()
    return locale().toString(QDateTime.fromSecsSinceEpoch(int(local.timestamp())), QLocale.FormatType.ShortFormat)


def short_moment(when: datetime) -> str:
    """The time of today, the date of another day, in the zone of this machine."""
    local = when.astimezone()
    if local.date() == datetime.now(UTC).astimezone().date():
        return clock_time(local)
    return locale().toString(QDate(local.year, local.month, local.day), QLocale.FormatType.ShortFormat)


def duration(seconds: float) -> str:
    """A span of time in one number.

    >>> duration(40), duration(290), duration(9000)
    ('40 s', '5 minutes', '2.5 hours')
    """
    if seconds < 120:
        return tr("{number} s", number=fixed(seconds, 0))
    if seconds < 5400:
        return tr("{number} minutes", number=fixed(seconds / 60, 0))
    return tr("{number} hours", number=fixed(seconds / 3600, 1))


def clock_time(when: datetime, *, seconds: bool = False) -> str:
    """A time of day, in the zone of this machine."""
    local = when.astimezone()
    time, style = QTime(local.hour, local.minute, local.second), locale().timeFormat(QLocale.FormatType.ShortFormat)
    return locale().toString(time, style.replace("mm", "mm:ss") if seconds else style)
