"""Every question a reader can put by GET, enumerated from the routes the application has; and those too long for it.

Ids come from the databases of both worlds, seen and unseen alike, so that what does not exist is asked for as
often as what is only hidden. A filter that nobody gave values for fails here, not silently.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import product
from typing import Any, Final
from urllib.parse import urlencode

import orjson
from werkzeug.routing import Rule

from supplychain.app import Application
from tests.factories import ELECTRONICS, MILLS

NOBODYS = frozenset(
    {
        *(
            "/livez",
            "/readyz",
            "/metrics",
            "/docs",
            "/static/docs/<name>",
            "/v1/openapi.json",
            "/v1/problems/<code>",
            "/v1/vocabulary",
            "/v1/audit/keys",
        ),
        *("/v1/frameworks", "/v1/frameworks/<key>", "/v1/frameworks/<key>/coverage"),
        *("/v1/frameworks/<key>/comparison/<other>", "/v1/references", "/v1/references/<code>", "/v1/topics"),
        *("/v1/frameworks/<key>/gaps/<other>", "/v1/frameworks/<key>/jurisdictions"),
        *("/frameworks", "/frameworks/<key>", "/references", "/static/pages/<name>", "/notices/opt-out"),
        "/v1/fact-catalogue",
        "/v1/answer-reasons",
        # Of the trail as a whole the operator learns how long it is, as it does from /metrics.
        *("/v1/audit/whole/checkpoints", "/v1/audit/whole/checkpoints/<checkpoint_id>/consistency"),
    }
)
"""Routes that show nobody's data: the system's own, and packs, which are the same for everybody."""
BY_TOKEN = "/v1/statements/verify/<token>"
"""Whoever shows the token is told, whoever it is: asked in tests of its own."""
OPENS_FILES = "/v1/evidence/<evidence_id>/files/<file_id>"
"""Asking is a fact here (an opening is logged), so it is asked in tests of its own."""
IDS: Mapping[str, tuple[str, ...]] = {
    "supplier_id": ("org", "psn"),
    "organization_id": ("org",),
    "requirement_id": ("req",),
    "waiver_id": ("wvr",),
    "answer_id": ("ans",),
    "plan_id": ("pln",),
    "reference": ("req", "rqp", "inv"),
    "link_id": ("lnk",),
    "evidence_id": ("evd",),
    "file_id": ("fil",),
    "event_id": ("mev",),
    "registration_id": ("rgn",),
    "ownership_id": ("own",),
    "record_id": ("rec",),
    "finding_id": ("fnd",),
    "decision_id": ("dec",),
    "fact_id": ("fct",),
    "invitation_id": ("inv",),
    "import_id": ("imp",),
    "mapping_id": ("map",),
    "draft_id": ("drf",),
    "key_id": ("key",),
    "grant_id": ("grt",),
    "job_id": ("job",),
    "person_id": ("per",),
    "flag_id": ("flg",),
    "merge_id": ("mrg",),
    "publication_id": ("pub",),
    "what_if_id": ("wif",),
    "statement_id": ("stm",),
    "duplicate_id": ("dup",),
    "entry_id": ("aud",),
    "checkpoint_id": ("sth",),
}
"""Parameters of paths, and the prefixes of the ids that may stand there."""
WORDS: Mapping[str, tuple[str, ...]] = {
    "fact": ("dormitory_or_canteen", "soil_key_unit"),
    "tier": ("1", "2", "3"),
    "min_gap": ("1", "2"),
    "pillar": ("sourcing", "ohs"),
    "framework": (MILLS, ELECTRONICS, "rspo-mill"),
    "indicator": ("RSPO01",),
    "region": ("Jiangsu",),
    "country": ("CN", "VN"),
    "sector": ("PCB",),
    "name": ("", "m", "w"),
    "identifier": ("91110000600037341L",),
    "due_until": ("2026-12-31", "2030-01-01"),
    "organization": ("org",),
    "counterpart": ("org",),
    "requirement": ("req",),
    "buyer": ("rgn",),
    "supplier": ("rgn", "org", "psn"),
    "source": ("ERP",),
    "subject": ("org", "evd"),
    "verb": ("level.changed", "link.claimed"),
    # The days on which the story was told, one before it, and one to come.
    "since": ("2026-11-23", "2030-01-01"),
    "on": ("2026-11-01", "2026-11-22", "2026-11-23", "2027-06-30"),
    "known": ("2026-11-22", "2026-11-23"),
    "min_score": ("0", "0.9"),
    "level": ("1", "2", "3"),
    "months": ("1",),
    "goal": ("50",),
    "periods": ("2",),
    "by": ("2029-12-31",),
    "alternatives": ("3",),
    "count": ("1",),
}
"""Values of filters; a prefix stands for every id that has it. What the document enumerates is not needed here."""
HINDSIGHTS: Final = (
    "on=2026-11-22&known=2026-11-23",
    "on=2026-11-23&known=2026-11-24",
    "on=2026-11-22&known=2026-11-24",
)
"""Past days by what became known of them later."""
NEEDED: Mapping[str, tuple[str, ...]] = {
    "/v1/links/changes": ("from=2026-01-01&to=2026-12-31",),
    "/v1/imports/<import_id>/comparison": ("with=imp",),
    "/v1/indexes": ("framework=electroplating-index@1",),
    "/v1/me/gaps": ("framework=eseec-electronics@1&other=eseec-electronics@2",),
    "/v1/me/index": ("framework=electroplating-index@1",),
    "/v1/me/questionnaire": ("framework=eseec-electronics@1", "framework=rspo-mill@1"),
    "/v1/me/questionnaire/form": ("framework=eseec-electronics@1", "framework=rspo-mill@1"),
    "/v1/me/questionnaire/workbook": ("framework=rspo-mill@1",),
}
"""What a route cannot be asked without; a prefix stands for every id that has it."""
WHAT_IF: Final = "/v1/what-if"
"""The one read that is no GET."""
SUPPOSED: Final = {"title": "Supposed", "framework": MILLS, "schedule": [2, 1], "beyond": "hold"}
SCOPES: Final[tuple[dict[str, Any], ...]] = (
    {"link_scope": ["52"]},
    {"link_scope": ["5201"], "scope_applies": "first"},
    {"supplier_scope": {"countries": ["VN"]}},
    {"supplier_scope": {"countries": ["CN"], "sizes": ["sme"]}},
    {"supplier_scope": {"regions": ["Jiangsu", "Hanoi"]}},
    {"supplier_scope": {"sectors": ["PCB", "PLT"]}},
)
PAGING = frozenset({"cursor", "limit"})
Ids = Mapping[str, Iterable[str]]


def rules(app: Application) -> list[Rule]:
    """Every route that shows somebody's data by GET; lists first, for they tell the ids that others ask for."""
    found = [rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())]
    shown = (one for one in found if one.rule not in {*NOBODYS, OPENS_FILES, BY_TOKEN})
    return sorted(shown, key=lambda one: (len(one.arguments), one.rule))


def paths(rule: Rule, ids: Ids) -> list[str]:
    """The route's path, with every id that could stand in it, and with what it cannot be asked without."""
    names = sorted(rule.arguments)
    choices = [[one for prefix in IDS[name] for one in ids.get(prefix, ())] for name in names]
    bare = [_filled(rule, dict(zip(names, some, strict=True))) for some in product(*choices)]
    return [f"{path}{needed}" for path in bare for needed in _needed(rule, ids)]


def _needed(rule: Rule, ids: Ids) -> Iterator[str]:
    for query in NEEDED.get(rule.rule, ("",)):
        name, _, value = query.partition("=")
        for one in ids.get(value, (value,)):
            yield f"?{name}={one}" if query else ""


def queries(app: Application, rule: Rule, ids: Ids) -> Iterator[str]:
    """Every filter of a route with every value it takes, one at a time."""
    for parameter in parameters(app, rule):
        name, schema = parameter["name"], parameter["schema"]
        if name in PAGING or parameter.get("required"):
            continue
        values = schema["enum"] if "enum" in schema else _boolean(schema) or WORDS[name]
        for value in values:
            for one in ids.get(value, ()) if value in ids else (value,):
                yield urlencode({name: one})
    if {"on", "known"} <= {parameter["name"] for parameter in parameters(app, rule)}:
        yield from HINDSIGHTS


def parted(question: str) -> tuple[str, str, Any]:
    """Method, path and body of a question; one that names no method is a GET."""
    if question.startswith("/"):
        return "GET", question, None
    method, path, body = question.split(" ", 2)
    return method, path, orjson.loads(body)


def long_ones(app: Application, ids: Ids, *, all_of_them: bool) -> Iterator[str]:
    """What is asked by POST: one of the demands that may be supposed, or all that may be supposed of every id."""
    long = {rule.rule for rule in app.url_map.iter_rules() if not app.access[rule.endpoint].writes}
    assert {rule for rule in long if not _gettable(app, rule)} == {WHAT_IF}
    for changes, more in _supposed(ids) if all_of_them else [([{"publish": SUPPOSED}], {})]:
        yield f"POST {WHAT_IF} {orjson.dumps({'changes': changes, **more}).decode()}"


def _gettable(app: Application, path: str) -> bool:
    return any(rule.rule == path and "GET" in (rule.methods or ()) for rule in app.url_map.iter_rules())


def _supposed(ids: Ids) -> Iterator[tuple[list[dict[str, Any]], dict[str, Any]]]:
    yield [{"publish": SUPPOSED}], {}
    yield [{"publish": SUPPOSED}], {"on": "2031-01-01"}
    for scope in SCOPES:
        yield [{"publish": {**SUPPOSED, **scope}}], {}
    for one in ids.get("req", ()):
        yield [{"end": {"requirement": one}}], {}
        yield [{"publish_draft": {"requirement": one}}], {}
        for changed in ({"schedule": [2, 2, 1], "beyond": "hold"}, {"schedule": [1], "beyond": "stop"}, *SCOPES[:3]):
            yield [{"amend": {"requirement": one, "to": changed}}], {}
    orgs = [*ids.get("org", ())]
    for one in orgs:
        yield [{"open": {"supplier": one}}], {}
        yield [{"open": {"buyer": one, "supplier": orgs[0]}}, {"publish": SUPPOSED}], {}
    for one in ids.get("lnk", ()):
        yield [{"close": {"link": one}}], {}
    for one in (*orgs, *ids.get("psn", ())):
        yield [{"level": {"supplier": one, "framework": MILLS, "pillar": "sourcing", "level": 2}}], {}
        yield [{"waive": {"requirement": "req_brand", "supplier": one, "until": "2027-06-30", "level": 0}}], {}
    for one in ids.get("wvr", ()):
        yield [{"revoke": {"waiver": one}}], {}


def is_list(app: Application, rule: Rule) -> bool:
    """Whether the route answers in pages."""
    return any(parameter["name"] == "cursor" for parameter in parameters(app, rule))


def _boolean(schema: Mapping[str, Any]) -> tuple[str, ...]:
    return ("true", "false") if schema.get("type") == "boolean" else ()


def parameters(app: Application, rule: Rule) -> list[dict[str, Any]]:
    """What may be asked in the query of a route, as the document says."""
    found = _document(app)["paths"][_braced(rule)]["get"].get("parameters", [])
    return [parameter for parameter in found if parameter["in"] == "query"]


@lru_cache(maxsize=1)
def _document(app: Application) -> dict[str, Any]:
    document: dict[str, Any] = app.extensions["supplychain-api"].spec.to_dict()
    return document


def _braced(rule: Rule) -> str:
    return rule.rule.replace("<", "{").replace(">", "}")


def _filled(rule: Rule, values: Mapping[str, str]) -> str:
    path = rule.rule
    for name, value in values.items():
        path = path.replace(f"<{name}>", value)
    return path
