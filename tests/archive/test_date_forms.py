"""Dates in fifteen languages: a table of what pages print, and of what only looks like a date."""

import tomllib
from pathlib import Path

import pytest

from archive.dates import parse_date

TABLE = tomllib.loads((Path(__file__).parents[1] / "fixtures" / "dates.toml").read_text("utf-8"))
SEEN_AT, NO_DATES = TABLE.pop("seen_at"), TABLE.pop("none")["strings"]
FORMS = [(lang, printed, expected) for lang, rows in TABLE.items() for printed, expected in rows.items()]


@pytest.mark.parametrize(("lang", "printed", "expected"), FORMS, ids=[f"{lang} {form}" for lang, form, _ in FORMS])
def test_a_printed_date_is_read_as_sharp_as_it_is(lang: str, printed: str, expected: str) -> None:
    found = parse_date(printed, seen_at=SEEN_AT, lang=lang)
    assert found is not None
    assert f"{found.value} {found.precision}" == expected


@pytest.mark.parametrize("printed", NO_DATES)
def test_what_only_looks_like_a_date_is_none(printed: str) -> None:
    assert parse_date(printed, seen_at=SEEN_AT) is None
