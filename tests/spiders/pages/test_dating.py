"""A date is as sharp as printed, from the carrier that agrees with what a reader sees, and never invented."""

from datetime import UTC, datetime

import pytest

from spiders.pages.dating import Carrier, date_of

SEEN = datetime(2025, 12, 31, 12, tzinfo=UTC)


def visible(raw: str) -> Carrier:
    return Carrier("visible", raw, is_visible=True)


@pytest.mark.parametrize(
    ("carriers", "value", "precision", "name"),
    [
        ([visible("23日前")], "2025-12-08", "day", "visible"),
        ([Carrier("meta", "2025-12-08T08:50:00+08:00"), visible("23日前")], "2025-12-08T00:50:00Z", "second", "meta"),
        ([Carrier("meta", "2025-12-08T08:50:00")], "2025-12-08", "day", "meta"),
        (
            [Carrier("json-ld", "2024-01-01"), Carrier("time", "2025-12-08"), visible("23日前")],
            "2025-12-08",
            "day",
            "time",
        ),
        ([Carrier("payload", "1765155000000")], "2025-12-08T00:50:00Z", "second", "payload"),
        (
            [Carrier("meta", "2025-12-08"), Carrier("time", "2025-12-08T01:00Z")],
            "2025-12-08T01:00:00Z",
            "minute",
            "time",
        ),
    ],
    ids=["relative only", "carrier beats relative", "no zone", "the one that agrees", "epoch ms", "sharper, same day"],
)
def test_the_carrier_that_agrees_with_the_reader_wins(
    carriers: list[Carrier], value: str, precision: str, name: str
) -> None:
    dating = date_of(carriers, seen_at=SEEN)
    assert dating.date is not None
    assert (dating.date.value, dating.date.precision, dating.carrier) == (value, precision, name)


@pytest.mark.parametrize(
    ("others", "name"),
    [
        ([Carrier("json-ld", "2025-11-02"), Carrier("meta", "2025-11-02T08:00:00Z")], "json-ld"),
        ([Carrier("json-ld", "2025-11-02"), Carrier("url", "2025-11-02")], "json-ld"),
        ([Carrier("json-ld", "2025-11-02")], "visible"),
        ([Carrier("json-ld", "2025-11-02"), Carrier("url", "2025-12-31")], "visible"),
    ],
    ids=["two agree", "the address agrees", "one alone", "the address never wins"],
)
def test_a_visible_date_of_another_article_loses_to_two_that_agree(others: list[Carrier], name: str) -> None:
    dating = date_of([others[0], visible("3時間前"), *others[1:]], seen_at=SEEN)
    assert dating.carrier == name.replace("json-ld", "meta" if others[-1].name == "meta" else "json-ld")
    assert dating.warnings


def test_a_carrier_that_disagrees_is_named_in_a_warning() -> None:
    dating = date_of([Carrier("json-ld", "2024-01-01"), Carrier("meta", "2025-12-08"), visible("23日前")], seen_at=SEEN)
    assert len(dating.warnings) == 1
    assert "json-ld says '2024-01-01'" in dating.warnings[0]


@pytest.mark.parametrize("raw", ["0000-00-00", "soon", "2031-01-01", "1815-06-18"])
def test_a_date_that_cannot_be_is_a_warning_and_no_date(raw: str) -> None:
    dating = date_of([Carrier("meta", raw)], seen_at=SEEN)
    assert dating.date is None
    assert dating.warnings
