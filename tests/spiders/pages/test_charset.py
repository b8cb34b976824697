"""Bytes become text by the rules of browsers, and never mojibake."""

import pytest

from spiders.pages.charset import decode
from spiders.pages.labels import encodings

JAPANESE = "<p>人工知能の研究開発について、東京の会社が新しい技術を発表した。これは世界でも珍しい。</p>" * 3
CHINESE = "<p>人工智能公司发布了新的模型，数据显示市场正在增长。记者表示，这是一个重要的问题。</p>" * 3
TAIWANESE = "<p>人工智慧公司發布了新的模型，資料顯示市場正在增長。記者表示，這是一個重要的問題。</p>" * 3
KOREAN = "<p>인공지능 회사가 새로운 모델을 발표했다. 시장은 계속 성장하고 있다고 한다.</p>" * 3
FRENCH = "<p>Le modèle a été présenté à l'été par une société française, déjà connue.</p>" * 3


@pytest.mark.parametrize(
    ("text", "codec", "header"),
    [
        (JAPANESE, "cp932", "text/html; charset=Shift_JIS"),
        (JAPANESE, "euc_jp", "text/html; charset=x-euc-jp"),
        (JAPANESE, "iso2022_jp", "text/html; charset=iso-2022-jp"),
        (CHINESE, "gb18030", "text/html; charset=gb2312"),
        (TAIWANESE, "big5", "text/html; charset=big5-hkscs"),
        (KOREAN, "cp949", "text/html; charset=ks_c_5601-1987"),
        (FRENCH, "cp1252", "text/html; charset=iso-8859-1"),
        (JAPANESE, "utf-16", "text/html"),
        (JAPANESE, "utf-8-sig", "text/html; charset=shift_jis"),
    ],
    ids=["sjis", "euc-jp", "iso-2022-jp", "gb2312", "big5", "euc-kr", "latin1", "utf-16 bom", "bom beats header"],
)
def test_a_label_means_what_browsers_read_under_it(text: str, codec: str, header: str) -> None:
    decoded = decode(text.encode(codec), header)
    assert decoded is not None
    assert decoded.text == text


@pytest.mark.parametrize(
    ("text", "codec"),
    [(JAPANESE, "cp932"), (JAPANESE, "euc_jp"), (CHINESE, "gb18030"), (TAIWANESE, "big5"), (KOREAN, "cp949")],
)
@pytest.mark.parametrize("header", ["", "text/html; charset=utf-8", "text/html; charset=iso-8859-1"])
def test_an_absent_or_wrong_label_makes_no_mojibake(text: str, codec: str, header: str) -> None:
    decoded = decode(text.encode(codec), header)
    assert decoded is not None
    assert decoded.text == text


def test_a_meta_label_is_read_when_the_header_has_none() -> None:
    decoded = decode(b'<meta charset="shift_jis">' + JAPANESE.encode("cp932"))
    assert decoded is not None
    assert (decoded.encoding, decoded.named_by) == ("shift_jis", "meta")


def test_icon_fonts_and_replacement_characters_do_not_make_utf8_undecodable() -> None:
    decoded = decode("<p>\ue001\ue002 \ufffd\ufffd\ufffd \ue003</p>".encode(), "text/html; charset=utf-8")
    assert decoded is not None


def test_bytes_that_no_encoding_explains_are_refused() -> None:
    assert decode(bytes(range(128, 256)) * 40, "text/html; charset=utf-8") is None


PAGES = {
    "ja": "昨日、東京で開かれた会議で、研究者たちは小型モデルの性能について話し合った。",
    "ja short": "新型チップの発売は来月の予定です。価格は未定。",
    "ja half-width": "ｻｰﾋﾞｽ名の一覧と、サーバーのメンテナンスのお知らせです。",
    "zh": "昨天，研究人员在北京举行的会议上讨论了小型模型的表现。",
    "zh short": "新芯片将于下月发布，价格未定。",
    "tw": "昨天，研究人員在台北舉行的會議上討論了小型模型的表現。",
    "ko": "어제 서울에서 열린 회의에서 연구자들이 소형 모델의 성능을 논의했다.",
    "ru": "Вчера на конференции в Москве исследователи обсудили работу небольших моделей.",
    "el": "Χθες οι ερευνητές συζήτησαν για τα μικρά μοντέλα στην Αθήνα.",
    "de": "Gestern wurde über die Prüfung größerer Geräte gesprochen. Äpfel, Öl, Übung.",
    "fr": "Hier, à l'école, les élèves ont découvert la nouvelle machine déjà célèbre.",
}
WRITTEN = [
    *(("ja", "cp932"), ("ja", "euc_jp"), ("ja", "iso2022_jp"), ("ja short", "cp932"), ("ja short", "euc_jp")),
    *(("ja half-width", "cp932"), ("zh", "gb18030"), ("zh short", "gbk"), ("tw", "big5"), ("ko", "cp949")),
    *(("ru", "cp1251"), ("ru", "koi8_r"), ("ru", "iso8859_5"), ("el", "cp1253"), ("de", "cp1252"), ("fr", "cp1252")),
]
SAID = ("", "utf-8", "iso-8859-1", "gb2312", "shift_jis", "euc-jp", "big5", "euc-kr", "windows-1251", "iso-2022-jp")


@pytest.mark.parametrize("said", SAID, ids=lambda said: said or "nothing said")
@pytest.mark.parametrize(("name", "codec"), WRITTEN, ids=lambda value: value)
def test_whatever_is_declared_the_sentence_is_what_was_written(name: str, codec: str, said: str) -> None:
    html = f"<html><head><title>{PAGES[name]}</title></head><body><p>Hello there</p><p>{PAGES[name]}</p></body></html>"
    decoded = decode(html.encode(codec), f"text/html; charset={said}" if said else "text/html")
    assert decoded is not None
    assert decoded.text == html


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("x-sjis", "shift_jis"),
        ("windows-31j", "shift_jis"),
        ("ks_c_5601-1987", "euc-kr"),
        ("unicode-1-1-utf-8", "utf-8"),
        ("latin1", "windows-1252"),
        ("us-ascii", "windows-1252"),
        ("iso-8859-9", "windows-1254"),
        ("tis-620", "windows-874"),
        ("chinese", "gbk"),
        ("csbig5", "big5"),
    ],
)
def test_a_label_has_the_name_the_standard_gives_it(label: str, name: str) -> None:
    assert encodings()[label][0] == name


def test_all_labels_of_the_standard_are_known() -> None:
    assert len(encodings()) == 228  # counted in the standard's table of names and labels, 2026-11


def test_seven_bit_chinese_and_korean_are_read_under_their_labels() -> None:
    for text, label in ((CHINESE, "hz-gb-2312"), (KOREAN, "iso-2022-kr")):
        decoded = decode(text.encode(label), f"text/html; charset={label}")
        assert decoded is not None
        assert decoded.text == text


def test_a_sign_or_two_beyond_ascii_do_not_make_a_page_undecodable() -> None:
    decoded = decode("<p>All rights reserved © 2025 – a plant in Ohio</p>".encode("cp1252"))
    assert decoded is not None
    assert "© 2025 –" in decoded.text


@pytest.mark.parametrize("said", ["gb2312", "shift_jis", "iso-8859-1", "windows-1251", "utf-8", ""])
def test_a_page_of_noise_is_refused_or_read_with_next_to_no_replacement_characters(said: str) -> None:
    noise = bytes((number * 7919 >> 3) % 256 for number in range(6000))
    decoded = decode(noise, f"text/html; charset={said}")
    assert decoded is None or decoded.text.count("\ufffd") < 0.01 * len(noise)
