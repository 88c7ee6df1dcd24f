"""How far one certificate goes in a framework: "covers 71 % of level 2, missing: …"."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, time
from typing import Any

from sqlalchemy import or_, select

from supplychain.conformity import loading
from supplychain.conformity.appraisal import members, readers
from supplychain.conformity.rules import (
    Assessment,
    EvidenceFact,
    EvidenceState,
    Family,
    LevelResult,
    Outcome,
    assess,
)
from supplychain.conformity.specimens import SUBJECT
from supplychain.errors import Invalid, NotFound
from supplychain.evidence.models import Evidence
from supplychain.frameworks import operations, registry
from supplychain.frameworks.carrying import Route, routes
from supplychain.frameworks.crosswalk import Standard
from supplychain.frameworks.framework import Framework, Pillar
from supplychain.frameworks.systems import asked_by, guidance
from supplychain.frameworks.terms import EvidenceKind, Relation
from supplychain.i18n import LANGUAGES, sentence
from supplychain.network import engine
from supplychain.work import Work

Item = dict[str, Any]


def of_standard(work: Work, key: str, standard_id: str, version: str | None) -> Item:
    """What a certificate of a standard would cover, for an organization of which nothing is known.

    Raises NotFound for an unknown framework, Invalid for a standard or an edition that it does not recognise.
    """
    framework = operations.find(work, key)
    standard = framework.standard(standard_id)
    if standard is None:
        if standard_id in guidance():
            raise Invalid.at("?standard", "standard-not-certifiable", standard=guidance()[standard_id].en)
        known = ", ".join(sorted(one.id for one in framework.crosswalk))
        raise Invalid.at("?standard", "unknown-standard", known=known)
    if standard.versions and version not in standard.versions:
        raise Invalid.at("?version", "unknown-edition", known=", ".join(standard.versions))
    fact = EvidenceFact(
        number=0,
        organization=SUBJECT,
        kind=EvidenceKind.CERTIFICATE,
        trust=standard.trust,
        state=EvidenceState.ACCEPTED,
        received_at=datetime.combine(work.today, time(12), UTC),
        standard=standard.id,
        version=version,
        issued_on=work.today,
        valid_until=work.today,
    )
    result = assess(framework, SUBJECT, Family(), [fact], (), (), (), work.today)
    subject = _subject("coverage-certificate", standard, version)
    return {**_told(framework, standard, version, result, subject), "through": None}


def of_own(work: Work, evidence_id: str, key: str | None) -> list[Item]:
    """What an own certificate covers of what applies to the caller, in one framework version or in every one that
    recognises it, on the day that is asked about. Raises NotFound, also for what was not known of then.
    """
    asked = [operations.find(work, key)] if key is not None else list(registry(work))
    me, day = work.actor.organization, work.moment.on
    cutoff = work.moment.cutoff(work.runtime.settings.time_zone)
    mine = or_(Evidence.organization == me, Evidence.holder == me)
    row = work.session.scalar(select(Evidence).where(Evidence.id == evidence_id, mine))
    if row is None or (cutoff is not None and row.received_at >= cutoff):
        raise NotFound
    recognised = [(one, standard) for one in asked if row.standard and (standard := one.standard(row.standard))]
    network = engine.network(work)
    family = loading.family_of(network, me, day)
    with work.deriving():
        facts = loading.load(work, readers(network, me, family, day))
    told = [one for held in facts.evidence.values() for one in held if one.number == row.number]
    taken = sorted(members(me, family))
    decided = [one for member in taken for one in facts.decisions.get(member, ())]
    about = [loading.facts_about(network, member, day) for member in taken]
    version = (row.certificate or {}).get("version")
    found = []
    for framework, standard in recognised:
        result = assess(framework, me, family, told, (), decided, about, day, include_submitted=True)
        subject = _subject("coverage-yours", standard, version, day=row.issued_on)
        found.append({**_told(framework, standard, version, result, subject), "through": row.valid_until})
    return found


def _subject(code: str, standard: Standard, version: str | None, **params: object) -> dict[str, str]:
    """What is spoken of, in both languages: the standard with its edition, and of whom or when."""
    edition = f" ({version})" if version else ""
    names = standard.names.as_dict()
    return {
        language: sentence(code, language, {"standard": names[language] + edition, **params}) for language in LANGUAGES
    }


def _told(
    framework: Framework, standard: Standard, version: str | None, result: Assessment, subject: Mapping[str, str]
) -> Item:
    taken = {source.path for one in result.results.values() for source in one.sources if source.path}
    ways = sorted((one for one in routes(framework, standard) if one.path in taken), key=lambda one: one.path)
    return {
        "framework": framework.key,
        "standard": standard.id,
        "version": version,
        "trust": standard.trust.word,
        "paths": [list(one.path) for one in ways],
        "ways": [_way(one) for one in ways],
        "ours": _ours(standard, version, *(one.standard for one in ways)),
        "systems": [
            *_systems(standard.id, version, Relation.FULL, ()),
            *(one for way in ways for one in _systems(way.standard.id, way.as_version, way.relation, way.path)),
        ],
        "pillars": [
            {
                "pillar": pillar.id,
                "levels": [_level(framework, pillar, level.rank, result, subject) for level in framework.levels],
            }
            for pillar in framework.pillars
        ],
    }


def _way(route: Route) -> Item:
    assert route.tag is not None  # it has a hop
    return {"path": list(route.path), "mark": route.tag.mark, "until": route.until}


def _systems(standard: str, version: str | None, way: Relation, path: tuple[str, ...]) -> list[Item]:
    """What of a management system it proves that no indicator asks by itself; over another standard never more than
    the way there.
    """
    return [
        {
            "topic": one.topic,
            "names": one.names.as_dict(),
            "clauses": one.clauses,
            "relation": str(Relation.PARTIAL if way is Relation.PARTIAL else one.relation),
            "mark": one.tag.mark,
            "path": list(path),
        }
        for one in asked_by(standard, version)
    ]


def _ours(standard: Standard, version: str | None, *further: Standard) -> list[str]:
    rows = [one for one in standard.satisfies if one.version in (None, version)]
    rows += [one for carried in further for one in carried.satisfies]
    compared = {one.indicator for one in rows if not one.ours}
    return sorted({one.indicator for one in rows if one.ours} - compared)


def _level(framework: Framework, pillar: Pillar, level: int, result: Assessment, subject: Mapping[str, str]) -> Item:
    asked = [
        (one.id, found)
        for one in framework.indicators
        if one.pillar == pillar.id and one.mandatory_from is not None and one.mandatory_from <= level
        if (found := result.results[one.id].at(level)) is not None and found.outcome is not Outcome.NOT_APPLICABLE
    ]
    covered, partly = _named(asked, Outcome.MET), _named(asked, Outcome.PARTLY_MET)
    # a certificate of too little trust for the level proves nothing there, not even in part
    missing = [name for name, one in asked if one.outcome not in {Outcome.MET, Outcome.PARTLY_MET}]
    told = {
        "mandatory": len(asked),
        "percent": _percent(covered, asked),
        "percent_partly": _percent(partly, asked),
        "covered": covered,
        "partly": partly,
        "missing": missing,
    }
    return {"level": level, **told, "text": _sentence(pillar, level, told, subject)}


def _percent(some: Sequence[object], asked: Sequence[object]) -> int | None:
    return 100 * len(some) // len(asked) if asked else None


def _sentence(pillar: Pillar, level: int, told: Item, subject: Mapping[str, str]) -> dict[str, str]:
    """Full, in part and not, each in figures: a part alone never meets a level, so it is never added to the full."""
    if not told["mandatory"]:
        code = "coverage-nothing-mandatory"
    elif told["missing"]:
        code = "coverage-missing"
    else:
        code = "coverage-none-missing"
    counts = {name: len(told[name]) for name in ("covered", "partly")}
    params = {**told, **counts, "level": level, "missing": ", ".join(told["missing"])}
    names = pillar.names.as_dict()
    return {
        language: sentence(code, language, {**params, "subject": subject[language], "pillar": names[language]})
        for language in LANGUAGES
    }


def _named(asked: Sequence[tuple[str, LevelResult]], outcome: Outcome) -> list[str]:
    return [name for name, one in asked if one.outcome is outcome]
