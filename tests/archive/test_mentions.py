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


SOURCES = {
    "ja": [
        ("ホワイトハウスが示した調達方針では小型の模型が優先される。", "White House"),
        ("欧州議会は先月、透明性を求める決議を採択した。", "European Parliament"),
        ("経済産業省の指針によれば、記録は五年残す。", "Ministry of Economy, Trade and Industry"),
        ("国連は報告書で、電力の不足を指摘した。", "United Nations"),
        ("米CNNによると、工場は止まった。", "CNN"),
        ("日経電子版は、融資が決まったと伝えた。", "Nikkei"),
        ("The Informationによれば、評価額は倍になった。", "The Information"),
        ("科学誌『ネイチャー』に載った研究だ。", "Nature"),
        ("AP通信は訴状を確認したとしている。", "AP"),
        ("ブルームバーグの取材に応じた。", "Bloomberg"),
        ("IDCの調査では、出荷は三割増えた。", "IDC"),
        ("ガートナーの予測と合う。", "Gartner"),
    ],
    "zh": [
        ("据路透社援引知情人士的话，谈判仍在继续。", "Reuters"),
        ("欧洲议会通过了一项关于透明度的决议。", "European Parliament"),
        ("工信部在白皮书中给出了新的口径。", "MIIT"),
        ("《科学》上的一项研究给出了相反的结论。", "Science"),
        ("据量子位报道，该团队已经开源。", "QbitAI"),
        ("据CNN报道，工厂已经停产。", "CNN"),
        ("《世界报》的记者到访了数据中心。", "Le Monde"),
        ("彭博社称，这笔贷款尚未签署。", "Bloomberg"),
        ("IDC数据显示，出货量增长三成。", "IDC"),
        ("机器之心的文章列出了全部参数。", "Jiqizhixin"),
    ],
    "en": [
        ("According to CNN, the plant has stopped.", "CNN"),
        ("A filing seen by Reuters shows the opposite.", "Reuters"),
        ("The White House unveiled an executive order on procurement.", "White House"),
        ("The European Commission published guidelines for small models.", "European Commission"),
        ("IDC estimates that shipments grew by a third.", "IDC"),
        ("The Information reported that the round has closed.", "The Information"),
        ("The study was published in Nature last week.", "Nature"),
        ("Figures from Similarweb show a decline.", "Similarweb"),
        ("people told the AP that the talks go on", "AP"),
    ],
    "ko": [
        ("로이터통신에 따르면 협상은 계속되고 있다.", "Reuters"),
        ("백악관은 새 조달 지침을 내놓았다.", "White House"),
        ("유럽의회는 투명성에 관한 결의를 채택했다.", "European Parliament"),
        ("블룸버그는 대출이 체결되지 않았다고 전했다.", "Bloomberg"),
        ("CNN에 따르면 공장은 멈췄다.", "CNN"),
        ("연합뉴스가 확인한 문서다.", "Yonhap"),
        ("월스트리트저널의 취재에 응했다.", "The Wall Street Journal"),
    ],
}


@pytest.mark.parametrize(
    ("text", "name"), [pytest.param(*row, id=f"{lang}-{row[1]}") for lang, rows in SOURCES.items() for row in rows]
)
def test_a_source_is_found_in_each_language(text, name):
    assert [found for found, _ in names(text)] == [name]


NO_SOURCES = {
    "ja": [
        "ホワイトハウスの近くに新しい拠点を開いた。",
        "画像の分類にはCNNを使い、特徴を取り出した。",
        "無線のAPを三台置いた。",
        "中国連合の発表会が開かれた。",
        "日経平均株価は続伸した。",
        "科学の取材を続ける記者に会った。",
        "自然の報道写真を集めた。",
        "リアルタイムによるとは限らない。",
        "IDCに設置した計算機を移した。",
        "欧州議会の建物は川のそばにある。",
        "グーグルとアップルは競い合う。",
        "「長い題名を持つ小説の話」を読んだ。",
    ],
    "zh": [
        "该处理器有127个量子位。",
        "列车晚点了两个小时。",
        "世界报告厅坐满了人。",
        "我们用CNN提取图像特征。",
        "大自然的力量无法预测。",
        "IDC机房的电力已经不足。",
        "白宫位于华盛顿。",
        "苹果和谷歌的股价上涨。",
        "细胞在三天内分裂。",
        "科学家们仍在讨论。",
    ],
    "en": [
        "The AP exam is in May.",
        "We train a CNN on crane images.",
        "The White House is painted white.",
        "The Information Age began long ago.",
        "Science and nature have their own time.",
        "Google and Meta compete for engineers.",
        "The Nikkei 225 rose again.",
        "An IDC houses thousands of servers.",
        "axios is a library for HTTP requests",
        "Time flies like an arrow.",
    ],
    "ko": [
        "이미지 분류에는 CNN을 썼다.",
        "백악관은 워싱턴에 있다.",
        "닛케이 지수가 올랐다.",
        "구글과 메타가 경쟁한다.",
        "자연은 스스로 회복한다.",
        "과학자들은 아직 논쟁 중이다.",
    ],
}


@pytest.mark.parametrize("text", [pytest.param(text, id=text) for texts in NO_SOURCES.values() for text in texts])
def test_a_word_that_looks_like_a_source_is_none(text):
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
