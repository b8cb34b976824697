"""HyperAI pages read as a person reads them: every bullet of what they may hold, in three markups and six languages."""

from typing import Any

import pytest

from spiders.pages import read_page
from spiders.pages.record import article_json
from tests.hyper_pages import LANGUAGES, SEEN_AT, Bullet, Case, bullets, cases, comparable, expected, markups, render

CASES = cases()


def read(case: Case, markup: str) -> dict[str, Any]:
    article = read_page(
        render(case, markups()[markup]).encode(),
        url=case.url,
        seen_at=SEEN_AT,
        content_type="text/html; charset=utf-8",
        status=case.facts.get("status", 200),
    )
    return comparable(article_json(article))


@pytest.mark.parametrize("case", [pytest.param(case, id=case.name) for case in CASES])
def test_a_page_gives_its_record_in_every_markup(case: Case) -> None:
    for markup in case.markups:
        found = read(case, markup)
        wrong = {field: (found[field], value) for field, value in expected(case).items() if found[field] != value}
        assert not wrong, f"{markup}: field: (read, expected)"


def test_the_descriptions_have_names_of_their_own() -> None:
    names = [case.name for case in CASES]
    assert len(names) == len(set(names))
    assert sum(len(case.markups) for case in CASES) >= 2_500


@pytest.mark.parametrize("bullet", [pytest.param(bullet, id=bullet.words) for bullet in bullets()])
def test_every_bullet_is_shown_in_three_markups_and_in_its_languages(bullet: Bullet) -> None:
    shown: dict[str, list[Case]] = {}
    for case in CASES:
        shown.setdefault(case.title, []).append(case)
    assert set(bullet.cases) <= shown.keys(), "cases that are not there"
    pages = [case for name in bullet.cases for case in shown[name]]
    assert bullet.langs <= {case.facts["lang"] for case in pages} <= set(LANGUAGES)
    for lang in bullet.langs:
        assert max(len(case.markups) for case in pages if case.facts["lang"] == lang) >= 3
