"""Which address next: claims from the frontier, never more than may be in flight, never too many of one host."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Annotated

from archive.records import FrontierEntry
from archive.store import frontier
from spiders.politeness import FIRST_LATER
from spiders.scope import LISTS
from spiders.session import COMMIT_AFTER_S, Session

LATE = timedelta(seconds=2)
IDLE_POLL_S = 0.05  # the longest a settled visit waits to be noticed when its event was set before we looked


@dataclass(slots=True)
class Claims:
    """The entries that one spider holds."""

    session: Session
    kinds: Annotated[tuple[str, ...], "Frontier kinds that this spider asks for."]
    least_priority: Annotated[int, "What has less is left to another spider."] = 0
    held: Annotated[dict[str, FrontierEntry], "Entries on their way, by SURT."] = field(default_factory=dict)
    waking: Annotated[dict[str, datetime], "Entries that are asked again in this run, and when."] = field(
        default_factory=dict
    )
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    async def entries(self) -> AsyncIterator[FrontierEntry]:
        """Yield entries that are due until there are none left that this run may ask for."""
        while not (self.session.is_stopping or self.session.hosts.is_full):
            self._changed.clear()
            found = self._claim()
            for entry in found:
                if self._take(entry):
                    yield entry
            if found:
                continue
            if self.held:
                await self._sleep(COMMIT_AFTER_S)  # a commit makes room as well
            elif self.session.commit():
                continue
            elif (wait_s := self._seconds_to_wait()) is not None:
                await self._sleep(wait_s)
            else:
                return

    def settle(self, entry: FrontierEntry) -> None:
        """Note that what came of *entry* is written."""
        self.held.pop(entry.surt, None)
        self._changed.set()

    def hold_back(self, entry: FrontierEntry, host: str, *, is_begun: bool) -> None:
        """Give *entry* back, because *host* rests; it is as if it had not been claimed, only later.

        *is_begun*: a redirect led from another host to this one, so that a pause of this one is all that stops it.
        """
        session, ends = self.session, self.session.hosts.pause_ends(host)
        later = ends or (session.now() + FIRST_LATER if is_begun else None)
        with session.write(n_pages=0):
            frontier.put_back(session.store, [entry.surt], due_at=later)
        session.attempts[entry.surt] -= 1
        if entry.kind in session.remaining and not session.attempts[entry.surt]:
            session.remaining[entry.kind] += 1
        if ends:
            self.waking[entry.surt] = ends
        self.settle(entry)

    def _claim(self) -> list[FrontierEntry]:
        session = self.session
        n_free = session.config.concurrency - len(self.held) - session.n_uncommitted
        remaining = session.remaining
        pages = [kind for kind in self.kinds if kind not in LISTS and remaining.get(kind, 1) > 0]
        if n_free <= 0 or not pages:
            return []
        # Where only some are wanted, they are the newest: first let what is asked already say what is new.
        is_discovering = any(entry.kind in LISTS for entry in self.held.values())
        ready = [kind for kind in pages if not (kind in remaining and is_discovering)]
        lists = LISTS if session.hosts.may_list else ()
        kinds = [kind for kind in self.kinds if kind in lists or kind in ready]
        n_limited = min((remaining[kind] for kind in kinds if kind in remaining), default=n_free)
        with session.write(n_pages=0):
            return frontier.claim(
                session.store,
                kinds=kinds,
                limit=min(n_free, n_limited),
                run_id=session.run_id,
                now=session.now(),
                lease_s=session.config.lease_s,
                busy_hosts=self._busy_hosts(),
                least_priority=self.least_priority,
            )

    def _take(self, entry: FrontierEntry) -> bool:
        """Hold *entry* and say so, or give it back when its host, or the run, has had its share since the claim."""
        if entry.surt in self.held:  # its lease ran out while it waits for its turn: it is on its way still
            return False
        is_too_many = entry.kind in LISTS and not self.session.hosts.may_list
        if is_too_many or entry.host in self._busy_hosts():
            with self.session.write(n_pages=0):
                frontier.put_back(self.session.store, [entry.surt])
            return False
        self.held[entry.surt] = entry
        self.waking.pop(entry.surt, None)
        self.session.attempts[entry.surt] += 1
        if entry.kind in self.session.remaining and self.session.attempts[entry.surt] == 1:
            self.session.remaining[entry.kind] -= 1
        if entry.kind in LISTS:
            self.session.hosts.count_list(entry.host)
        if entry.kind == "cited":
            self.session.asked[entry.host] += 1
        return True

    def _busy_hosts(self) -> set[str]:
        config = self.session.config
        under_way = Counter(entry.host for entry in self.held.values())
        busy = {host for host, n_held in under_way.items() if n_held >= 2 * config.per_host}
        busy |= {host for host, n_asked in self.session.asked.items() if n_asked >= config.cited_per_host}
        return busy | self.session.hosts.resting()

    def _seconds_to_wait(self) -> float | None:
        now = self.session.now()
        # What could not be claimed long after its moment is no longer due (another run, a budget): do not wait for it.
        self.waking = {surt: at for surt, at in self.waking.items() if at > now - LATE}
        pauses = self.session.hosts.pauses()
        waiting = frontier.hosts_waiting(self.session.store, kinds=self.kinds, hosts=pauses, now=now) if pauses else ()
        moments = [*self.waking.values(), *(pauses[host] for host in waiting)]
        return max(0.0, (min(moments) - now).total_seconds()) if moments else None

    async def _sleep(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._changed.wait(), seconds + IDLE_POLL_S)
        except TimeoutError:
            return
