"""Verify finds every body that is not what was captured, and every row that points nowhere."""

import gzip

from archive.verify import verify


def test_a_whole_archive_has_no_fault(filled, tmp_path):
    report = verify(filled, tmp_path / "archive.db.captures")
    assert (report.n_bodies, report.faults) == (3, [])


def test_a_changed_body_a_lost_file_and_a_wrong_place_are_each_named(filled, tmp_path):
    folder = tmp_path / "archive.db.captures"
    (file,) = folder.glob("*.warc.gz")
    records = gzip.decompress(file.read_bytes()).replace(
        "資金調達を進めている".encode(), "資金調達を止めている".encode()
    )
    file.write_bytes(gzip.compress(records))
    filled.connection.execute("UPDATE captures SET warc_offset = 0 WHERE id = 1")
    filled.connection.execute("UPDATE captures SET warc_file = 'lost.warc.gz' WHERE id = 2")
    faults = verify(filled, folder).faults
    assert len(faults) == 3
    assert "lost.warc.gz" in faults[1]


def test_rows_and_index_that_do_not_fit_are_named(filled, tmp_path):
    filled.connection.execute("UPDATE articles SET capture_id = 99 WHERE id = 1")
    filled.connection.execute("DELETE FROM articles_fts_docsize WHERE id = 2")
    faults = verify(filled, tmp_path / "archive.db.captures").faults
    assert any("captures that is not there" in fault for fault in faults)
    assert any("lacks 1 articles" in fault for fault in faults)
