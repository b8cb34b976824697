"""Dates as pages print them, absolute and relative, kept exactly as sharp as they were printed."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Literal, TypeAlias

from archive.date_words import date_words, plain
from archive.model import Precision

Label: TypeAlias = Literal["published", "updated", "date"]

LONGEST_DATE = 120  # characters; a longer string is prose
LONGEST_BYLINE = 40  # characters of a name and a date
EARLIEST_YEAR, LATEST_YEAR = 1800, 2100
AHEAD = timedelta(days=2)  # clocks run ahead and zones differ; later dates are errors of the page
DAYS_BACK, MONTHS_BACK = 40_000, 1_200

STEPS = {  # unit -> days, seconds, months
    Precision.SECOND: (0, 1, 0),
    Precision.MINUTE: (0, 60, 0),
    Precision.HOUR: (0, 3600, 0),
    Precision.DAY: (1, 0, 0),
    Precision.WEEK: (7, 0, 0),
    Precision.MONTH: (0, 0, 1),
    Precision.YEAR: (0, 0, 12),
}
# What is meant by half of a unit: 半年前 names a month, 半日前 an hour.
HALVES = {Precision.YEAR: Precision.MONTH, Precision.MONTH: Precision.WEEK, Precision.DAY: Precision.HOUR}
DIGITS_KEPT = {Precision.YEAR: 4, Precision.MONTH: 7, Precision.DAY: 10, Precision.WEEK: 10, Precision.HOUR: 13}
SHARPNESS = list(Precision)

SEPARATORS = re.compile(
    r"\s*[|｜·•・\n\t]\s*|\s{2,}|\s[-–—/]\s|\s*[()（）]\s*"
    r"|\s+(?=(?:来源|來源|出典|文|By|by|von|par|por)\W*\s?\w)"
    r"|\s+(?=(?:最終更新|更新|公開|最后更新|发布|수정|입력))"
    r"|,\s*(?=[^\W\d]+:\s)|,?\s+(?=(?:Updated|Published|Modified|Modifié|Mis à jour|Aktualisiert|Actualizado))",
    re.IGNORECASE,
)
FILLERS = re.compile(
    r"(?<!\w)(?:at|um|à|a las|às|alle|om|kl\.?|в|on|le|am|vom|den|il|el|em|op|dated)(?!\w)|(?<=\d)\s?t(?!\w)"
    r"|[|·•@،]|^\W+|[\s,;:(\[–—-]+$"
)
ORDINAL = r"(?:st|nd|rd|th|er|º|ª|°|\.)?"
# A month: a word; in Thai with vowel signs or full stops (ต.ค.), in Hindi with vowel signs, in Arabic of two words.
WORD = r"(?P<month>[^\W\d_]{3,12}(?: (?:الأول|الثاني))?|[\u0900-\u097f]{2,12}|[\u0e01-\u0e4e.]{4,12}|آب)\.?"
OF = r"(?:de |of |del |d')?"
THAI = re.compile("[\u0e01-\u0e4e]")
DATE_FORMS = tuple(
    re.compile(form)
    for form in (
        r"(?P<year>\d{4})\s*(?P<sep>[-/.])\s*(?P<month_no>\d{1,2})\s*(?P=sep)\s*(?P<day>\d{1,2})\.?",
        r"(?P<year>\d{4})\s*[年년]\s*(?P<month_no>\d{1,2})\s*[月월]\s*(?P<day>\d{1,2})\s*[日号號일]",
        r"(?P<year>\d{4})\s*[年년]\s*(?P<month_no>\d{1,2})\s*[月월]",
        r"(?P<year>\d{4})[-/](?P<month_no>\d\d)",
        r"(?P<day>\d{1,2}) tháng (?P<month_no>\d{1,2})(?:,| năm|, năm)? (?P<year>\d{4})",
        rf"(?P<day>\d{{1,2}}){ORDINAL}[ /-]*{OF}{WORD} ?,?[ /-]*{OF}(?P<year>\d{{4}}|\d\d)(?:\s*г\.?|\s*года)?",
        rf"{WORD}[ /-]*(?P<day>\d{{1,2}}){ORDINAL},?[ /-]*(?P<year>\d{{4}})",
        rf"(?P<year>\d{{4}})[ ,./-]*{WORD}[ ./-]*(?P<day>\d{{1,2}})",
        rf"{WORD},?[ /-]*{OF}(?P<year>\d{{4}})",
        r"(?P<first>\d{1,2})\s*(?P<sep>[-/.])\s*(?P<second>\d{1,2})\s*(?P=sep)\s*(?P<year>\d{4})\.?",
        r"(?P<first>\d\d)(?P<sep>[/.])(?P<second>\d\d)(?P=sep)(?P<year>\d\d)",
        r"(?P<era>[^\W\d_]{2,4})\s*(?P<era_year>\d{1,3}|元)\s*年\s*(?P<month_no>\d{1,2})\s*月(?:\s*(?P<day>\d{1,2})\s*日)?",
        r"(?P<year>\d{4})(?P<month_no>\d\d)(?P<day>\d\d)",
    )
)
DATE_AND_CLOCK = re.compile(
    r"(?<!\d)\d{4}\s?[-/.年]\s?\d{1,2}\s?[-/.月]\s?\d{1,2}\s?日?\s?\d{1,2}:\d\d(?::\d\d)?(?!\d)"
)
BY_NAME = re.compile(  # By A. Mori on 3 May 2024
    r"(?:(?:submitted|posted|published|written|added|gespeichert|eingereicht|erstellt|verfasst|publié|soumis|enviado|"
    r"publicado|inviato|inserito) )?(?:by|von|par|por|da|di) [^\d:!?]{2,40}? (?:on|am|le|el|il|em) (?P<date>.+)"
)
BASIC_ISO = re.compile(r"(\d{4})(\d\d)(\d\d)t(\d\d)(\d\d)(\d\d)?(z|[+-]\d{4})?")
EPOCH = re.compile(r"([12]\d{9})(?:\d{3})?(?:\.\d+)?")


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A date with its sharpness: "2025-11-12T08:30:00Z" minute, "2025-11-12" day, "2025-11" month, "2025" year."""

    value: str
    precision: Precision


def utc_iso(instant: datetime) -> str:
    """Return *instant* as it is stored, in UTC, cut to the second: "2025-11-12T08:30:00Z".

    Raises ValueError when *instant* is naive: the moment it names would be a guess.

    >>> utc_iso(datetime(2025, 11, 12, 8, 30, tzinfo=UTC))
    '2025-11-12T08:30:00Z'
    """
    if instant.tzinfo is None:
        raise ValueError(f"a time without a zone: {instant!r}")
    return instant.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def parse_date(raw: str, *, seen_at: datetime | None = None, lang: str | None = None) -> PartialDate | None:
    """Return the date that *raw* prints as a whole: absolute, or relative to *seen_at*, labels and bylines aside.

    *seen_at* is the capture time, aware; without it relative dates are not read. *lang* (BCP 47) only decides what
    12/11/2025 means; without it such a date is None. A time without a zone counts for nothing: the answer is a day.
    None means that *raw* is no date, is prose with a date in it, is a lone year, or lies more than two days after
    *seen_at*. Of several dates the published one is taken; two that are both unnamed are None.

    Raises ValueError when *seen_at* is naive. Source: SITES 5.2, research/extraction.md section 6.
    """
    if len(raw) > LONGEST_DATE or not raw.strip():
        return None
    found = _read(plain(raw), seen_at, lang) or _read_parts(raw, seen_at, lang) or _byline(raw)
    if found and seen_at and first_instant(found.value) > seen_at + AHEAD:
        return None
    return found


def resolve_relative(raw: str, *, seen_at: datetime) -> PartialDate | None:
    """Return the date that a relative date such as 23日前 stands for.

    *raw* is the text as printed; *seen_at* is the capture time, aware.
    The answer is as sharp as the unit printed: 時間前 gives an hour, 日前 a day, 半年前 a month.
    None means that *raw* holds no relative date, or a vague one (数日前).

    Raises ValueError when *seen_at* is naive: the day it names would be a guess.

    Source: the form printed by hyper.ai, SITES 5.2 and section 7.

    >>> resolve_relative("23日前", seen_at=datetime(2025, 12, 15, tzinfo=UTC)).value
    '2025-11-22'
    """
    if seen_at.tzinfo is None:
        raise ValueError(f"a time without a zone: {seen_at!r}")
    return _relative(_unlabelled(plain(raw)), seen_at.astimezone(UTC)) if len(raw) <= LONGEST_DATE else None


def label_of(raw: str) -> Label | None:
    """Return what the label that opens *raw* says of the date behind it: "date" for no more than that; None without.

    >>> label_of("Veröffentlicht am 16.08.2019")
    'published'
    """
    words, text = date_words(), plain(raw) + " "
    if words.updated_label.match(text):
        return "updated"
    if BY_NAME.match(text) or words.published_label.match(text):
        return "published"
    return "date" if words.label.match(text) else None


def hours_between(published_at: str, precision: Precision | str, instant: str) -> float | None:
    """Return the hours from the start of *published_at* to *instant*, both as stored; negative when it came before.

    With a *precision* coarser than an hour the true number is smaller by up to that unit.
    None means that one of them cannot be read.

    >>> hours_between("2025-11-12", "day", "2025-11-13T06:00:00Z")
    30.0
    """
    try:
        Precision(precision)
        return (datetime.fromisoformat(instant) - first_instant(published_at)).total_seconds() / 3600
    except (ValueError, TypeError):
        return None


def first_instant(value: str) -> datetime:
    """Return the first instant of a stored date; ValueError when it is none."""
    if len(value) < len("2025"):
        raise ValueError(f"no date: {value!r}")
    found = datetime.fromisoformat(value + "0001-01-01T00:00:00Z"[len(value) :])
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _read(text: str, seen_at: datetime | None, lang: str | None) -> PartialDate | None:
    bare = _unlabelled(text)
    if seen_at and (found := _relative(bare, seen_at.astimezone(UTC))):
        return found
    by_name = BY_NAME.fullmatch(bare)
    return _absolute(by_name["date"] if by_name else bare, lang)


def _read_parts(raw: str, seen_at: datetime | None, lang: str | None) -> PartialDate | None:
    """Read "h.li · 23日前" and "2025-11-10 (updated 2025-11-12)"."""
    parts = [plain(part) for part in SEPARATORS.split(raw) if part and part.strip()]
    updated = date_words().updated_label
    dates = [(found, bool(updated.match(part))) for part in parts if (found := _read(part, seen_at, lang))]
    first = [found for found, is_update in dates if not is_update] or [found for found, _ in dates]
    return first[0] if first and all(found == first[0] for found in first) else None


def _unlabelled(text: str) -> str:
    words = date_words()
    for _ in range(3):
        shorter = words.label.sub("", text.strip("()[]<>「」【】"))
        if shorter == text:
            break
        text = shorter
    return words.label_behind.sub("", text).strip(" .,;:・") if text[-1:] > "\u1100" else text.strip(" ,;:")


def _relative(text: str, seen_at: datetime) -> PartialDate | None:
    words = date_words()
    if fixed := words.expressions.get(text):
        return _back(seen_at, [(fixed[1], fixed[0])], fixed[0])
    if found := words.amounts.fullmatch(text):
        return _sum_of(found["amounts"] or found["amounts_first"], seen_at)
    clock = words.clock.search(text)
    if not clock:
        return None
    rest = _relative(FILLERS.sub("", _cut_out(text, clock)).strip(), seen_at)
    return rest if rest and rest.precision is Precision.DAY else None  # 昨天 18:57: the clock has no zone


def _sum_of(amounts: str, seen_at: datetime) -> PartialDate | None:
    words = date_words()
    steps: list[tuple[float, Precision]] = []
    for found in words.amount.finditer(amounts):
        number = words.numbers.get(found["number"])
        value = float(found["number"].replace(",", ".")) if number is None else number
        steps.append((value + (0.5 if found["half"] else 0), words.units[found["unit"]]))
    sharpest = min((unit for _, unit in steps), key=SHARPNESS.index)
    if any(value % 1 for value, _ in steps):
        sharpest = HALVES.get(sharpest, sharpest)
    return _back(seen_at, steps, sharpest)


def _back(seen_at: datetime, steps: list[tuple[float, Precision]], precision: Precision) -> PartialDate | None:
    days = sum(value * STEPS[unit][0] for value, unit in steps)
    seconds = sum(value * STEPS[unit][1] for value, unit in steps)
    months = sum(value * STEPS[unit][2] for value, unit in steps)
    if days + seconds / 86_400 > DAYS_BACK or months > MONTHS_BACK:
        return None
    instant = seen_at - timedelta(days=days + (months % 1) * 30, seconds=seconds)
    year, month = divmod(instant.year * 12 + instant.month - 1 - int(months), 12)
    day = min(instant.day, _days_in(year, month + 1))
    return PartialDate(_cut(instant.replace(year=year, month=month + 1, day=day), precision), precision)


def _days_in(year: int, month: int) -> int:
    return (date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)).day


def _cut(instant: datetime, precision: Precision) -> str:
    full = instant.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds")
    kept = full[: DIGITS_KEPT.get(precision, 16 if precision is Precision.MINUTE else 19)]
    return kept if len(kept) <= 10 else kept + ":00:00"[: 19 - len(kept)] + "Z"


def _absolute(text: str, lang: str | None) -> PartialDate | None:
    if not any(char.isdigit() for char in text):
        return None
    if found := _digits_only(text):
        return found
    clock = date_words().clock.search(text)
    rest = _cut_out(text, clock)
    for candidate in _candidates(rest):
        if day := _day(candidate, lang):
            return _with_clock(day, clock)
    return None


def _candidates(rest: str) -> Iterator[str]:
    text = " ".join(FILLERS.sub(" ", rest).split())
    yield text.strip(" ,;:")
    # A second try without the weekday: mar is a month before it is mardi.
    yield " ".join(date_words().weekday.sub(" ", text, count=1).split()).strip(" ,;:.")


def _cut_out(text: str, found: re.Match[str] | None) -> str:
    return f"{text[: found.start()]} {text[found.end() :]}" if found else text


def _digits_only(text: str) -> PartialDate | None:
    if epoch := EPOCH.fullmatch(text):
        return PartialDate(utc_iso(datetime.fromtimestamp(int(epoch[1]), UTC)), Precision.SECOND)
    if basic := BASIC_ISO.fullmatch(text):
        year, month, day, hour, minute, second, zone = basic.groups()
        clock = f"{hour}:{minute}:{second}" if second else f"{hour}:{minute}"
        return _absolute(f"{year}-{month}-{day} {clock}{zone or ''}", None)
    return None


def _day(text: str, lang: str | None) -> tuple[int, int | None, int | None] | None:
    """Return year, month, day of a date without a clock; None when it is none or ambiguous."""
    for form in DATE_FORMS:
        if found := form.fullmatch(text):
            parts = _in_order(found.groupdict(), lang)
            year, month, day = _year(parts), _month(parts), parts.get("day")
            if (first := parts.get("first")) and (second := parts.get("second")):
                month, day = _order(int(first), int(second), parts.get("sep") or "", lang)
            if year and month and _is_date(year, month, int(day or 1)):
                return year, month, int(day) if day else None
    return None


def _in_order(parts: dict[str, str | None], lang: str | None) -> dict[str, str | None]:
    """Return the parts of 25.11.12 by the custom of *lang* (the year is first in East Asia); nothing without one."""
    if not parts.get("first") or len(parts["year"] or "") != 2:
        return parts
    if lang is None or lang.startswith("en"):
        return {}
    if lang.startswith(("ja", "zh", "ko")):
        return {"year": parts["first"], "month_no": parts["second"], "day": parts["year"]}
    return parts


def _year(parts: dict[str, str | None]) -> int | None:
    if era := parts.get("era"):
        before = date_words().eras.get(era)
        return None if before is None else before + (1 if parts["era_year"] == "元" else int(parts["era_year"] or 0))
    year = int(parts.get("year") or 0)
    if THAI.match(parts.get("month") or "") and year > LATEST_YEAR:
        year -= 543  # the Buddhist era
    return year + 2000 if len(parts.get("year") or "") == 2 else year


def _month(parts: dict[str, str | None]) -> int | None:
    if number := parts.get("month_no"):
        return int(number)
    return date_words().months.get(parts.get("month") or "")


def _order(first: int, second: int, separator: str, lang: str | None) -> tuple[int | None, str | None]:
    """Return month and day of 12/11/2025; (None, None) when both readings are possible."""
    day_first = separator == "." or (lang is not None and not lang.startswith(("en", "ja", "zh", "ko")))
    if first == second or second > 12 or lang == "en-US":
        return first, str(second)
    return (second, str(first)) if first > 12 or day_first else (None, None)


def _is_date(year: int, month: int, day: int) -> bool:
    return EARLIEST_YEAR <= year <= LATEST_YEAR and 1 <= month <= 12 and 1 <= day <= _days_in(year, month)


def _with_clock(day: tuple[int, int | None, int | None], clock: re.Match[str] | None) -> PartialDate:
    year, month, number = day
    if number is None:
        return PartialDate(f"{year:04}-{month:02}", Precision.MONTH)
    found = clock.groupdict() if clock else {}
    minutes_east = _minutes_east(found)
    hour = _hour(found)
    if minutes_east is None or hour is None:
        return PartialDate(f"{year:04}-{month:02}-{number:02}", Precision.DAY)
    minute, second = found["minute"] or found["minute_word"], found["second"] or found["second_word"]
    zone = timezone(timedelta(minutes=minutes_east))
    instant = datetime(year, month or 1, number, hour, int(minute or 0), int(second or 0), tzinfo=zone)
    precision = Precision.SECOND if second else Precision.MINUTE if minute else Precision.HOUR
    return PartialDate(_cut(instant, precision), precision)


def _hour(found: dict[str, str | None]) -> int | None:
    if not found:
        return None
    hour = int(found["hour"] or 0)
    half = (found["half"] or found["half_behind"] or found["half_alone"] or "").replace(".", "")
    if half in ("午後", "下午", "晚上", "오후", "pm") and hour < 12:
        hour += 12
    elif half in ("午前", "上午", "凌晨", "早上", "오전", "am") and hour == 12:
        hour = 0
    return hour if hour < 24 else None


def _minutes_east(found: dict[str, str | None]) -> int | None:
    """Return the offset of the zone a clock names; None when it names none, or one with several meanings."""
    if zone := found.get("zone"):
        return date_words().zones[zone]
    if offset := found.get("offset"):
        digits = re.sub(r"\D", "", offset)
        digits = (f"0{digits}" if len(digits) == 1 else digits).ljust(4, "0")
        minutes = int(digits[:2]) * 60 + int(digits[2:])
        return -minutes if "-" in offset else minutes
    return None


def _byline(raw: str) -> PartialDate | None:
    """Read "某某新闻 2025-11-12 18:57": a name beside one date in numbers that has a clock, as bylines print it."""
    text = plain(raw)
    found = DATE_AND_CLOCK.search(text)
    if not found or len(text) > LONGEST_BYLINE or re.search(r"[\d。!?]", _cut_out(text, found)):
        return None
    return _absolute(found[0], None)
