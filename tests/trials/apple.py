"""Apple's supplier lists of ten years: how many companies are behind 954 spellings, and how often we err.

    SUPPLYCHAIN_DATA=… python -m tests.trials.apple

Every spelling is imported as a record of one buyer, searched for duplicates and decided at the default threshold.
Precision and recall are against a hundred pairs that a person judged one by one (``tests/facts/apple_pairs.csv``).
The second part asks the same of two lists of the Chinese ministry, whose 158 common companies bear the same name on
both, against pairs judged by hand (``tests/facts/green_pairs.csv``).
"""

import csv
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from supplychain.accounts.permissions import Role
from supplychain.network.duplicates.finding import find
from supplychain.network.duplicates.learning import DEFAULT
from supplychain.network.duplicates.names import agreement, read
from supplychain.network.duplicates.scoring import Profile
from tests.trials.stage import DATA, Stage, staged

FILE = DATA / "apple-supplier-list" / "apple-supplier-list.csv"
GREEN = DATA / "china-miit-green-lists"
FACTORIES, CHAINS = GREEN / "绿色工厂名单.csv", GREEN / "绿色供应链管理示范企业名单.csv"
FACTS = Path(__file__).parent.parent / "facts"


def spellings(file: Path, column: str) -> list[str]:
    """Every spelling of a column, once, blanks put in order."""
    with file.open(encoding="utf-8-sig", newline="") as stream:
        return list(dict.fromkeys(" ".join(row[column].split()) for row in csv.DictReader(stream)))


def judged(name: str) -> list[dict[str, str]]:
    """Pairs that a person judged."""
    with (FACTS / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def measure(pairs: Iterable[Mapping[str, str]], at: float = DEFAULT) -> dict[str, float]:
    """Precision and recall on judged pairs at a threshold."""
    told = [(agreement(read(one["one"]), read(one["other"])) >= at, one["verdict"] == "same") for one in pairs]
    hits = sum(said and same for said, same in told)
    return {
        "pairs": len(told),
        "precision": round(hits / max(1, sum(said for said, _ in told)), 3),
        "recall": round(hits / max(1, sum(same for _, same in told)), 3),
    }


def walk(stage: Stage) -> dict[str, Any]:
    """Import, search, decide; what came of it."""
    names = spellings(FILE, "supplier_name")
    buyer, _ = stage.join("Buyer", Role.BRAND)
    text = _csv(("code", "name"), ((f"A{at}", name) for at, name in enumerate(names)))
    sent = buyer.post("/v1/imports?kind=organizations", data=text.encode(), headers={"Content-Type": "text/csv"})
    assert sent.status_code in {201, 202}, sent.json
    stage.do_jobs()
    items = list(_items(buyer, "/v1/duplicates?state=open&limit=200"))
    for start in range(0, len(items), 100):
        _say_same(buyer, items[start : start + 100])
    about = {one["organization"] for one in _items(buyer, "/v1/records?limit=200")}
    return {"spellings": len(names), "pairs proposed": len(items), "companies": len(about)}


def green() -> dict[str, Any]:
    """The two Chinese lists: companies on both, by name and by what is found."""
    factories, chains = spellings(FACTORIES, "工厂名称"), spellings(CHAINS, "企业名称")
    names = list(dict.fromkeys((*factories, *chains)))
    place = {name: at for at, name in enumerate(names)}
    on_one, on_other = {place[name] for name in factories}, {place[name] for name in chains}
    pairs = find([Profile(at, at, str(at), name, "CN") for at, name in enumerate(names)])
    found = [pair for pair in pairs if pair.score.value >= DEFAULT]
    across = [one for one in found if {one.first, one.second} & on_one and {one.first, one.second} & on_other]
    return {"factories": len(factories), "chains": len(chains), "on both": len(on_one & on_other),
            "pairs proposed": len(found), "across the lists": len(across)}  # fmt: skip


def _say_same(buyer: Any, items: Iterable[Mapping[str, Any]]) -> None:
    """What somebody does who trusts every proposal; what follows from an earlier one is the same already."""
    for item in items:
        seen = buyer.get(f"/v1/duplicates/{item['id']}")
        if seen.json["state"] == "open":
            answer = buyer.patch(f"/v1/duplicates/{item['id']}", {"decision": "same"}, seen.headers["ETag"])
            assert answer.status_code in {200, 202}, answer.json


def _items(member: Any, path: str | None) -> Iterator[dict[str, Any]]:
    while path:
        page = member.get(path)
        yield from page.json["items"]
        link = page.headers.get("Link", "")
        path = link.partition(">")[0].removeprefix("<") if 'rel="next"' in link else None


def _csv(header: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    return "\n".join(",".join(f'"{cell}"' for cell in row) for row in (header, *rows)) + "\n"


def main() -> None:
    """Print what came of it."""
    with staged() as stage:
        figures = walk(stage)
    figures |= {f"{what} on judged pairs": value for what, value in measure(judged("apple_pairs.csv")).items()}
    figures |= {f"green lists: {what}": value for what, value in green().items()}
    figures |= {f"green lists: {what} judged": value for what, value in measure(judged("green_pairs.csv")).items()}
    for what, value in figures.items():
        print(f"{what:40} {value}")


if __name__ == "__main__":
    main()
