"""CSV that a spreadsheet may open."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.spreadsheets import CsvFilter, neutral


@pytest.mark.parametrize("cell", ["=1+1", "+cmd", "-2+3", "@SUM(1)", " =1", "\t=1", "\r1", "＝1", "=cmd|' /C calc'!A0"])
def test_what_a_spreadsheet_would_run_gets_an_apostrophe(cell):
    assert neutral(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["", "plain", "a=b", "-5", "+81", "1e5", "-0.25", 7, -7, None, "'quoted", "資料"])
def test_other_cells_stay_as_they_are(cell):
    assert neutral(cell) == cell


@given(
    rows=st.lists(st.lists(st.text(max_size=12), min_size=2, max_size=4), min_size=1, max_size=6),
    cuts=st.lists(st.integers(0, 200), max_size=5),
)
def test_rows_are_made_safe_however_the_stream_is_cut(rows, cuts):
    out = io.StringIO(newline="")
    csv.writer(out).writerows(rows)
    text = out.getvalue()
    ends = sorted({min(cut, len(text)) for cut in cuts} | {len(text)})
    cells = CsvFilter()
    parts = [cells.feed(text[start:end]) for start, end in zip([0, *ends], ends, strict=False)]
    passed = "".join([*parts, cells.finish()])
    assert list(csv.reader(io.StringIO(passed, newline=""))) == [[neutral(cell) for cell in row] for row in rows]
