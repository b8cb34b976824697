"""Bytes become text by the rules of browsers, and never mojibake."""

import pytest

from spiders.pages.charset import decode

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
