"""Differences put together again give both states."""

from hypothesis import given, settings
from hypothesis import strategies as st

from archive.similarity import Change, differences, sentences

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
