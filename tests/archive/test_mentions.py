"""Mentions: sources named without a link, found precisely, once a paragraph."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.mentions import find_mentions


def names(text):
    return [(found.name, found.kind) for found in find_mentions([text])]


@pytest.mark.parametrize(
    ("text", "name", "kind"),
    [
        ("ロイター通信によると、広告主は減った。", "Reuters", "outlet"),
        ("同社に関するロイターの報道", "Reuters", "outlet"),
        ("路透社报道称，该公司正在融资。", "Reuters", "outlet"),
        ("로이터통신은 이렇게 전했다.", "Reuters", "outlet"),
        ("社長が提訴したとAP通信が報じた", "AP", "outlet"),
        ("と、Axiosはレポートで述べている。", "Axios", "outlet"),
        ("とSina Financeに掲載された論説は推測する。", "Sina Finance", "outlet"),
        ("据新浪财经报道，融资已完成。", "Sina Finance", "outlet"),
        ("according to Bloomberg, the round is closed", "Bloomberg", "outlet"),
        ("Natureに掲載された研究", "Nature", "outlet"),
        ("a study published in Science last week", "Science", "outlet"),
        ("欧州議会は、この件を法に結び付ける声明を発表した。", "European Parliament", "institution"),
        ("欧州委員会の報道官は連絡を取っていると述べた。", "European Commission", "institution"),
        ("ホワイトハウスは「行動計画」を正式に発表しました。", "White House", "institution"),
        ("白宫发布了人工智能行动计划。", "White House", "institution"),
        ("Vellumのリーダーボードでは上位に入らない。", "Vellum", "leaderboard"),
        ("ベラムのモデル別ランキング", "Vellum", "leaderboard"),
        ("Sacra 氏の見積もりによると、収益は増えた。", "Sacra", "statistics"),
        ("Business of Appsの集計では", "Business of Apps", "statistics"),
        ("サードパーティの統計によると、収益は50億ドルだ。", "third-party statistics", "statistics"),
        ("根据第三方统计，收入增长。", "third-party statistics", "statistics"),
        ("xAIはブログで新しい機能を公式発表した。", "xAI", "company"),
        ("OpenAIの公式ブログによれば", "OpenAI", "company"),
        ("OpenAI在官方博客中表示", "OpenAI", "company"),
        ("Anthropic said in a blog post that", "Anthropic", "company"),
        ("the Google DeepMind technical report", "Google DeepMind", "company"),
        ("arXivに掲載された論文", "arXiv", "paper"),
        (
            "arXivに掲載された論文「Measuring Drift in Streams(流れの変化を測る)」では",
            "Measuring Drift in Streams",
            "paper",
        ),
        ("论文《流式数据中的漂移度量》指出", "流式数据中的漂移度量", "paper"),
        ("「流れの変化を測る方法」と題する論文", "流れの変化を測る方法", "paper"),
        ("in a paper titled “Measuring Drift in Streams,” the authors", "Measuring Drift in Streams", "paper"),
    ],
)
def test_a_source_is_recognised_by_the_words_that_name_it(text, name, kind):
    assert names(text) == [(name, kind)]


@pytest.mark.parametrize(
    "text",
    [
        "OpenAI、Anthropic、Google DeepMindの3社が競う。",
        "xAIは新しいモデルを発表した。",
        "アマゾンの森林ではテスラコイルを使う。",
        "ロイターズという店がある。",
        "CNBCXという銘柄",
        "Nature is healing. Science advances every Time.",
        "ホワイトハウスと議会の両方がある。",
        "「安全なアライメント」は共通語だ。",
        "Metaphysics and Applesauce: a blog post by nobody",
        "",
    ],
)
def test_what_is_only_talked_about_is_no_source(text):
    assert names(text) == []


def test_a_title_hides_the_names_inside_it():
    assert names("論文「How Reuters Covers Artificial Intelligence」によれば") == [
        ("How Reuters Covers Artificial Intelligence", "paper")
    ]


def test_a_source_counts_once_a_paragraph_and_again_in_the_next():
    found = find_mentions(
        ["CNBCによると。CNBCはまた述べた。", "CNBCが報じた。"], [("CNBCの報道", 2), ("Axiosの報道", 1)]
    )
    assert [(one.name, one.paragraph) for one in found] == [("CNBC", 1), ("Axios", 1), ("CNBC", 2)]


def test_mentions_come_in_the_order_of_the_text():
    assert [name for name, _ in names("Axios、ロイター、CNBCが報じた。")] == ["Axios", "Reuters", "CNBC"]


def test_a_mention_keeps_the_words_as_printed():
    assert find_mentions(["ロイター通信が報じた。"])[0].text == "ロイター通信"


def test_names_the_caller_has_are_left_out():
    assert find_mentions(["AxiosとCNBCが報じた。"], leave_out={"Axios"})[0].name == "CNBC"


@given(
    st.lists(st.text(max_size=120), max_size=4),
    st.lists(st.tuples(st.text(max_size=40), st.integers(0, 5)), max_size=3),
)
def test_no_text_makes_the_reader_raise(paragraphs, captions):
    for found in find_mentions(paragraphs, captions):
        assert found.text
        assert found.name


@pytest.mark.parametrize("char", ["「", "論文「", "arXiv", "ロ", "a ", "ホワイトハウス", "OpenAIの", "“a"])
def test_a_very_long_text_is_read_in_bounded_time(char):
    assert find_mentions([char * 20_000]) is not None
