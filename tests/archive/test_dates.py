"""Dates: read in many languages, as sharp as printed, never invented."""

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.dates import PartialDate, hours_between, parse_date, resolve_relative, utc_iso
from archive.model import Precision

SEEN_AT = datetime(2025, 12, 15, 10, 42, 5, tzinfo=UTC)
DAY, WEEK, MONTH, YEAR = Precision.DAY, Precision.WEEK, Precision.MONTH, Precision.YEAR
HOUR, MINUTE, SECOND = Precision.HOUR, Precision.MINUTE, Precision.SECOND
DAYS = st.dates(min_value=date(1990, 1, 1), max_value=date(2025, 12, 10))


@pytest.mark.parametrize(
    ("raw", "value", "precision"),
    [
        ("23日前", "2025-11-22", DAY),
        ("２３日前", "2025-11-22", DAY),
        ("二十三日前", "2025-11-22", DAY),
        ("約3時間前", "2025-12-15T07:00:00Z", HOUR),
        ("10分前", "2025-12-15T10:32:00Z", MINUTE),
        ("30秒前", "2025-12-15T10:41:35Z", SECOND),
        ("たった今", "2025-12-15T10:42:00Z", MINUTE),
        ("昨日", "2025-12-14", DAY),
        ("一昨日", "2025-12-13", DAY),
        ("おととい", "2025-12-13", DAY),
        ("3週間前", "2025-11-24", WEEK),
        ("先週", "2025-12-08", WEEK),
        ("1ヶ月前", "2025-11", MONTH),
        ("3か月前", "2025-09", MONTH),
        ("1カ月前", "2025-11", MONTH),
        ("2ヵ月前", "2025-10", MONTH),
        ("半年前", "2025-06", MONTH),
        ("1年半前", "2024-06", MONTH),
        ("先月", "2025-11", MONTH),
        ("昨年", "2024", YEAR),
        ("2年前", "2023", YEAR),
        ("23 天前", "2025-11-22", DAY),
        ("昨天 18:57", "2025-12-14", DAY),
        ("前天", "2025-12-13", DAY),
        ("刚刚", "2025-12-15T10:42:00Z", MINUTE),
        ("5个小时前", "2025-12-15T05:00:00Z", HOUR),
        ("2 個月前", "2025-10", MONTH),
        ("两天前", "2025-12-13", DAY),
        ("上周", "2025-12-08", WEEK),
        ("23일 전", "2025-11-22", DAY),
        ("3시간 전", "2025-12-15T07:00:00Z", HOUR),
        ("어제", "2025-12-14", DAY),
        ("방금 전", "2025-12-15T10:42:00Z", MINUTE),
        ("한 달 전", "2025-11", MONTH),
        ("10 hours ago", "2025-12-15T00:00:00Z", HOUR),
        ("about an hour ago", "2025-12-15T09:00:00Z", HOUR),
        ("3 days, 2 hours ago", "2025-12-12T08:00:00Z", HOUR),
        ("Yesterday at 6:30 PM", "2025-12-14", DAY),
        ("2 days ago at 07:52 am", "2025-12-13", DAY),
        ("last week", "2025-12-08", WEEK),
        ("il y a 23 jours", "2025-11-22", DAY),
        ("il y a environ une heure", "2025-12-15T09:00:00Z", HOUR),
        ("avant-hier", "2025-12-13", DAY),
        ("vor 23 Tagen", "2025-11-22", DAY),
        ("vor einem Monat", "2025-11", MONTH),
        ("gestern", "2025-12-14", DAY),
        ("hace 3 días", "2025-12-12", DAY),
        ("ayer", "2025-12-14", DAY),
        ("un mese fa", "2025-11", MONTH),
        ("3 dias atrás", "2025-12-12", DAY),
        ("3 дня назад", "2025-12-12", DAY),
        ("منذ ساعة", "2025-12-15T09:00:00Z", HOUR),
    ],
)
def test_a_relative_date_is_as_sharp_as_its_unit(raw, value, precision):
    assert resolve_relative(raw, seen_at=SEEN_AT) == PartialDate(value, precision)
    assert parse_date(raw, seen_at=SEEN_AT) == PartialDate(value, precision)
    assert parse_date(raw) is None


def test_a_relative_date_counts_from_the_capture_in_utc():
    seen_in_tokyo = datetime(2025, 12, 1, 3, 0, tzinfo=timezone(timedelta(hours=9)))
    assert resolve_relative("昨日", seen_at=seen_in_tokyo) == PartialDate("2025-11-29", DAY)


@pytest.mark.parametrize(
    ("raw", "value", "precision"),
    [
        ("2025-11-12T08:30:05Z", "2025-11-12T08:30:05Z", SECOND),
        ("2025-11-12T08:30:00+0000", "2025-11-12T08:30:00Z", SECOND),
        ("2025-11-12T08:30:00.123+09:00", "2025-11-11T23:30:00Z", SECOND),
        ("2025-11-12T08:30+09:00", "2025-11-11T23:30:00Z", MINUTE),
        ("20251112T083000Z", "2025-11-12T08:30:00Z", SECOND),
        ("Wed, 12 Nov 2025 08:30:00 GMT", "2025-11-12T08:30:00Z", SECOND),
        ("Wed, 12 Nov 25 08:30:00 -0500", "2025-11-12T13:30:00Z", SECOND),
        ("Wed Nov 12 2025 08:30:00 GMT+0900 (JST)", "2025-11-11T23:30:00Z", SECOND),
        ("2025年11月12日 午後6時57分 JST", "2025-11-12T09:57:00Z", MINUTE),
        ("Nov 12, 2025, 10:30 AM EST", "2025-11-12T15:30:00Z", MINUTE),
        ("Nov 12, 2025, 5:57 PM GMT+8", "2025-11-12T09:57:00Z", MINUTE),
        ("1762936200", "2025-11-12T08:30:00Z", SECOND),
        ("1762936200000", "2025-11-12T08:30:00Z", SECOND),
        ("2025-11", "2025-11", MONTH),
        ("2025年11月", "2025-11", MONTH),
        ("November 2025", "2025-11", MONTH),
    ],
)
def test_an_absolute_date_is_as_sharp_as_printed(raw, value, precision):
    assert parse_date(raw) == PartialDate(value, precision)


@pytest.mark.parametrize(
    "raw",
    [
        "2025-11-12",
        "2025-11-12T08:30:00",
        "2025年11月12日 18:57",
        "2025年11月12日(水)",
        "2025年11月12日 星期三",
        "２０２５年１１月１２日",
        "二〇二五年十一月十二日",
        "令和7年11月12日",
        "民國114年11月12日",
        "2025. 11. 12. 오전 10:30",
        "2025년 11월 12일 오후 6:57",
        "2025/11/12 18:57:03",
        "20251112",
        "le 12 novembre 2025 à 18h57",
        "mar. 12 novembre 2025",
        "Mittwoch, 12. November 2025 um 18.57 Uhr",
        "12.11.2025",
        "November 12, 2025",
        "Nov 12 2025",
        "Wednesday, November 12th, 2025",
        "Nov. 12, 2025 10:30 AM ET",
        "10:30 AM · Nov 12, 2025",
        "12 de noviembre de 2025",
        "12 ноября 2025 г.",
        "12 listopada 2025",
        "公開日：2025年11月12日",
        "2025年11月12日 公開",
        "更新日: 2025年11月12日",
        "发布时间：2025-11-12 18:57",
        "작성일 2025.11.12",
        "Published: Wednesday, November 12, 2025 at 10:30 AM Eastern Standard Time",
        "Publié le 12 novembre 2025",
        "Veröffentlicht am 12. November 2025",
        "h.li | 2025年11月12日",
        "ある新聞 2025-11-12 18:57:03",
        "2025年11月12日18:57 某某新闻",
        "November 12, 2025 |",
        "2025年11月12日週三 上午8:21",
        "2025-11-12 (updated 2025-11-14)",
        "公開日：2025年11月12日 更新日：2025年11月14日",
    ],
)
def test_without_a_known_zone_a_date_is_a_day(raw):
    assert parse_date(raw, seen_at=SEEN_AT) == PartialDate("2025-11-12", DAY)


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "2025",
        "2025年",
        "100",
        "3.14",
        "1,234",
        "192.168.1.1",
        "+81 90 1234 5678",
        "18:57",
        "May",
        "5 min read",
        "数日前",
        "a few days ago",
        "日前",
        "3日後",
        "in 3 days",
        "2025-13-45",
        "2025-02-30",
        "2026-03-01",
        "11/12/2025",
        "Grok-4",
        "Version 2.0 of May 2025",
        "10 best laptops 2025",
        "$20 billion",
        "3年前のこと",
        "研究所は2015年に設立された",
        "2025年10月、ある研究所が新しいモデルを公開した。",
        "In 2025 the laboratory raised money",
        "2025-11-10 / 2025-11-12",
        "2025年11月12日、" + "長い文が続く。" * 30,
    ],
)
def test_what_is_no_date_stays_unread(raw):
    assert parse_date(raw, seen_at=SEEN_AT) is None


@pytest.mark.parametrize(("lang", "value"), [("fr", "2025-12-11"), ("de", "2025-12-11"), ("en", None), (None, None)])
def test_a_date_in_numbers_alone_needs_to_know_its_language(lang, value):
    found = parse_date("11/12/2025", lang=lang)
    assert (found.value if found else None) == value


@given(
    DAYS,
    st.sampled_from(
        ["%Y-%m-%d", "%Y/%m/%d", "%Y年%m月%d日", "%Y. %m. %d.", "%d.%m.%Y", "公開日：%Y年%m月%d日", "%Y%m%d"]
    ),
)
def test_a_day_is_read_back_from_every_form(day, form):
    assert parse_date(day.strftime(form)) == PartialDate(day.isoformat(), DAY)


@given(
    st.integers(0, 3000),
    st.sampled_from(["{}日前", "{} 天前", "{}일 전", "{} days ago", "il y a {} jours", "vor {} Tagen"]),
)
def test_days_ago_are_days_before_the_capture(days, form):
    expected = (SEEN_AT - timedelta(days=days)).date().isoformat()
    assert parse_date(form.format(days), seen_at=SEEN_AT) == PartialDate(expected, DAY)


@given(st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2040, 1, 1)))  # noqa: DTZ001 zones are added below
def test_an_instant_survives_being_stored(moment):
    stored = utc_iso(moment.replace(tzinfo=UTC))
    assert parse_date(stored) == PartialDate(stored, SECOND)


@given(st.text(max_size=60) | st.text(alphabet="0123456789年月日前時分 :-/.,T+Zagodysu", max_size=40))
def test_no_text_makes_the_reader_raise_or_look_ahead(text):
    found = parse_date(text, seen_at=SEEN_AT)
    if found:
        assert hours_between(found.value, found.precision, utc_iso(SEEN_AT)) >= -48
    with suppress(ValueError):
        resolve_relative(text, seen_at=SEEN_AT)


def test_a_naive_capture_time_is_an_error():
    with pytest.raises(ValueError, match="without a zone"):
        resolve_relative("23日前", seen_at=datetime(2025, 12, 15))  # noqa: DTZ001 the point of the test
    with pytest.raises(ValueError, match="without a zone"):
        utc_iso(datetime(2025, 12, 15))  # noqa: DTZ001 the point of the test


@pytest.mark.parametrize(
    ("published_at", "precision", "hours"),
    [
        ("2025-11-12T08:30:00Z", "minute", 15.5),
        ("2025-11-12", DAY, 24.0),
        ("2025-11", MONTH, 288.0),
        ("2025", YEAR, 7584.0),
        ("2025-11-14", DAY, -24.0),
        ("soon", DAY, None),
        ("2025-11-12", "century", None),
        ("", DAY, None),
    ],
)
def test_hours_count_from_the_start_of_what_was_printed(published_at, precision, hours):
    assert hours_between(published_at, precision, "2025-11-13T00:00:00Z") == hours
