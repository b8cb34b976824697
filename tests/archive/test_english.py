"""English words: forms of one word are found, words that only share a beginning are not."""

import pytest

from archive.english import any_form, forms, stem


@pytest.mark.parametrize(
    ("word", "others"),
    [
        ("chip", {"chips", "chipped", "chipping"}),
        ("bans", {"ban", "banned", "banning"}),
        ("universities", {"university"}),
        ("training", {"train", "trains", "trained"}),
        ("used", {"use", "uses", "using"}),
        ("companies", {"company"}),
        ("tax", {"taxes", "taxed"}),
        ("studied", {"study", "studies", "studying"}),
        ("areas", {"area"}),
        ("hopping", {"hop", "hops", "hopped"}),
        ("hoping", {"hope", "hopes", "hoped"}),
        ("agreed", {"agree", "agrees", "agreeing"}),
        ("stopped", {"stop", "stops"}),
        ("videos", {"video"}),
        ("processes", {"process", "processed"}),
    ],
)
def test_a_word_takes_its_other_forms(word, others):
    assert forms(word)[0] == word
    assert others <= set(forms(word))
    assert all(word in forms(other) for other in others)


@pytest.mark.parametrize(
    ("word", "stranger"),
    [
        ("universities", "universal"),
        ("university", "universe"),
        ("used", "us"),
        ("unit", "united"),
        ("news", "new"),
        ("new", "news"),
        ("hoping", "hop"),
        ("species", "specie"),
        ("string", "str"),
        ("organ", "organization"),
        ("even", "evening"),
        ("analysis", "analysi"),
    ],
)
def test_a_word_takes_no_form_of_another(word, stranger):
    assert stranger not in forms(word)


@pytest.mark.parametrize("word", ["資金", "2025", "c", "gpt4", "a" * 31, "the"])
def test_what_is_no_english_word_has_one_form(word):
    assert forms(word) == (word,)
    assert " OR " not in any_form(word)


def test_related_words_share_a_stem():
    assert stem("universities") == stem("universal")
