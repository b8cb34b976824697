"""How long cited links live: the share still there by age, estimated as lifetimes are (Kaplan and Meier, 1958)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Age:
    """What is known of links at one age, in days since they were first cited."""

    days: int
    n_known: int
    n_lost: int
    share: float


def survival(ages: Iterable[Sequence[int]]) -> list[Age]:
    """Return the curve for *ages*: (days, pages lost at that age, pages last seen there at that age), in any order.

    A page that was last seen at 30 days counts as known up to 30 days and says nothing of later ones. The share starts
    at 1 and falls by the part lost among those known at each age at which one was lost; ages without a loss are left
    out, but for the first and the last.

    >>> [(age.days, age.n_known, round(age.share, 2)) for age in survival([(5, 1, 1), (9, 0, 2), (7, 1, 0)])]
    [(0, 5, 1.0), (5, 5, 0.8), (7, 3, 0.53), (9, 2, 0.53)]
    """
    rows = sorted(tuple(row) for row in ages)
    n_known, share = sum(lost + seen for _, lost, seen in rows), 1.0
    curve = [Age(0, n_known, 0, 1.0)] if rows else []
    for days, lost, seen in rows:
        share *= 1 - lost / n_known
        if lost or (days, lost, seen) == rows[-1]:
            curve.append(Age(days, n_known, lost, share))
        n_known -= lost + seen
    return curve


def at_ages(curve: Sequence[Age], days: Iterable[int]) -> list[tuple[int, int, float]]:
    """Return (days, pages known beyond, share) of *curve* at each age asked for that it reaches.

    >>> [(day, round(share, 2)) for day, _, share in at_ages(survival([(5, 1, 1), (9, 0, 2)]), (7, 30))]
    [(7, 0.75)]
    """
    reached = [day for day in days if curve and day <= curve[-1].days]
    found = []
    for day in reached:
        last = max((age for age in curve if age.days <= day), key=lambda age: age.days)
        later = next((age.n_known for age in curve if age.days > day), 0)
        found.append((day, later, last.share))
    return found
