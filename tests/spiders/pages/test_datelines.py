"""A line that only says when a page was published or changed is a field of the page, never a paragraph of its text."""

from datetime import UTC, datetime

import pytest

from spiders.pages import read_page

SEEN = datetime(2025, 12, 31, tzinfo=UTC)
TEXTS = {
    "en": "The owners of the yard at the lake want to double what it makes, and have asked the county for land. " * 3,
    "ja": "湖のほとりの工場を持つ会社は、来年までに生産を倍にする考えで、郡に土地を求めたと発表した。" * 3,
    "zh": "湖边工厂的业主希望在明年之前把产量提高一倍，并已经向县政府提出用地申请，双方正在商谈细节。" * 3,
    "ko": "호숫가 공장의 소유주는 내년까지 생산량을 두 배로 늘리려고 하며 군청에 부지를 요청했다고 밝혔다. " * 3,
}
LABELLED = [
    ("en", "Published Mon, Nov 10 2025 10:30 AM EST"),
    ("en", "Published: Nov 10, 2025 | Updated: Nov 11, 2025"),
    ("en", "Last updated on 10 November 2025 at 10:30"),
    ("ja", "公開日：2025年11月10日"),
    ("ja", "2025年11月10日 10:30 更新"),
    ("ja", "公開日:2025年11月10日 更新日:2025年11月11日"),
    ("zh", "发布时间：2025-11-10 10:30"),
    ("zh", "更新于 2025年11月10日"),
    ("ko", "게시일: 2025년 11월 10일"),
    ("ko", "입력 2025.11.10 10:30 수정 2025.11.11 09:00"),
]
PROSE = [
    ("en", "The law was published on 10 November 2025 and updated a day later."),
    ("en", "Published in 2025, the report counts 40 yards."),
    ("en", "Updated rules of 10 November 2025 apply to every yard on the lake."),
    ("ja", "2025年11月10日に公開された報告書は、四十の工場を数えている。"),
    ("zh", "2025年11月10日发布的报告统计了四十家工厂。"),
    ("ko", "2025년 11월 10일에 게시된 보고서는 공장 마흔 곳을 다룬다."),
]


def paragraphs(lang: str, *lines: str) -> list[str]:
    shown = "".join(f"<p>{line}</p>" for line in lines)
    body = f"<html lang={lang}><body><article><h1>Ohio plant doubles its output</h1>{shown}</article></body></html>"
    return read_page(body.encode(), url="https://news.example/a", seen_at=SEEN).text.split("\n\n")


@pytest.mark.parametrize(("lang", "line"), LABELLED)
def test_a_labelled_date_at_either_end_is_no_paragraph(lang: str, line: str) -> None:
    text = TEXTS[lang].strip()
    assert paragraphs(lang, line, text, text[::-1]) == [text, text[::-1]]
    assert paragraphs(lang, text[::-1], text, line) == [text[::-1], text]


@pytest.mark.parametrize(("lang", "line"), PROSE)
def test_a_sentence_with_a_date_is_one(lang: str, line: str) -> None:
    text = TEXTS[lang].strip()
    assert paragraphs(lang, line, text, text[::-1], line)[0] == line
    assert line in paragraphs(lang, text, text[::-1], line)


def test_a_lone_date_above_the_text_is_no_paragraph() -> None:
    text = TEXTS["en"].strip()
    assert paragraphs("en", "Mon, Nov 10 2025", text) == [text]


def test_the_dates_of_a_chronicle_are_its_text() -> None:
    text = TEXTS["en"].strip()
    lines = ["10 November 2025", text, "11 November 2025", text[40:], "12 November 2025", text[80:]]
    assert paragraphs("en", *lines) == lines


def test_a_date_within_the_text_is_its_own() -> None:
    text = TEXTS["ja"].strip()
    lines = [text, "公開日：2025年11月10日", text[::-1] + "。"]
    assert paragraphs("ja", *lines) == lines
