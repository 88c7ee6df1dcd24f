"""A day's reminders, and the digests that carry what was noticed, as a job."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Final

from supplychain import lease
from supplychain.conformity import own_obligations
from supplychain.frameworks import registry
from supplychain.i18n import LANGUAGES
from supplychain.jobs import Job
from supplychain.network import engine
from supplychain.notices import dealings, mailing, queries
from supplychain.notices.models import Digest
from supplychain.notices.operations import Said, tell
from supplychain.notices.rules import DAYS, Kind, goes_out, reminder
from supplychain.work import Runtime, Work, run

JOB: Final = "reminders"
BATCH = 50
"""Organizations a transaction."""


def handle(runtime: Runtime, job: Job, owner: str) -> None:
    """Remind whoever is to be reminded on a day. Raises LeaseLost.

    Begun anew after a kill: what was told is not told again. A day that is over is left to the job of the last one,
    which looks back, so that nobody gets a month's digests at once.
    """
    day = date.fromisoformat(job.payload["day"])
    owing = run(runtime, lambda work: _owing(work, day))
    for start in range(0, len(owing), BATCH):

        def batch(work: Work, some: Sequence[int] = owing[start : start + BATCH]) -> None:
            for said in (*_due(work, some, day), *dealings.planned(work, some, day), *dealings.ending(work, some, day)):
                tell(work, said)
            lease.hold(work.session, Job, job.number, owner, work.now)

        run(runtime, batch)

    def last(work: Work) -> None:
        if runtime.settings.smtp_url and engine.network(work).day == day:
            _digest(work, day)
        lease.finish(work.session, Job, job.number, owner, work.now)

    run(runtime, last)


def _owing(work: Work, day: date) -> Sequence[int]:
    """Organizations somebody acts for; nobody on a day that is over."""
    if engine.network(work).day != day:
        return ()
    return sorted({organization for _, organization in queries.seats(work)})


def _due(work: Work, organizations: Iterable[int], day: date) -> Iterator[Said]:
    for organization in organizations:
        numbers = own_obligations.numbers_of(work, organization, day)
        if not numbers:
            continue
        asked = queries.days_of(work, numbers.values())
        for item in own_obligations.obligations(work, organization, day):
            if item["move"] != "supplier":
                continue
            due = date.fromisoformat(item["due"])
            off = reminder(due, day, asked.get(numbers[item["requirement"]], DAYS))
            if off is not None:
                kind = Kind.OBLIGATION_OVERDUE if due < day else Kind.OBLIGATION_DUE
                key = f"due:{numbers[item['requirement']]}:{item['pillar']}:{due}:{off}"
                told = {"level": item["level"], "due": item["due"], "days": abs((due - day).days)}
                names = _names(work, item["framework"], item["pillar"])
                yield Said(organization, kind, item["requirement"], key, {**told, "names": names})


def _names(work: Work, key: str, pillar: str) -> Mapping[str, Mapping[str, str]]:
    framework = registry(work).get(key)
    assert framework is not None  # it is owed
    named = next(one for one in framework.pillars if one.id == pillar).names.as_dict()
    whole = framework.names.as_dict()
    return {language: {"framework": whole[language], "pillar": named[language]} for language in LANGUAGES}


def _digest(work: Work, day: date) -> None:
    newest = queries.newest(work)
    for person, organization in queries.seats(work):
        upto = newest.get(organization, 0)
        frequency, without = queries.preference(work, person, organization)
        if not goes_out(frequency, day):
            continue
        after = queries.last_sent(work, person, organization)
        if queries.between(work, organization, after, upto, without):
            row = Digest(person=person, organization=organization, day=day, upto=upto)
            work.session.add(row)
            work.session.flush()
            work.enqueue(mailing.JOB, {"digest": row.number})
