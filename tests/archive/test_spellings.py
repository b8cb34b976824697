"""Other spellings: names, characters, long vowels and hyphens, each with its reason."""

import pytest

from archive.query import Term
from archive.spellings import other_spellings


@pytest.mark.parametrize(
    ("word", "other", "reason"),
    [
        ("openai", "オープンai", "name"),
        ("オープンai", "openai", "name"),
        ("オープンai", "开放ai", "name"),
        ("エヌビディア", "nvidia", "name"),
        ("google deepmind", "ディープマインド", "name"),
        ("ロイター", "reuters", "name"),
        ("融资", "融資", "characters"),
        ("規制", "规制", "characters"),
        ("开发", "開発", "characters"),
        ("半導體", "半导体", "characters"),
        ("サーバ", "サーバー", "long vowel"),
        ("サーバー", "サーバ", "long vowel"),
        ("ヴァイオリン", "バイオリン", "long vowel"),
        ("データ・センター", "データセンター", "long vowel"),
        ("grok-4", "grok4", "joined"),
        ("grok4", "grok-4", "joined"),
        ("open-source", "opensource", "joined"),
    ],
)
def test_a_word_has_other_spellings(word, other, reason):
    assert (other, reason) in [(one.text, one.reason) for one in other_spellings(Term(word))]


@pytest.mark.parametrize("word", ["資源", "規", "data", "はなし", "4o", "nature"])
def test_a_word_is_not_its_own_spelling_and_common_words_have_no_names(word):
    assert word not in [one.text for one in other_spellings(Term(word))]
    assert not [one for one in other_spellings(Term(word)) if one.reason == "name"]
    assert other_spellings(Term(word, is_inside=True)) == []
