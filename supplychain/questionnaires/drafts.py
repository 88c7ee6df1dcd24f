"""Forms that are saved half filled in, gone on with in any language, and sent; until then nobody's evidence."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final

from sqlalchemy import Select, select

from supplychain.errors import Fault, Invalid, NotFound
from supplychain.faults import escaped
from supplychain.frameworks import operations as frameworks
from supplychain.frameworks import registry
from supplychain.frameworks.catalogue import catalogue
from supplychain.frameworks.framework import Framework
from supplychain.network import directory
from supplychain.network import own as asking_about
from supplychain.network.models import Organization
from supplychain.network.standing import require_verified
from supplychain.questionnaires import operations
from supplychain.questionnaires.models import QuestionnaireDraft
from supplychain.work import Work

BY_NAME: Final = ("answers", "facts")
SAID: Final = (*BY_NAME, "observed_from", "observed_to", "source")
"""What a draft keeps, as it will be sent."""
Content = Mapping[str, Any]
_NOTHING: Final[tuple[Any, ...]] = (None, "", [], {})


def save(
    work: Work, *, framework: str, content: Content, organization: str | None = None, title: str = ""
) -> QuestionnaireDraft:
    """Keep a form as far as it is filled in. Raises NotFound, Forbidden, Invalid for what no form of it asks."""
    require_verified(work)
    pack = frameworks.find(work, framework)
    subject = asking_about.member(work, organization, work.today)
    kept = _plain(_filled(content))
    _check(pack, kept)
    row = QuestionnaireDraft(
        holder=work.actor.organization,
        organization=subject,
        framework=pack.key,
        title=title,
        content=kept,
        created_at=work.now,
        changed_at=work.now,
    )
    work.session.add(row)
    work.session.flush()
    work.record("questionnaire-draft.saved", row.id, row.holder, framework=row.framework)
    return row


def change(work: Work, row: QuestionnaireDraft, sent: Content) -> QuestionnaireDraft:
    """Go on with a draft: each answer and fact sent takes the place of what was kept, an empty one drops it.

    sent: ``framework``, ``title`` and parts of the content; what is not named stays.
    Raises NotFound, Forbidden, Invalid.
    """
    require_verified(work)
    pack = frameworks.find(work, sent.get("framework", row.framework))
    kept = dict(row.content)
    for name in SAID:
        if name in BY_NAME:
            kept[name] = {**kept.get(name, {}), **sent.get(name, {})}
        elif name in sent:
            kept[name] = sent[name]
    content = _plain(_filled(kept))
    _check(pack, content)
    row.framework, row.title, row.content = pack.key, sent.get("title", row.title), content
    row.changed_at = work.now
    work.session.flush()
    work.record("questionnaire-draft.saved", row.id, row.holder, framework=row.framework)
    return row


def remove(work: Work, row: QuestionnaireDraft) -> None:
    """Drop a draft. Raises Forbidden."""
    require_verified(work)
    _drop(work, row, "questionnaire-draft.removed")


def sent(work: Work, row: QuestionnaireDraft) -> None:
    """What a draft said is on record now; the draft is gone."""
    _drop(work, row, "questionnaire-draft.sent")


def find(work: Work, draft_id: str) -> QuestionnaireDraft:
    """A draft of the caller's. Raises NotFound."""
    row = work.session.scalar(own(work).where(QuestionnaireDraft.id == draft_id))
    if row is None:
        raise NotFound
    return row


def own(work: Work, framework: str | None = None) -> Select[QuestionnaireDraft]:
    """The caller's drafts, or those of one framework version."""
    query = select(QuestionnaireDraft).where(QuestionnaireDraft.holder == work.actor.organization)
    return query if framework is None else query.where(QuestionnaireDraft.framework == framework)


def subject(work: Work, row: QuestionnaireDraft) -> Organization:
    """Whom a draft is about."""
    return directory.by_number(work, {row.organization})[row.organization]


def path_of(row: QuestionnaireDraft) -> str:
    """Where a draft is found."""
    return f"/v1/me/questionnaire/drafts/{row.id}"


def obstacles(work: Work, row: QuestionnaireDraft, body: Content) -> Sequence[Fault]:
    """What would keep a draft from being sent today, each where it stands; the files it names are taken as sent.

    body: its content, as a form is read.
    """
    files = {name for given in body["answers"].values() for name in given["files"]}
    try:
        operations.read(work, row.framework, subject(work, row).id, body, sorted(files))
    except Invalid as refused:
        return refused.faults
    except NotFound as refused:  # a plant that is its own no longer, or a version that is not published
        return (Fault("", refused.code),)
    return ()


def represent(work: Work, rows: Iterable[QuestionnaireDraft]) -> list[dict[str, Any]]:
    """Drafts as a list shows them; one of a version in whose place another stands says so."""
    shown = list(rows)
    about = directory.by_number(work, {row.organization for row in shown})
    newest = _newest(work)
    return [
        {
            "id": row.id,
            "organization": {"id": about[row.organization].id, "name": about[row.organization].name},
            "framework": row.framework,
            "replaced_by": _replaced_by(row.framework, newest),
            "title": row.title,
            "answered": len(row.content["answers"]),
            "stated": len(row.content["facts"]),
            "created_at": row.created_at,
            "changed_at": row.changed_at,
        }
        for row in shown
    ]


def _drop(work: Work, row: QuestionnaireDraft, what: str) -> None:
    work.session.delete(row)
    work.session.flush()
    work.record(what, row.id, row.holder, framework=row.framework)


def _filled(content: Content) -> dict[str, Any]:
    """Without what is left empty: form libraries make an object of every question."""
    said = {name: content[name] for name in SAID if content.get(name) not in _NOTHING}
    for name in BY_NAME:
        told = {key: _without_blanks(given) for key, given in content.get(name, {}).items()}
        said[name] = {key: given for key, given in told.items() if given}
    return said


def _without_blanks(given: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in given.items() if value not in _NOTHING}


def _plain(value: Any) -> Any:
    """As JSON has it."""
    if isinstance(value, Mapping):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return value.isoformat() if isinstance(value, date) else value


def _check(pack: Framework, content: Content) -> None:
    """A draft keeps nothing that no form of its framework asks, so that it cannot grow without end."""
    faults = [
        Fault(f"/answers/{escaped(name)}", "unknown-indicator", {"framework": pack.key})
        for name in content["answers"]
        if pack.indicator(name) is None
    ]
    faults += [
        Fault(f"/facts/{escaped(name)}", "unknown-fact", {"known": ", ".join(catalogue())})
        for name in content["facts"]
        if name not in catalogue()
    ]
    if faults:
        raise Invalid("invalid-payload", faults=faults)


def _newest(work: Work) -> Mapping[str, str]:
    """By framework, its version that came last."""
    newest: dict[str, Framework] = {}
    for one in registry(work):
        before = newest.get(one.id)
        if before is None or _order(one.version) > _order(before.version):
            newest[one.id] = one
    return {name: one.key for name, one in newest.items()}


def _order(version: str) -> tuple[int, str]:
    return (int(version) if version.isdecimal() else 0, version)


def _replaced_by(key: str, newest: Mapping[str, str]) -> str | None:
    latest = newest.get(key.partition("@")[0])
    return None if latest == key else latest
