"""Problems are said once."""

from archive.store.problems import save_problem


def test_the_same_problem_of_a_page_is_stored_once(store):
    for message in ("no date", "no date", "no title"):
        save_problem(store, url="https://example.com/a", field="page", message=message, seen_at="2025-12-01T00:00:00Z")
    assert [row[0] for row in store.connection.execute("SELECT message FROM problems")] == ["no date", "no title"]
