"""Reference lists: complete, in order, numbers kept, addresses repaired, in every form of print."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.citations import (
    ReferenceLine,
    holds_address,
    is_reference_label,
    parse_reference_list,
    printed_number,
    read_reference_list,
)
from archive.model import CitedKind
from archive.urls import surt

URLS = (
    "https://figures.example.com/c/some-lab/",
    "https://apps.example.org/data/chat-statistics/",
    "https://wall.example.io/statistics/network-stats/",
    "https://compare.example.co/ai/matrix/",
)
LIST = list(enumerate(URLS, 1))
CIRCLED = "①②③④"
WIDE = "１２３４"
CUT = [url[:30] + "..." for url in URLS]


def pairs(lines):
    return [(reference.number, reference.url) for reference in parse_reference_list(lines)]


@pytest.mark.parametrize(
    "lines",
    [
        [f"{number}.{url}" for number, url in LIST],
        [f"{number}. {url}" for number, url in LIST],
        [f"{number}、{url}" for number, url in LIST],
        [f"{number}）{url}" for number, url in LIST],
        [f"{number}) {url}" for number, url in LIST],
        [f"[{number}] {url}" for number, url in LIST],
        [f"［{number}］{url}" for number, url in LIST],
        [f"【{number}】{url}" for number, url in LIST],
        [f"({number}) {url}" for number, url in LIST],
        [f"（{number}）{url}" for number, url in LIST],
        [f"{number}：{url}" for number, url in LIST],
        [f"{number} {url}" for number, url in LIST],
        [f"{CIRCLED[number - 1]}{url}" for number, url in LIST],
        [f"{WIDE[number - 1]}．{url}" for number, url in LIST],
        [f"参考{number}: {url}" for number, url in LIST],
        [f"{number}. Figures of a lab, 2025 edition: {url}" for number, url in LIST],
        [f"{number}.某某统计（2025）{url}。" for number, url in LIST],
        [f"{number}. [Figures]({url})" for number, url in LIST],
        [f"{number} Figures of 2025 {url}" for number, url in LIST],
        [part for number, url in LIST for part in (f"{number}. 数字のまとめ", url)],
        [part for number, url in LIST for part in (f"{number}. 数字の", "まとめ", f"URL: {url}")],
        [part for _, url in LIST for part in ("통계 자료", url)],
        [part for number, url in LIST for part in ("", f"{number}.{url}", " ")],
        list(URLS),
        [f"・{url}" for url in URLS],
        [f"- Figures {url}" for url in URLS],
        ["\n".join(f"{number}.{url}" for number, url in LIST)],
        ["".join(f"{number}.{url}" for number, url in LIST)],
        [" ".join(f"[{number}] {url}" for number, url in LIST)],
        [ReferenceLine(f"{n}.{CUT[n - 1]}", ((url, CUT[n - 1]),)) for n, url in LIST],
        [ReferenceLine(f"{n}.{url[:30]}…", ((url, url[:30] + "…"),)) for n, url in LIST],
        [ReferenceLine(f"{n}. Figures of {n}", ((url, f"Figures of {n}"),)) for n, url in LIST],
        [ReferenceLine(f"Figures of {n}", ((url, f"Figures of {n}"),)) for n, url in LIST],
        [ReferenceLine(f"{n}.{url}", ((url, url),)) for n, url in LIST],
        [ReferenceLine(f"{n}. Title {url}", ((url, "Title"), (url, url))) for n, url in LIST],
        [ReferenceLine(f"{n}.https://old.example/{n}", ((url, f"https://old.example/{n}"),)) for n, url in LIST],
        [ReferenceLine("\n".join(f"{n}.{CUT[n - 1]}" for n, _ in LIST), tuple(zip(URLS, CUT, strict=True)))],
        [f"{number}.{url}\u200b。" for number, url in LIST],
        [f"{number}.（{url}）" for number, url in LIST],
        [f"{number}.{url}?utm_source=chatgpt.com" for number, url in LIST],
        [f"{number}.{url.removeprefix('https://')}" for number, url in LIST],
    ],
)
@pytest.mark.parametrize("label", [[], ["参考リンク："], ["References"]], ids=["bare", "ja", "en"])
def test_every_printed_form_gives_the_same_list(lines, label):
    assert pairs([*label, *lines]) == LIST


@pytest.mark.parametrize(
    "block",
    [
        "参考リンク：1." + URLS[0] + "\n2." + URLS[1],
        "参考链接 \n①" + URLS[0] + "\n②" + URLS[1],
        "Sources: " + URLS[0] + "\n" + URLS[1],
    ],
)
def test_label_and_entries_may_share_a_block(block):
    assert is_reference_label(block)
    assert pairs([block]) == LIST[:2]


def test_two_addresses_of_an_entry_share_its_number():
    assert pairs([f"1.{URLS[0]} {URLS[1]}", f"2.{URLS[2]}、{URLS[3]}"]) == [
        (1, URLS[0]),
        (1, URLS[1]),
        (2, URLS[2]),
        (2, URLS[3]),
    ]


def test_an_entry_keeps_its_words_without_its_number():
    assert parse_reference_list(["[3] Figures of a lab, 2025"])[0].text == "Figures of a lab, 2025"


@pytest.mark.parametrize(
    ("entry", "url", "doi", "arxiv_id"),
    [
        ("1. A. Writer, Journal 2025. doi:10.1000/ABC.1.", "https://doi.org/10.1000/abc.1", "10.1000/abc.1", None),
        ("1.10.1000/abc.1", "https://doi.org/10.1000/abc.1", "10.1000/abc.1", None),
        ("1. A. Writer. doi:10.1000/abc.1 https://lab.example/p", "https://lab.example/p", "10.1000/abc.1", None),
        ("1. B. Reader, arXiv:2501.01234, https://lab.example/q", "https://lab.example/q", None, "2501.01234"),
        ("10.1000/abc.1", "https://doi.org/10.1000/abc.1", "10.1000/abc.1", None),
        ("1. arXiv:2509.12345", "https://arxiv.org/abs/2509.12345", None, "2509.12345"),
        ("1. Title. arXiv:2509.12345v2 [cs.CL]", "https://arxiv.org/abs/2509.12345v2", None, "2509.12345"),
        ("1. Title https://arxiv.org/pdf/2509.12345", "https://arxiv.org/pdf/2509.12345", None, "2509.12345"),
        ("1. A complaint filed in court, 2024", None, None, None),
        ("1. https://apps.example.org/data/chat...", None, None, None),
        ("1. Node.js documentation", None, None, None),
        ("1. https://例え.jp/記事", "https://xn--r8jz45g.jp/%E8%A8%98%E4%BA%8B", None, None),
        ("1. https://news.example.com/%E8%A8%98", "https://news.example.com/%E8%A8%98", None, None),
        ("1. https://news.example.com/aを参照", "https://news.example.com/a", None, None),
        ("1. https://news.example.comを参照", "https://news.example.com/", None, None),
        ("1. https://news.example.com/a (2025-11-12).", "https://news.example.com/a", None, None),
        ("1. https://news.example.com/a_(b).", "https://news.example.com/a_(b)", None, None),
        (
            "1. https://web.example.org/2021/https://a.example/",
            "https://web.example.org/2021/https://a.example/",
            None,
            None,
        ),
        ("1.36氪 https://news.example.com/p/1", "https://news.example.com/p/1", None, None),
    ],
)
def test_an_entry_is_kept_with_whatever_names_it(entry, url, doi, arxiv_id):
    (found,) = parse_reference_list([entry])
    assert (found.number, found.url, found.doi, found.arxiv_id) == (1, url, doi, arxiv_id)


def test_duplicates_stay_and_share_a_surt():
    found = parse_reference_list(["1.https://a.example.com/x", "2.http://www.a.example.com/x/"])
    assert [reference.number for reference in found] == [1, 2]
    assert len({surt(reference.url) for reference in found}) == 1


def test_an_anchor_that_is_no_web_address_is_no_reference():
    lines = [ReferenceLine("1. The desk", (("mailto:desk@news.example", "The desk"),)), f"2.{URLS[1]}"]
    assert pairs(lines) == [(1, None), (2, URLS[1])]


@pytest.mark.parametrize(
    "after",
    [
        ["この記事は自動翻訳されています。", "1.https://other.example.com/"],
        ["関連記事", ReferenceLine("別の記事", (("https://hyper.ai/ja/news/1", "別の記事"),))],
        ["詳しくは https://other.example.com/ をご覧ください。"],
        ["1. よくある質問"],
    ],
    ids=["prose", "related", "prose with a link", "another list"],
)
def test_the_list_ends_where_lines_stop_being_entries(after):
    lines = ["参考リンク：", *[f"{number}.{url}" for number, url in LIST], *after]
    read = read_reference_list(lines)
    assert [(reference.number, reference.url) for reference in read.references] == LIST
    assert read.n_lines == 5


@pytest.mark.parametrize("lines", [[], [""], ["本文です。", "続きです。"], ["2.5 million people wrote"]])
def test_prose_is_no_list(lines):
    assert parse_reference_list(lines) == []
    assert read_reference_list(lines).n_lines == 0 or not any(lines)


def test_an_entry_says_what_sort_of_thing_it_cites():
    found = parse_reference_list(["1.https://github.com/someone/model", "2.https://youtu.be/a", "3. A book"])
    assert [reference.kind for reference in found] == [CitedKind.REPOSITORY, CitedKind.VIDEO, CitedKind.OTHER]


@pytest.mark.parametrize(
    "text",
    [
        "参考リンク：", "参考リンク:", "参考リンク", "■参考リンク", "【参考文献】",
        "参考文献", "参考資料", "参考リンク（英語）", "出典",
        "参考链接：", "参考资料：", "参考文献：", "參考資料", "参考来源",
        "참고 링크", "참고 자료:", "참고문헌", "출처:",
        "References", "REFERENCES:", "Reference links", "Sources", "Sources:", "Bibliography",
        "Liens de référence :", "Références", "Quellen", "Quellen:", "Literatur", "Referencias",
    ],
)  # fmt: skip
def test_a_label_opens_a_reference_list(text):
    assert is_reference_label(text)


@pytest.mark.parametrize(
    "text",
    [
        "", "情報", "参考文献によると、利用者は増えた。", "参考になる記事", "参考価格は1000円",
        "関連リンク", "引用して報じた",
        "Sources said that the lab is for sale", "References to the model were removed", "Sources: Reuters",
        "Source code is at github.com/someone/model", "Quellen berichten", "Links", "来源于某网站",
    ],
)  # fmt: skip
def test_prose_is_no_label(text):
    assert not is_reference_label(text)


LINKS = st.tuples(st.text(max_size=20) | st.sampled_from(URLS), st.text(max_size=10))
LINES = st.text(max_size=60) | st.builds(ReferenceLine, st.text(max_size=60), st.lists(LINKS, max_size=3).map(tuple))


@given(st.lists(LINES, max_size=5))
def test_no_lines_make_the_reader_raise(lines):
    read = read_reference_list(lines)
    assert 0 <= read.n_lines <= len(lines)


@given(
    st.lists(st.sampled_from(URLS), min_size=1, max_size=20),
    st.sampled_from(["{}.{}", "[{}] {}", "{}、{}", "（{}）{}"]),
)
def test_nothing_is_lost_or_moved(urls, form):
    lines = [form.format(number, url) for number, url in enumerate(urls, 1)]
    assert pairs(lines) == list(enumerate(urls, 1))


@given(st.text(max_size=80))
def test_asking_for_a_label_never_raises(text):
    assert is_reference_label(text) in (True, False)


@pytest.mark.parametrize("char", ["1.", ")", "/", "-", "　", "a.", "1", "/full", "。", "10.1000/", "①", "https://"])
def test_a_very_long_line_is_read_in_bounded_time(char):
    assert len(parse_reference_list(["1. " + char * 20_000, "2. https://a.example.com/" + char * 3000])) <= 2000


def test_a_doi_that_is_cut_in_the_anchor_text_is_taken_from_the_address():
    line = ReferenceLine(
        "1. https://doi.org/10.1000/xyz...",
        (("https://doi.org/10.1000/xyz.2026.17", "https://doi.org/10.1000/xyz..."),),
    )
    (reference,) = parse_reference_list([line])
    assert (reference.doi, reference.url) == ("10.1000/xyz.2026.17", "https://doi.org/10.1000/xyz.2026.17")
    elsewhere = ReferenceLine(
        "1. https://doi.org/10.1000/xyz…", (("https://journal.example/17", "https://doi.org/10.1000/xyz…"),)
    )
    (reference,) = parse_reference_list([elsewhere])
    assert (reference.doi, reference.url) == (None, "https://journal.example/17")


@pytest.mark.parametrize(
    ("line", "number", "text"),
    [
        (
            ReferenceLine("A talk\nwith the harbour master", is_entry=True, number=4),
            4,
            "A talk with the harbour master",
        ),
        (ReferenceLine("[7] A talk", is_entry=True), 7, "A talk"),
        (ReferenceLine("3. Auflage, Berlin", is_entry=True, number=2), 2, "3. Auflage, Berlin"),
        (ReferenceLine("2. Second edition", is_entry=True, number=2), 2, "Second edition"),
        (ReferenceLine("A talk", is_entry=True, number=0), 0, "A talk"),
    ],
    ids=["marker", "printed", "number of a title", "both", "nought"],
)
def test_an_entry_that_the_page_holds_together_needs_no_address(line, number, text):
    (reference,) = parse_reference_list([line])
    assert (reference.number, reference.text, reference.url) == (number, text, None)


def test_a_line_that_says_when_an_address_was_read_belongs_to_its_entry():
    lines = [
        "1. Figures",
        URLS[0],
        "(accessed 4 May 2025)",
        "2. Apps",
        URLS[1],
        "abgerufen am 5. Mai 2025",
        "Text goes on.",
    ]
    read = read_reference_list(lines)
    assert [(reference.number, reference.url) for reference in read.references] == LIST[:2]
    assert read.n_lines == 6


@pytest.mark.parametrize(
    ("text", "number"),
    [("1. a", 1), ("[12] a", 12), ("③a", 3), ("參考", None), ("1.5 billion", None), ("2025 report", None)],
)
def test_the_number_of_an_entry_is_told_from_a_figure(text, number):
    assert printed_number(text) == number


@pytest.mark.parametrize(
    ("line", "holds"),
    [
        (ReferenceLine("see https://a.example.com/x"), True),
        (ReferenceLine("a title", (("https://a.example.com/x", "a title"),)), True),
        (ReferenceLine("doi:10.1000/abc.1"), True),
        (ReferenceLine("zählstelle.de/über-uns"), True),
        (ReferenceLine("a talk with the desk", (("mailto:desk@news.example", "the desk"),)), False),
    ],
    ids=["printed", "linked", "doi", "international host", "mail"],
)
def test_a_line_is_asked_for_an_address(line, holds):
    assert holds_address(line) is holds


@pytest.mark.parametrize(
    "label", ["📚 参考文献 / References", "Sources and references", "Quellen und Literatur:", "参考文献｜References"]
)
def test_two_names_of_one_list_are_a_label(label):
    assert is_reference_label(label)


@pytest.mark.parametrize("text", ["Sources and uses of funds", "References / invoices", "Quellen und Senken"])
def test_a_label_beside_other_words_is_none(text):
    assert not is_reference_label(text)


def test_a_number_after_an_address_that_ends_in_figures_begins_an_entry():
    line = "1.https://figures.example.com/abs/2508.04417 2.https://apps.example.org/v/2 3.https://wall.example.io/"
    assert [number for number, _ in pairs([line])] == [1, 2, 3]
    assert len(pairs(["1.https://figures.example.com/v/12.https://apps.example.org/"])) == 1


@pytest.mark.parametrize(
    ("line", "url"),
    [
        ("1) 칩 소식(https://figures.example.com/prepays)의 보도", "https://figures.example.com/prepays"),
        ("1. 確認（参照 (https://figures.example.com/c/)から", "https://figures.example.com/c/"),
        ("1. https://figures.example.com/pool_(reactor)의 설명", "https://figures.example.com/pool_(reactor)"),
        ("1. https://figures.example.com/0924(94)90011-6.", "https://figures.example.com/0924(94)90011-6"),
    ],
)
def test_a_closing_bracket_with_words_glued_to_it_ends_an_address(line, url):
    assert pairs([line]) == [(1, url)]
