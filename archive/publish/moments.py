"""Dates as a reader sees them: no sharper than known, and how long after publication something was captured."""

from datetime import UTC, date, datetime

from archive.publish.words import Words

# strftime would ask the system's locale
ENGLISH_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def format_when(value: str | None, words: Words, *, precision: str | None = None) -> str:
    """Return the stored date *value* (2025, 2025-11, 2025-11-12 or an instant in UTC) in words; "" when None.

    A *precision* of hour leaves the minutes out, of week says so.
    """
    if not value:
        return ""
    year, month, day = [*value[:10].split("-"), "", ""][:3]
    text = _day_in_words(year, month, day, words)
    if len(value) > 10:
        text += f" {value[11:13]}:00 UTC" if precision == "hour" else f" {value[11:16]} UTC"
        return words("about {when}", when=text) if precision == "hour" else text
    return words("the week of {when}", when=text) if precision == "week" else text


def elapsed_since(published_at: str | None, instant: str | None, words: Words) -> str:
    """Return how long after *published_at* the *instant* lies, in words and no sharper than the date is known.

    "" when either is unknown.
    """
    if not published_at or not instant:
        return ""
    if len(published_at) > 10:
        hours = (_instant(instant) - _instant(published_at)).total_seconds() / 3600
        if abs(hours) < 48:
            return _hours_in_words(hours, words)
    if len(published_at) < 10:
        return _in_same_period(published_at, instant, words)
    days = (_instant(instant).date() - date.fromisoformat(published_at[:10])).days
    if days == 0:
        return words("on the day of publication")
    return words("{n} days after publication" if days > 0 else "{n} days before publication", n=abs(days))


def time_ago(value: str | None, now: datetime, words: Words) -> str:
    """Return how long before *now* the stored date *value* lies, in words: whole days, months or years.

    "" when it is None, lies ahead, or is too blunt to say.

    >>> time_ago("2025-11-22", datetime(2025, 12, 15, tzinfo=UTC), Words("en"))
    '23 days ago'
    """
    if not value or len(value) < 7:
        return ""
    day = date.fromisoformat(value[:10] if len(value) >= 10 else f"{value[:7]}-01")
    days = (now.date() - day).days
    if days < 0:
        return ""
    if len(value) >= 10 and days < 60:
        return words("{n} days ago", n=days) if days else words("today")
    months = (now.year - day.year) * 12 + now.month - day.month
    if months < 24:
        return words("{n} months ago", n=months) if months else ""
    return words("{n} years ago", n=months // 12)


def _day_in_words(year: str, month: str, day: str, words: Words) -> str:
    if words.language == "ja":
        return f"{year}年" + (f"{int(month)}月" if month else "") + (f"{int(day)}日" if day else "")
    parts = [str(int(day))] if day else []
    return " ".join([*parts, *([ENGLISH_MONTHS[int(month) - 1]] if month else []), year])


def _hours_in_words(hours: float, words: Words) -> str:
    amount = abs(hours)
    if amount < 1:
        after, before, n = "{n} min after publication", "{n} min before publication", round(amount * 60)
    else:
        after, before, n = "{n} h after publication", "{n} h before publication", round(amount)
    return words(after if hours >= 0 else before, n=n)


def _in_same_period(published_at: str, instant: str, words: Words) -> str:
    if instant.startswith(published_at):
        return words("in the year of publication" if len(published_at) == 4 else "in the month of publication")
    months = (int(instant[:4]) - int(published_at[:4])) * 12
    if len(published_at) == 7:
        months += int(instant[5:7]) - int(published_at[5:7])
    return words("about {n} months after publication", n=months) if months > 0 else ""


def _instant(value: str) -> datetime:
    return datetime.fromisoformat(value.replace("Z", "+00:00")).astimezone(UTC)
