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


def test_a_flipped_bit_anywhere_in_a_record_is_noticed(filled, tmp_path):
    folder = tmp_path / "archive.db.captures"
    (file,) = folder.glob("*.warc.gz")
    sound = file.read_bytes()
    start, length = filled.connection.execute(
        "SELECT warc_offset, warc_length FROM captures WHERE record_type = 'response' ORDER BY id LIMIT 1"
    ).fetchone()
    for place in range(start + 10, start + length, 17):  # ten bytes of gzip's own head come first
        file.write_bytes(sound[:place] + bytes([sound[place] ^ 4]) + sound[place + 1 :])
        assert verify(filled, folder).faults
    file.write_bytes(sound)
    assert not verify(filled, folder).faults
