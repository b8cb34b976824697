"""Dates: CPU time a printed date, and how many are read right, over the table in tests/fixtures/dates.toml.

    python benchmarks/dates.py

Each string is read five times and the fastest counts, in milliseconds; the first of all builds the patterns from
the word lists.
"""

import time
import tomllib
from datetime import datetime
from pathlib import Path
from statistics import mean

from archive.dates import parse_date

TABLE = Path(__file__).parents[1] / "tests" / "fixtures" / "dates.toml"
N_READINGS = 5


def read(printed: str, lang: str | None, seen_at: datetime) -> tuple[str | None, float]:
    """Return what *printed* is read as ("2025-10-13 day"; None for no date) and the milliseconds that took."""
    fastest = float("inf")
    for _ in range(N_READINGS):
        start = time.process_time_ns()
        found = parse_date(printed, seen_at=seen_at, lang=lang)
        fastest = min(fastest, (time.process_time_ns() - start) / 1e6)
    return (f"{found.value} {found.precision}" if found else None), fastest


def main() -> None:
    """Measure and print."""
    table = tomllib.loads(TABLE.read_text("utf-8"))
    seen_at = table.pop("seen_at")
    none = dict.fromkeys(table.pop("none")["strings"])
    start = time.process_time_ns()
    parse_date("2025-10-13", seen_at=seen_at)
    first = (time.process_time_ns() - start) / 1e6
    costs: list[float] = []
    for lang, rows in {**table, "no date": none}.items():
        read_rows = [(read(printed, lang, seen_at), expected) for printed, expected in rows.items()]
        n_right = sum(found == expected for (found, _), expected in read_rows)
        n_wrong = sum(found is not None and found != expected for (found, _), expected in read_rows)
        costs += [cost for (_, cost), _ in read_rows]
        spent = mean(cost for (_, cost), _ in read_rows)
        print(f"{lang:8} {n_right:3} of {len(read_rows):3} right, {n_wrong} wrong, {spent:.3f} ms")
    print(f"all      {mean(costs):.3f} ms mean, {max(costs):.3f} ms the slowest; {first:.0f} ms the first of all")


if __name__ == "__main__":
    main()
