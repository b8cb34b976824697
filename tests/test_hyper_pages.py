"""HyperAI pages read as a person reads them: every bullet of what they may hold, in three markups and six languages."""

from typing import Any

import pytest

from spiders.pages import read_page
from spiders.pages.record import article_json
from tests.hyper_pages import SEEN_AT, Case, cases, comparable, expected, markups, render

CASES = cases()
EACH = [
    pytest.param(case, name, id=f"{case.name} [{name}]")
    for case in CASES
    for name in case.facts.get("markups", markups())
]


def read(case: Case, markup: str) -> dict[str, Any]:
    article = read_page(
        render(case, markups()[markup]).encode(),
        url=case.url,
        seen_at=SEEN_AT,
        content_type="text/html; charset=utf-8",
        status=case.facts.get("status", 200),
    )
    return comparable(article_json(article))


@pytest.mark.parametrize(("case", "markup"), EACH)
def test_a_page_gives_its_record_in_every_markup(case: Case, markup: str) -> None:
    found = read(case, markup)
    wrong = {field: (found[field], value) for field, value in expected(case).items() if found[field] != value}
    assert not wrong, "field: (read, expected)"


def test_the_descriptions_cover_six_languages_and_have_names_of_their_own() -> None:
    names = [case.name for case in CASES]
    assert len(names) == len(set(names))
    assert {case.facts["lang"] for case in CASES} == {"ja", "zh", "ko", "en", "fr", "de"}
    assert len(EACH) >= 150
