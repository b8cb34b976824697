"""Where the last WARC record stands that the archive knows."""

from archive.records import Capture
from archive.store import open_store
from archive.store.captures import save_capture
from archive.store.warc_places import warc_ends


def capture(**place: object) -> Capture:
    return Capture(id=None, surt="test,cited)/", url="http://cited.test/", fetched_at="2025-11-22T12:00:00Z", **place)


def test_the_end_is_that_of_the_last_record_with_a_place(tmp_path):
    with open_store(tmp_path / "a.db") as store:
        assert warc_ends(store) == {}
        save_capture(store, capture(warc_file="a-00001.warc.gz", warc_offset=10, warc_length=90))
        save_capture(store, capture(warc_file="a-00002.warc.gz", warc_offset=5, warc_length=15))
        save_capture(store, capture())
        assert warc_ends(store) == {"a-00002.warc.gz": 20}
