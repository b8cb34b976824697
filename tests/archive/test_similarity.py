"""Differences put together again give both states."""

from hypothesis import given, settings
from hypothesis import strategies as st

from archive.similarity import Change, changed_paragraphs, differences, sentences, share_kept

TEXT = st.text("資金調達は20億ドル。規制！ \nAI.", max_size=60)


@settings(max_examples=150, deadline=None)
@given(before=TEXT, after=TEXT)
def test_differences_hold_both_states(before, after):
    found = differences(before, after)
    assert "".join(change.text for change in found if change.kind != "new") == before
    assert "".join(change.text for change in found if change.kind != "gone") == after


def test_a_changed_number_is_one_change_within_its_sentence():
    assert differences("序文。額は200億ドルだ。", "序文。額は300億ドルだ。") == [
        Change("same", "序文。額は"),
        Change("gone", "200"),
        Change("new", "300"),
        Change("same", "億ドルだ。"),
    ]


def test_sentences_that_have_nothing_in_common_change_as_a_whole():
    assert differences("雨が降る。", "株価は上がった！") == [
        Change("gone", "雨が降る。"),
        Change("new", "株価は上がった！"),
    ]


def test_sentences_end_at_the_marks_of_each_language():
    assert sentences("一。「二？」三\nFour. 4.5 percent!") == ["一。", "「二？」", "三\n", "Four.", " 4.5 percent!"]


def test_a_page_that_is_made_to_be_hard_to_compare_is_compared_at_once():
    before, after = "同じ文。" * 4000, "同じ文。違う。" * 4000
    assert share_kept(before, after) == 1
    edited = "".join("漢" if at % 20 == 0 else letter for at, letter in enumerate("資金調達の額は規制" * 1000))
    assert 0.9 < share_kept("資金調達の額は規制" * 1000, edited) < 1


def test_a_new_paragraph_stands_alone():
    changes = changed_paragraphs(differences("序文。\n\n結び。", "序文。\n\n追記。\n\n結び。"))
    assert [[(part.kind, part.text) for part in each] for each in changes] == [
        [("same", "序文。")],
        [("new", "追記。")],
        [("same", "結び。")],
    ]


def test_characters_that_are_the_same_by_chance_do_not_cut_a_change():
    found = differences("売上は前年比で20%増えた。", "売上高は前年同期比で約25%増加した。")
    assert [change.text for change in found if change.kind == "same"] == ["売上", "は前年", "た。"]
