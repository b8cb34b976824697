"""One item over time and in six languages: what an edit, a withdrawal or another edition makes of the rows we keep."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from archive.dates import utc_iso
from archive.model import Outcome
from archive.store import Store, open_store
from archive.store.articles import SaveStatus, save_article
from spiders.pages import read_page
from spiders.sites import work_id
from tests.hyper_pages import LANGUAGES, SEEN_AT, Case, cases, markups, render

EDITIONS = {case.facts["lang"]: case for case in cases() if case.title == "editions: one id, one list"}
EACH_MARKUP = pytest.mark.parametrize("markup", markups())
EACH_LANGUAGE = pytest.mark.parametrize("lang", LANGUAGES)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path / "archive.db") as opened:
        yield opened


def changed(case: Case, **facts: Any) -> Case:
    return replace(case, facts={**case.facts, **facts})


def visit(store: Store, case: Case, markup: str, *, days: int = 0) -> SaveStatus | Outcome:
    """Read a page as of *days* later and keep it when it is an article, as a crawl does."""
    seen_at = SEEN_AT + timedelta(days=days)
    page = render(case, markups()[markup]).encode()
    article = read_page(page, url=case.url, seen_at=seen_at, status=case.facts.get("status", 200))
    if article.outcome is not Outcome.OK:
        return article.outcome
    return save_article(
        store,
        article,
        kind="article",
        source="hyper.ai",
        work_id=work_id(article.canonical_url),
        capture_id=None,
        seen_at=utc_iso(seen_at),
    ).status


def rows(store: Store, sql: str) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in store.connection.execute(sql)]


@EACH_MARKUP
def test_the_editions_of_one_item_are_kept_and_joined(store: Store, markup: str) -> None:
    """One language shows the untranslated text, one is missing, and each names another relative date."""
    original = EDITIONS["zh"]
    untranslated = changed(original, url="https://hyper.ai/kr/news/48901", html_lang="ko")
    for days, lang in enumerate(LANGUAGES):
        case = {"ko": untranslated, "fr": changed(EDITIONS["fr"], status=404)}.get(lang, EDITIONS[lang])
        date = case.facts["date"].replace("23", str(23 + days))
        assert visit(store, changed(case, date=date), markup, days=days) == ("gone" if lang == "fr" else "new")
    assert rows(store, "SELECT DISTINCT work_id FROM articles") == [("hyper.ai/news/48901",)]
    assert rows(store, "SELECT lang FROM articles ORDER BY id") == [("ja",), ("zh",), ("zh",), ("en",), ("de",)]
    assert rows(store, "SELECT DISTINCT published_at FROM articles") == [("2025-12-08",)]
    assert rows(store, "SELECT message FROM problems WHERE field = 'lang'") == [
        ("the address says ko, the text is zh",)
    ]
    assert rows(store, "SELECT url, n_citing FROM cited_sources ORDER BY surt") == [
        ("https://boards.example/data/crane-statistics/", 5),
        ("https://sensors.example/report/", 5),
    ]


@EACH_MARKUP
@EACH_LANGUAGE
def test_an_edit_of_title_or_text_is_a_state_and_an_added_reference_is_none(
    store: Store, lang: str, markup: str
) -> None:
    case = EDITIONS[lang]
    longer = case.facts["body"] + "3.https://quays.example/2025/sway\n"
    renamed = changed(case, title=f"{case.facts['title']} 2", body=longer)
    first, *others = case.facts["paragraphs"]
    rewritten = changed(renamed, paragraphs=[f"{others[0]} {first}", *others])
    steps = ((case, "new"), (case, "unchanged"), (changed(case, body=longer), "unchanged"), (renamed, "revised"))
    for days, (state, status) in enumerate((*steps, (rewritten, "revised"), (changed(case, status=410), "gone"))):
        date = state.facts["date"].replace("23", str(23 + days))
        assert visit(store, changed(state, date=date), markup, days=days) == status
    assert rows(store, "SELECT number, title FROM revisions ORDER BY number") == [
        (1, case.facts["title"]),
        (2, renamed.facts["title"]),
        (3, renamed.facts["title"]),
    ]
    assert rows(store, "SELECT COUNT(*) FROM citations WHERE kind = 'reference'") == [(3,)]
    assert rows(store, "SELECT published_at, n_revisions FROM articles") == [("2025-12-08", 3)]


@EACH_MARKUP
@EACH_LANGUAGE
def test_an_id_that_is_used_again_in_another_section_is_another_item(store: Store, lang: str, markup: str) -> None:
    case = EDITIONS[lang]
    other = changed(case, url=case.url.replace("/news/", "/papers/"), title=f"{case.facts['title']} 2")
    assert visit(store, case, markup) == "new"
    assert visit(store, other, markup) == "new"
    assert len(set(rows(store, "SELECT work_id FROM articles"))) == 2
    assert rows(store, "SELECT DISTINCT n_revisions FROM articles") == [(1,)]
