"""Answers on their way out: CSV that no spreadsheet runs, texts compressed for those who take it."""

import csv
import gzip
import io

import pytest

from archive.store import open_store

FORMULA = "=HYPERLINK(1)"


@pytest.fixture(scope="module")
def formula_file(archive_file, tmp_path_factory):
    """Return a copy of the archive whose first citation is a formula."""
    from archive.store import copy_database

    path = tmp_path_factory.mktemp("formulas") / "archive.db"
    with open_store(archive_file, read_only=True) as store:
        copy_database(store, path)
    with open_store(path) as store, store.transaction():
        store.connection.execute("UPDATE citations SET text = :text WHERE id = 1", {"text": FORMULA})
    return path


@pytest.mark.parametrize(
    "path",
    [
        "/archive/citations.csv",
        "/archive/citations.csv?_stream=1&_labels=on",
        "/archive/citations.csv?_dl=1&_size=max",
        "/archive.csv?sql=select+text+from+citations",
        "/archive.csv?sql=select+*+from+citations+where+id=1&_dl=1",
    ],
)
def test_no_csv_of_the_site_holds_a_formula(ask_site, formula_file, path):
    answer = ask_site(formula_file, path)
    cells = [cell for row in csv.reader(io.StringIO(answer.text, newline="")) for cell in row]
    assert answer.status_code == 200
    assert f"'{FORMULA}" in cells
    assert FORMULA not in cells
    assert FORMULA in ask_site(formula_file, path.replace(".csv", ".json")).text


@pytest.mark.parametrize(
    "path", ["/", "/article/1", "/archive/articles", "/archive/articles.json", "/static/archive.css"]
)
def test_texts_are_compressed_for_those_who_take_it(get, path):
    plain = get(path, headers={"accept-encoding": "identity"})
    packed = get(path, headers={"accept-encoding": "gzip, br"})
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert "accept-encoding" in packed.headers["vary"].lower()
    if not path.startswith("/archive"):  # those tell how many milliseconds they took
        assert packed.content == plain.content
    assert get(path, headers={"accept-encoding": "gzip;q=0, br"}).headers.get("content-encoding") is None


def test_a_streamed_table_is_compressed_as_one_gzip_member(ask_site, archive_file):
    answer = ask_site(
        archive_file, "/archive/captures.csv?_stream=1", headers={"accept-encoding": "gzip"}, as_sent=True
    )
    assert gzip.decompress(answer).decode().startswith("id,surt,url")
