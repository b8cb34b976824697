"""Captures in their order, and the payload that a revisit record refers to."""

from archive.model import Outcome
from archive.records import Capture
from archive.store.captures import captures_of, correct_outcome, last_payload, latest, same_payload, save_capture


def capture(number, **values):
    values = {"status": 200, "record_type": "response", "warc_file": "a.warc.gz", "warc_offset": number} | values
    values.setdefault("payload_digest", f"sha1:{number}")
    return Capture(
        surt=values.pop("surt", "com,example)/a"),
        url="https://example.com/a",
        fetched_at=f"2025-12-{number:02}T00:00:00Z",
        **values,
    )


def test_a_capture_comes_back_as_it_was_stored(store):
    number = save_capture(store, capture(1, outcome=Outcome.CHALLENGE))
    stored = latest(store, "com,example)/a")
    assert (stored.id, stored.outcome, stored.source) == (number, Outcome.CHALLENGE, "example.com")
    assert latest(store, "com,example)/b") is None


def test_the_last_payload_is_the_last_whole_answer(store):
    for made in (
        capture(1),
        capture(2),
        capture(3, status=304, record_type="revisit", payload_digest="sha1:2"),
        capture(4, status=None, record_type=None, warc_file=None, payload_digest=None),
        capture(5, status=404),
    ):
        save_capture(store, made)
    assert last_payload(store, "com,example)/a").payload_digest == "sha1:2"
    assert latest(store, "com,example)/a").status == 404
    assert same_payload(store, "com,example)/a", "sha1:1").id == 1
    assert same_payload(store, "com,example)/a", "sha1:9") is None


def test_captures_are_read_in_order_while_others_are_written(store):
    for number in range(1, 8):
        save_capture(store, capture(number, source="odd" if number % 2 else "even"))
    save_capture(store, capture(9, source="odd", record_type="revisit"))
    seen = []
    for found in captures_of(store, source="odd", with_body=True):
        seen.append(found.warc_offset)
        correct_outcome(store, found.id, outcome=Outcome.STUB, detail="two lines")
    assert seen == [1, 3, 5, 7]
    assert [found.warc_offset for found in captures_of(store, surt="com,example)/a", after_id=5)] == [6, 7, 9]
    assert [found.outcome for found in captures_of(store)][:2] == [Outcome.STUB, Outcome.OK]
