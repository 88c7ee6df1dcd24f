"""What a dry run foresaw, held against what comes of the list: nothing else is written than was confirmed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from supplychain.errors import Conflict, Fault
from supplychain.network.imports import replacing, store
from supplychain.network.imports.listing import Listing, Outcome
from supplychain.network.imports.rows import Result
from supplychain.work import Work


class Otherwise(Conflict):
    """Since a dry run something changed that matters to it."""


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What a dry run said: results by row, and numbers of the links that would end."""

    results: Mapping[int, Result]
    ends: frozenset[int]

    def check(self, work: Work, listing: Listing) -> None:
        """Whether a list would be taken as foreseen, as things are now. Raises Otherwise, saying what is not."""
        now = [*listing.foresee(work), *listing.refused]
        ends = frozenset(listing.ending.numbers if listing.ending else ())
        faults = [*self._differences(now), *_ends(work, self.ends - ends, "ended", "kept")]
        faults += _ends(work, ends - self.ends, "kept", "ended")
        _refuse(faults)

    def check_done(self, outcome: Outcome) -> None:
        """Whether a step did what was foreseen. Raises Otherwise, and then nothing of the step must stay."""
        _refuse(list(self._differences(outcome.results)))

    def _differences(self, results: Iterable[Result]) -> Iterable[Fault]:
        for result in results:
            was = self.results[result.row]
            if _told(was, was) != _told(result, was):
                params = {"was": _told(was, was), "now": _told(result, was)}
                yield Fault(f"/rows/{result.row}", "foreseen-otherwise", params)


def of(work: Work, number: int) -> Foreseen:
    """What a dry run said."""
    return Foreseen(store.foreseen(work, number), frozenset(work.session.scalars(store.ends_of(number))))


def _told(result: Result, was: Result) -> str:
    """What matters of a result; an organization or a link only where there was one."""
    parts = (result.status, result.record, result.of, result.before, result.after, was.subject and result.subject)
    return ", ".join(str(part) for part in parts if part is not None)


def _ends(work: Work, links: Iterable[int], was: str, now: str) -> list[Fault]:
    ids = replacing.ids_of(work, frozenset(links))
    return [Fault(f"/ends/{ids[number]}", "foreseen-otherwise", {"was": was, "now": now}) for number in sorted(ids)]


def _refuse(faults: list[Fault]) -> None:
    if faults:
        raise Otherwise("foreseen-otherwise", faults=faults)
