"""How far the pages of a listing are followed: until two bring nothing new, or as deep as the operator asked."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Annotated

MAX_QUIET = 2  # pages in a row with nothing new; a pinned or sliding item makes one alone say little
MAX_FOREIGN = 5  # pages in a row with nothing inside the scope: other locales, mixed into one list


@dataclass(frozen=True, slots=True)
class Step:
    """Where a page stands in its listing."""

    root: Annotated[str, "SURT of the listing's first page."]
    page: Annotated[int, "1 for the first."] = 1
    n_quiet: Annotated[int, "Pages in a row, up to this one, with nothing new."] = 0
    n_foreign: Annotated[int, "Pages in a row, up to this one, with nothing in the scope."] = 0


@dataclass(slots=True)
class Walk:
    """The steps of this run; a page that nobody led to begins a listing."""

    depth: Annotated[int | None, "Follow so many pages, whatever they bring; None: while they bring something new."]
    _steps: dict[str, Step] = field(default_factory=dict)
    _contents: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def goes_on(self, surt: str, *, digest: str, n_new: int, n_inside: int) -> bool:
        """Note what the page *surt* brought and return whether the next page is asked.

        *digest* stands for the addresses on it: a page that repeats an earlier one of its listing is past the end.
        """
        step = self._steps.get(surt) or Step(surt)
        is_repeated = digest in self._contents[step.root]
        self._contents[step.root].add(digest)
        n_quiet = 0 if n_new else step.n_quiet + (n_inside > 0)
        n_foreign = 0 if n_inside else step.n_foreign + 1
        self._steps[surt] = Step(step.root, step.page, n_quiet, n_foreign)
        if self.depth is not None:
            return step.page < self.depth and not is_repeated
        return n_quiet < MAX_QUIET and n_foreign < MAX_FOREIGN

    def lead(self, surt: str, following: str) -> None:
        """Note that the page *following* comes after *surt*."""
        step = self._steps.get(surt) or Step(surt)
        self._steps.setdefault(following, Step(step.root, step.page + 1, step.n_quiet, step.n_foreign))
