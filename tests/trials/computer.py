"""The computer peripherals chain of Willems (MSOM 10(1), 2008): 577 stages, 2,262 links, retail stages as issuers.

Every stage imports its own purchases; a reviewer confirms them; every retail stage publishes a requirement over all
tiers. What the API answers is compared with plain networkx on the data themselves.
"""

import csv
import io
import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import networkx as nx
from sqlalchemy import select

from supplychain.accounts.permissions import Role
from supplychain.network import facts, links
from supplychain.network.models import Organization, SupplyLink
from supplychain.work import Work, run
from tests.lists import import_file
from tests.trials.palm import counted, everything
from tests.trials.stage import DATA, Stage, staged
from tests.world import Member

FILE = DATA / "willems-supply-chains" / "computer.json"
SCHEDULE = [4, 3, 2, 1]
Figures = dict[str, Any]


def purchases(path: Path = FILE) -> "nx.DiGraph[str]":
    """The chain as purchases, buyer to supplier: the data's arcs run downstream, by index."""
    data = json.loads(path.read_text(encoding="utf-8"))
    stages = [node["id"] for node in data["nodes"]]
    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_nodes_from(stages)
    graph.add_edges_from((stages[arc["target"]], stages[arc["source"]]) for arc in data["links"])
    return graph


def walk(stage: Stage, figures: Figures, every: int = 1) -> Figures:
    """The whole road; the answer of every issuer (or every seventh, say) is compared with networkx."""
    graph = purchases()
    registry, _ = stage.join("Stage register", Role.BRAND)
    _, reviewer = stage.join("Document reviewer", Role.REVIEWER)
    ids = _enter_stages(stage, registry.number, graph, figures)
    stage.verify_all()
    _enter_purchases(stage, graph, ids, figures)
    stage.assign(reviewer.organization)
    found = run(stage.runtime, lambda work: list(work.session.scalars(select(SupplyLink.id))))
    stage.by_thousands(reviewer, found, lambda work, some: links.confirm_many(work, some, "The published chain"))
    figures["links confirmed"] = len(found)
    run(stage.runtime, _show_themselves)
    _ask(stage, graph, ids, figures, every)
    return figures


def _show_themselves(work: Work) -> None:
    """Every supplier wishes to be seen by name; of two wishes the more closed one holds."""
    for row in work.session.scalars(select(SupplyLink)):
        row.disclosure_supplier = "identity"
        work.change(facts.of_link(row))


def _enter_stages(stage: Stage, registry: int, graph: "nx.DiGraph[str]", figures: Figures) -> dict[str, str]:
    names = sorted(graph)
    text = "code,name\n" + "".join(f"{name},{name}\n" for name in names)
    report = import_file(stage.runtime, registry, io.BytesIO(text.encode()), "organizations")
    figures["stages"] = dict(Counter(str(result.status) for result in report.results))
    return {name: report.results[at].subject or "" for at, name in enumerate(names)}


def _enter_purchases(stage: Stage, graph: "nx.DiGraph[str]", ids: dict[str, str], figures: Figures) -> None:
    query = select(Organization.id, Organization.number)
    numbers = run(stage.runtime, lambda work: {row.id: row.number for row in work.session.execute(query)})
    total: Counter[str] = Counter()
    for buyer in sorted(one for one in graph if graph.out_degree(one)):
        text = io.StringIO()
        rows = [[ids[supplier], "identity"] for supplier in graph.successors(buyer)]
        csv.writer(text).writerows([["supplier", "disclosure"], *rows])
        actor_number = numbers[ids[buyer]]
        report = import_file(stage.runtime, actor_number, io.BytesIO(text.getvalue().encode()), "links")
        total += counted(report.results)
    figures["purchases"] = dict(total)


def _ask(stage: Stage, graph: "nx.DiGraph[str]", ids: dict[str, str], figures: Figures, every: int) -> None:
    names = {public: name for name, public in ids.items()}
    retail = sorted(one for one in graph if one.startswith("Retail"))[::every]
    figures["issuers"] = len(retail)
    owing, equal, deepest, alone = 0, 0, 0, 0
    for issuer in retail:
        member = stage.key_for(ids[issuer], Role.BRAND)
        made = member.post("/v1/requirements", _draft()).json
        member.post(f"/v1/requirements/{made['id']}/publish", {})
        stage.do_jobs()
        rows = everything(member, f"/v1/requirements/{made['id']}/obligations?limit=200")
        answered = {names[row["supplier"]]: (row["tier"], row["level"]) for row in rows}
        plain = {
            one: (tier, SCHEDULE[min(tier, len(SCHEDULE)) - 1])
            for one, tier in nx.single_source_shortest_path_length(graph, issuer).items()
            if tier
        }
        owing += len(answered)
        equal += answered == plain
        alone += _chokepoints(member, names) == _only_ways(graph, issuer)
        deepest = max([deepest, *(tier for tier, _ in plain.values())])
    figures["obligations"] = owing
    figures["deepest tier"] = deepest
    figures["issuers whose answer equals networkx"] = equal
    figures["issuers whose chokepoints equal networkx"] = alone


def _chokepoints(member: Member, names: dict[str, str]) -> dict[str, int]:
    rows = everything(member, "/v1/network/chokepoints?limit=200")
    return {names[row["supplier"]]: row["only_way_to"] for row in rows if row["only_way_to"]}


def _only_ways(graph: "nx.DiGraph[str]", issuer: str) -> dict[str, int]:
    """How many are lost when a stage is taken away, by taking away each."""
    below = nx.descendants(graph, issuer)
    lost = {}
    for one in below:
        rest = graph.subgraph((below | {issuer}) - {one})
        lost[one] = len(rest) - 1 - len(nx.descendants(rest, issuer))
    return {one: count for one, count in lost.items() if count}


def _draft() -> dict[str, Any]:
    return {
        "title": "OHS over all tiers",
        "framework": "eseec-electronics@1",
        "pillar": "ohs",
        "purpose": "Safe work",
        "schedule": SCHEDULE,
        "beyond": "hold",
        "grace": [12],
        "link_scope": [],
        "scope_applies": "every",
    }


def main() -> int:
    """Walk the road and print every figure."""
    if not FILE.exists():
        print(f"{FILE} is absent: set SUPPLYCHAIN_DATA to the folder of the public data sets")
        return 1
    with staged() as stage:
        for name, figure in walk(stage, {}).items():
            print(f"{name:64} {figure}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
