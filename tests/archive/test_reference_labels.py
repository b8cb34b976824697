"""A label is made of known words only, in any order; what has one unknown word needs more to be believed."""

import pytest

from archive.reference_labels import Certainty, read_label

SURE = """
参考リンク：|【参考文献】|参考リンク（英語）|参考文献（3件）を表示|3. 参考文献|注・出典|出典・参考|ソース
出典[編集]|（参考資料）|第3章 参考文献|この記事で参考にした資料|以下の資料を参考にした。|引用・参考文献
参照元URL|参 考 文 献|3件の出典|― 参考 ―|◆ 出典一覧 ◆|＜参考文献＞|参考リンクを見る|五、参考资料
参考链接（共 20 篇）|展开全部参考资料（3）|参考链接 · 3|相关资料来源：|原文链接：|文献目录|本文参考资料
참고한 자료|출처 및 참고|참고 문헌 및 링크:|참고 논문 (8편)|자료 출처|원문 링크|이 기사의 출처|주요 참고 자료
REFERENCES:|References (4)|VI. References|(3) References|[References]|Notes and references|Cited sources
Original article|Sources for this article|The following sources were used:|Show all 5 sources
R E F E R E N C E S|📚 参考文献 / References|Liste des sources|Notes et références
Références bibliographiques|Afficher les références|Sources utilisées pour cet article|Literaturverzeichnis
Verwendete Quellen|Quellen und Literatur:|Liste der verwendeten Quellen|Quellen zum Artikel|§ 7 Literatur
"""
DOUBTFUL = "リンク|注|Notes|Weblinks|脚注|Sources and minutes|参考にしたノート|Quellen und Senken"
NONE = """
参考価格|情報源を増やす三つの理由を挙げると次のようになると担当者は言う|画像出典|関連リンク|仅供参考|参考价格：
图片来源|참고 가격|Reference designs|Sources of loss|Citations by year|Open source|Source code
Références produits|Sources d'énergie|Fehlerquellen|Related articles|The main article|記事の一覧|本
The handbook ends with references, and the references end with a poem.
"""


def words(text: str) -> list[str]:
    return [word for line in text.strip().split("\n") for word in line.split("|")]


@pytest.mark.parametrize("line", words(SURE))
def test_a_label_is_made_of_known_words(line: str) -> None:
    label = read_label(line)
    assert (label.certainty, label.rest) == (Certainty.SURE, "")


@pytest.mark.parametrize("line", words(DOUBTFUL))
def test_what_is_half_a_label_is_doubtful(line: str) -> None:
    assert read_label(line).certainty is Certainty.LIKELY


@pytest.mark.parametrize("line", words(NONE))
def test_sources_of_something_else_are_no_label(line: str) -> None:
    assert read_label(line).certainty is Certainty.NONE


@pytest.mark.parametrize(
    ("line", "rest"),
    [
        ("参考：①https://mole.example/a", "①https://mole.example/a"),
        ("Source: https://mole.example/a", "https://mole.example/a"),
        ("원문 링크 https://mole.example/a", "https://mole.example/a"),
        ("References: [1] Silt", "[1] Silt"),
    ],
)
def test_what_follows_a_label_on_its_line_is_handed_back(line: str, rest: str) -> None:
    label = read_label(line)
    assert (label.certainty, label.rest) == (Certainty.SURE, rest)
