"""Walks the four journeys by curl through a demo of its own and writes down what was asked and answered.

``.venv/bin/python docs/tour.py`` writes docs/tour.md anew; nothing but ids, keys and dates should differ from run to
run. The journeys themselves are ``walk``: a test takes them through the same calls without curl.
"""

import json
import os
import shlex
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

from supplychain.demo.plan import HERO
from supplychain.demo.words import public, uscc_of

HERE = Path(__file__).resolve().parent
FRAMEWORK, FULL, INDEX = "eseec-electronics@1", "eseec-electronics@2", "electroplating-index@1"
LONGEST, ITEMS = 110, 2
"""Characters of a text and entries of a list that are shown."""
Show = Callable[[Any], Any]


@dataclass(frozen=True)
class Call:
    """One request. who: the name of the key it is made with, None without. file: a name, a type and its bytes."""

    who: str | None
    method: str
    path: str
    body: Any = None
    file: tuple[str, str, str] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Answer:
    """status, the headers worth showing, and the body: JSON where it is, else text."""

    status: int
    headers: Mapping[str, str]
    body: Any


class Transport(Protocol):
    """Makes a call with the key of that name; runs a command of ours, with a file beside it, for its output."""

    def __call__(self, call: Call, keys: Mapping[str, str]) -> Answer: ...

    def run(self, line: Sequence[str], name: str, content: str) -> str: ...


class Whole(list[Any]):
    """A list that is shown to its end."""


@dataclass
class Tour:
    """The calls made so far, as text."""

    transport: Transport
    keys: dict[str, str]
    pages: list[str] = field(default_factory=list)

    def say(self, text: str) -> None:
        """A paragraph or a heading."""
        self.pages.append(text + "\n")

    def ask(self, call: Call, status: int = 200, show: Show | None = None) -> Any:
        """Make a call, write both down, and return the body. Raises AssertionError for another status."""
        answer = self.transport(call, self.keys)
        assert answer.status == status, f"{call.method} {call.path}: {answer.status} {answer.body}"
        shown = answer.body if show is None else show(answer.body)
        text = shown if isinstance(shown, str) else json.dumps(short(shown), ensure_ascii=False, indent=2)
        told = "".join(f"{name}: {value}\n" for name, value in answer.headers.items())
        self.pages.append(f"```sh\n{command(call)}\n```\n\n```\n{answer.status}\n{told}{self._veiled(text)}\n```\n")
        return answer.body

    def get(self, who: str, path: str, show: Show | None = None) -> Any:
        """Read something."""
        return self.ask(Call(who, "GET", path), show=show)

    def post(self, who: str | None, path: str, body: Any = None, status: int = 200, show: Show | None = None) -> Any:
        """Say something as JSON."""
        return self.ask(Call(who, "POST", path, body), status, show)

    def run(self, line: Sequence[str], name: str, content: str) -> None:
        """Run a command of ours on a file."""
        output = self.transport.run(line, name, content)
        shown = f"cat > {name} <<'END'\n{content}END\n{shlex.join(line)}"
        self.pages.append(f"```sh\n{shown}\n```\n\n```\n{output.strip()}\n```\n")

    def _veiled(self, text: str) -> str:
        for key in self.keys.values():
            text = text.replace(key, "sck_…")
        return text


# The journeys -------------------------------------------------------------------------------


def walk(tour: Tour) -> None:
    """All four, in the order in which they build on each other."""
    tour.say("## 1. Procurement team: network in, requirement down")
    invited, token = procure(tour)
    tour.say("## 2. Supplier: evidence up")
    new_link = join(tour, invited, token)
    sent = prove(tour)
    tour.say("## 3. Reviewer: what is true")
    review(tour, sent)
    bad_news(tour, new_link)
    tour.say("## 4. Trainer and organiser: what it is good for")
    train(tour)
    match(tour)


def procure(tour: Tour) -> tuple[str, str]:
    """Import, invite, demand, and look who falls short; the new supplier and its invitation's token."""
    good, known = uscc_of("440306", 900001), uscc_of("440306", 1)
    rows = (
        "code,name,country,region,sector,uscc\n"
        f"V-9001,Shenzhen Yinghe Circuits Co. Ltd.,CN,Shenzhen,PCB,{good}\n"
        f"V-9002,KAIFENG CIRCUITS,CN,Shenzhen,PCB,{known}\n"
        f"V-9003,Typing Error Ltd.,CN,Shenzhen,PCB,{good[:-2]}00\n"
    )
    sheet = Call("BRAND", "POST", "/v1/imports?kind=organizations", file=("suppliers.csv", "text/csv", rows))
    tour.say("The brand imports its list: one row is new, one is matched by its identifier, one has a typing error.")
    first = tour.ask(sheet, 201)
    tour.say("The same file again changes nothing.")
    tour.ask(sheet, 201, show=lambda body: body["counts"])
    tour.say("Who buys what, as JSON, with the brand's own codes.")
    links = [{"supplier": "V-9001", "category": one, "valid_from": _day(0)} for one in ("8534", "8544")]
    tour.post("BRAND", "/v1/imports?kind=links", {"rows": links}, 201, lambda body: body["counts"])
    tour.say("The same by the command line, on the machine that holds the database.")
    line = ("supplychain", "import", "links.csv", "--kind", "links", "--as", public("org", "brand-1"))
    tour.run(line, "links.csv", f"supplier,category,share,valid_from\nV-9001,8534,0.03,{_day(0)}\n")
    invited: str = first["results"][0]["id"]
    tour.say("It invites the new supplier.")
    seat = {"organization": invited, "email": "li.wei@yinghe.example", "role": "supplier", "language": "zh"}
    invitation = tour.post("BRAND", "/v1/invitations", {**seat, "expires_in_days": 30}, 201)
    tour.say("It demands: health and safety level 3 at tier 1, 2 at tier 2, 1 from tier 3 on; electrical goods only.")
    draft = tour.post("BRAND", "/v1/requirements", _demand(), 201, only("id", "state", "schedule", "grace"))
    tour.post("BRAND", f"/v1/requirements/{draft['id']}/publish", {}, show=only("id", "state", "effective_from"))
    tour.say("Who falls short of it at tier 1, by how much and until when.")
    tour.get("BRAND", f"/v1/requirements/{draft['id']}/obligations?tier=1&pillar=ohs&min_gap=1&limit=2")
    tour.say("An older demand is due by now at tier 1; whom the brand may not list is counted once a month.")
    older = public("req", "ohs-1")
    tour.get("BRAND", f"/v1/requirements/{older}/obligations?status=overdue&due_until={_day(0)}&limit=1")
    tour.say("Everybody at tier 2 that it may know by name, and that falls short.")
    found = tour.get("BRAND", "/v1/suppliers?tier=2&kind=identity&pillar=ohs&min_gap=1&limit=1")["items"][0]
    tour.say("Why does this supplier owe that level? The path, every rule, the facts they used.")
    tour.get("BRAND", f"/v1/suppliers/{found['id']}/explanation?requirement={draft['id']}", _explained)
    return invited, invitation["token"]


def _demand() -> dict[str, Any]:
    return {
        "title": "Health and safety, second edition",
        "framework": FRAMEWORK,
        "pillar": "ohs",
        "schedule": [3, 2, 1],
        "beyond": "hold",
        "grace": [12, 18, 24],
        "link_scope": ["85"],
    }


def join(tour: Tour, invited: str, token: str) -> str:
    """Follow the invitation, be verified, confirm one link and dispute the other; the organization."""
    tour.say("The supplier follows the invitation and gets its key. It owns the entry, but nobody has verified that.")
    accepted = tour.post(None, "/v1/invitations/accept", {"token": token, "name": "Li Wei"}, 201, _without_key)
    tour.keys["INVITED"] = accepted["key"]
    tour.say(
        "The reviewer that the brand accepts sees the claim, checks the business licence and verifies it, "
        "with what else the licence bears: a pack's rules count on nothing less."
    )
    tour.get("REVIEWER", "/v1/claims", lambda body: body["items"])
    paper = {"scheme": "uscc", "value": uscc_of("440306", 900001), "note": "Business licence, copy seen"}
    paper |= {"attributes": {"country": "CN", "sector": "PCB"}}
    tour.post("REVIEWER", f"/v1/claims/{invited}/verify", paper, show=only("organization", "claim"))
    tour.say("Who says to be its customer? It confirms one link and disputes the other.")
    links = tour.get("INVITED", "/v1/links?role=supplier", lambda body: list(map(_link, body["items"])))["items"]
    right, wrong = sorted(links, key=lambda one: str(one["category"]))
    tour.post("INVITED", f"/v1/links/{right['id']}/confirm", {}, show=_link)
    tour.post("INVITED", f"/v1/links/{wrong['id']}/dispute", {"reason": "wrong_category"}, show=_link)
    tour.say("What it owes from now on.")
    tour.get("INVITED", "/v1/me/obligations?limit=1")
    return invited


def prove(tour: Tour) -> Sequence[str]:
    """Three kinds of evidence by a supplier that is two levels up already; what is left for the reviewer."""
    tour.say("Another supplier, longer in the network, reads where it stands.")
    tour.get("SUPPLIER", "/v1/me/status", _pillars)
    tour.say("What does a form still ask of it in health and safety, and on which facts of it does that depend?")
    tour.get("SUPPLIER", f"/v1/me/questionnaire?framework={FRAMEWORK}&pillar=ohs&mode=missing", _asked)
    tour.say("It begins the form in English, and goes on with it in Chinese; until it is sent it counts for nothing.")
    begun = {"framework": FRAMEWORK, "title": "Walk of Monday", "answers": {"C15": {"value": "trained"}}}
    draft = tour.post("SUPPLIER", "/v1/me/questionnaire/drafts", begun, 201, only("id", "content", "obstacles"))
    form = f"/v1/me/questionnaire/drafts/{draft['id']}/form?pillar=csr&level=2&language=zh"
    tour.get("SUPPLIER", form, _first_question)
    tour.say("It has a plating line, too: the index of its trade, what holds it back, and what the next class takes.")
    tour.get("SUPPLIER", f"/v1/me/index?framework={INDEX}&periods=2", _index)
    tour.say("Would a SMETA audit save it work? What it covers of the full model in health and safety, level by level.")
    tour.get("SUPPLIER", f"/v1/frameworks/{FULL}/coverage?standard=smeta", _covered)
    tour.say("It answers a checklist question: at level 1 its word is enough, and it counts at once.")
    gifts = {"kind": "answer", "framework": "eseec-electronics", "values": [{"indicator": "C19", "value": "register"}]}
    tour.post("SUPPLIER", "/v1/evidence", gifts, 201, only("id", "trust", "state", "waits_for"))
    tour.say("It sends meter readings and records, with unit and period.")
    values = [("O05", 100, "P1"), ("O06", 100, "P1"), ("O13", 1.2, "C62")]
    readings = _evidence("quantity", [{"indicator": a, "value": b, "unit": c} for a, b, c in values])
    first = tour.post("SUPPLIER", "/v1/evidence", readings, 201, only("id", "values", "trust", "state", "waits_for"))
    tour.say(
        "It sends the report of an audit as a file; the line breaks, so it sends the same again: once is recorded."
    )
    answers = [("O01", "engineer"), ("O07", "audited"), ("O24", "audited")]
    report = Call(
        "SUPPLIER",
        "POST",
        "/v1/evidence",
        _evidence("answer", [{"indicator": a, "value": b} for a, b in answers]),
        ("audit.txt", "text/plain", "Audit report (fictional): no major finding.\n"),
        {"Idempotency-Key": "audit-2026-0001"},
    )
    second = tour.ask(report, 201, only("id", "files", "trust", "state"))
    again = tour.ask(report, 201, only("id"))
    assert again["id"] == second["id"], "a retry is the same evidence"
    tour.say("What it owes in health and safety, and whose move it is.")
    tour.get("SUPPLIER", "/v1/me/obligations?limit=20", _moves)
    return [first["id"], second["id"]]


def _evidence(kind: str, values: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    period = {"observed_from": _day(-365), "observed_to": _day(-1)}
    return {"kind": kind, "framework": "eseec-electronics", "values": list(values), **period}


def _day(ahead: int) -> str:
    return (datetime.now(UTC).date() + timedelta(days=ahead)).isoformat()


def review(tour: Tour, sent: Sequence[str]) -> None:
    """Open the file, accept what is right, reject what is not; level, status and flag follow."""
    supplier = public("org", HERO)
    tour.say("The reviewer sees what is assigned to it, and nothing else.")
    queue = f"/v1/evidence?role=reviewer&state=submitted&organization={supplier}"
    waiting = tour.get(
        "REVIEWER", queue, lambda body: [only("id", "kind", "standard", "trust")(one) for one in body["items"]]
    )
    paper = next(one for one in waiting["items"] if one["standard"] == "iso-45001")
    tour.say("It opens the certificate; the supplier is told who did.")
    tour.get("REVIEWER", f"/v1/evidence/{paper['id']}/files/{paper['files'][0]['id']}")
    tour.get("SUPPLIER", "/v1/me/openings?limit=1")
    tour.say("It accepts all three, and says what they are worth.")
    for one, trust in ((paper["id"], "certified"), *((one, "audited") for one in sent)):
        decision = {"decision": "accept", "trust": trust}
        tour.post("REVIEWER", f"/v1/evidence/{one}/review", decision, show=only("id", "state", "trust", "review"))
    tour.say("The next answer knows the new level; the brand sees the obligation met.")
    tour.get("SUPPLIER", "/v1/me/status", _pillars)
    tour.get("BRAND", f"/v1/suppliers/{supplier}/status", _statuses)
    tour.say("What does not fit is rejected with a reason that a program can read.")
    other = {"kind": "answer", "framework": "eseec-electronics", "values": [{"indicator": "C15", "value": "trained"}]}
    wrong = tour.post("SUPPLIER", "/v1/evidence", other, 201, only("id", "state"))
    refusal = {"decision": "reject", "code": "scope", "note": "Names another plant"}
    tour.post("REVIEWER", f"/v1/evidence/{wrong['id']}/review", refusal, show=only("id", "state", "review"))


def bad_news(tour: Tour, organization: str) -> None:
    """A finding has a life: recorded, explained, rectified, verified."""
    tour.say("A finding is recorded, explained, rectified and verified; until then no evidence counts against it.")
    seen = {"indicator": "O07", "severity": "major", "observed_on": _day(-1), "note": "Fire exit blocked"}
    about = {"organization": organization, "framework": "eseec-electronics"}
    finding = tour.post("REVIEWER", "/v1/findings", {**about, **seen}, 201, only("id", "state", "severity"))
    path = f"/v1/findings/{finding['id']}"
    tour.post("INVITED", f"{path}/explain", {"note": "Goods of a late delivery"}, show=only("state", "explanation"))
    tour.post("INVITED", f"{path}/rectify", {"note": "Exit cleared and marked"}, show=only("state", "rectification"))
    tour.post("REVIEWER", f"{path}/verify", {"decision": "accept"}, show=only("state"))


def train(tour: Tour) -> None:
    """Who needs which module, of those that agreed to be shown."""
    tour.say("The trainer sees who in its region needs what, by when: not who asks for it, nor how many do.")
    tour.get("TRAINER", "/v1/flags?kind=training&region=Shenzhen&limit=1")


def match(tour: Tour) -> None:
    """An event, its participants, and who should meet whom."""
    tour.say("The index of its trade by region, in protected numbers: who holds which class, and what is most wanting.")
    tour.get("ORGANISER", f"/v1/indexes?framework={INDEX}&level=2&goal=60&limit=1")
    tour.say("The organiser sees who qualifies for European buyers.")
    flagged = tour.get("ORGANISER", "/v1/flags?kind=matchmaking&limit=50", lambda body: body["items"][:1])["items"]
    buyers = tour.get("ORGANISER", "/v1/organizations?name=Alder")["items"]
    tour.say("It sets up an event, and registers suppliers with what they offer and buyers with what they want.")
    about = {"name": "Round table, Suzhou", "name_zh": "苏州圆桌会", "place": "Suzhou", "held_on": _day(60)}
    event = tour.post("ORGANISER", "/v1/events", {**about, "framework": FRAMEWORK, "threshold": 3}, 201)
    path = f"/v1/events/{event['id']}/registrations"
    for one in flagged[:2]:
        offer = {"side": "supplier", "organization": one["supplier"], "offer": {"categories": ["853400"]}}
        tour.post("ORGANISER", path, offer, 201, only("id", "side", "organization"))
    wanted = {"products": ["8534"], "levels": {"ohs": 3}, "countries": ["CN"], "languages": ["zh"], "meetings": 4}
    demand = {"side": "buyer", "organization": buyers[0]["id"], "demand": wanted}
    tour.post("ORGANISER", path, demand, 201, only("id", "side", "organization", "demand"))
    tour.say("Who should meet whom, and why: gates, score parts, and reasons in both languages.")
    tour.get("ORGANISER", f"/v1/events/{event['id']}/pairings?limit=1")


# What is shown ------------------------------------------------------------------------------


def only(*names: str) -> Show:
    """Some members of an object."""
    return lambda body: {name: body[name] for name in names}


def short(value: Any) -> Any:
    """A value without the greater part of its lists and long texts, saying so."""
    if isinstance(value, dict):
        return {name: short(one) for name, one in value.items()}
    if isinstance(value, Whole):
        return list(value)
    if isinstance(value, list):
        more = [f"… {len(value) - ITEMS} more"] if len(value) > ITEMS + 1 else []
        return [*map(short, value[: ITEMS if more else None]), *more]
    if isinstance(value, str) and len(value) > LONGEST:
        return value[:LONGEST] + "…"
    return value


def _without_key(body: Any) -> Any:
    return {**body, "key": "sck_…"}


def _explained(body: Any) -> Any:
    (item,) = body["items"]
    return {**item, "rules": Whole(one["text"]["en"] for one in item["rules"])}


def _link(link: Any) -> Any:
    return only("id", "buyer", "category", "state")(link)


def _pillars(body: Any) -> Any:
    kept = ("pillar", "level", "provisional", "certified", "effective", "next")
    (found,) = (one for one in body["frameworks"] if one["framework"] == FRAMEWORK)
    return {one["pillar"]: only(*kept[1:])(one) for one in found["pillars"]} | {"flags": body["flags"]}


def _asked(body: Any) -> Any:
    kept = ("fact", "question", "unit", "year", "state", "known")
    questions = [only("indicator", "question", "result")(one) for one in body["questions"]]
    return {"questions": questions, "facts": [only(*kept)(one) for one in body["facts"]]}


def _first_question(body: Any) -> Any:
    asked = body["json_schema"]["properties"]["answers"]["properties"]["C15"]
    return {"title": asked["title"], **asked["properties"]["value"], "data": body["data"]["answers"]["C15"]}


def _index(body: Any) -> Any:
    periods = [only("day", "held", "score", "change")(one) for one in body["periods"]]
    return {"periods": periods, **only("weak_links", "goal")(body)}


def _covered(body: Any) -> Any:
    (safety,) = (one for one in body["pillars"] if one["pillar"] == "ohs")
    kept = ("level", "percent", "percent_partly", "missing")
    levels = [{**only(*kept)(one), "text": Whole([one["text"]["en"]])} for one in safety["levels"]]
    return {"ours": body["ours"], "levels": Whole(levels[:2])}


def _moves(body: Any) -> Any:
    kept = ("title", "pillar", "level", "achieved", "status", "move", "due")
    return [only(*kept)(one) for one in body["items"] if one["pillar"] == "ohs"]


def _statuses(body: Any) -> Any:
    kept = ("title", "pillar", "level", "achieved", "status", "due")
    return [only(*kept)(one) for one in body["obligations"] if one["pillar"] == "ohs"]


def command(call: Call) -> str:
    """The call as one types it; keys and the address are variables of the shell."""
    parts = [f'curl "$API{call.path}"'] if call.method == "GET" else [f'curl -X {call.method} "$API{call.path}"']
    if call.who:
        parts.append(f'-H "Authorization: Bearer ${call.who}"')
    parts += [f"-H {shlex.quote(f'{name}: {value}')}" for name, value in call.headers.items()]
    text = json.dumps(call.body, ensure_ascii=False)
    before = ""
    if call.file is None and call.body is not None:
        parts += ["-H 'Content-Type: application/json'", f"-d {shlex.quote(text)}"]
    elif call.file is not None:
        name, kind, content = call.file
        before = f"cat > {name} <<'END'\n{content}END\n"
        if call.body is None:
            parts += [f"-H 'Content-Type: {kind}'", f"--data-binary @{name}"]
        else:
            parts += [f"-F {shlex.quote(f'evidence={text}')}", f"-F 'file=@{name};type={kind}'"]
    return before + " \\\n  ".join(parts)


# By curl ------------------------------------------------------------------------------------


@dataclass
class Curl:
    """Runs what is written down, in a folder of its own."""

    address: str
    folder: Path

    def __call__(self, call: Call, keys: Mapping[str, str]) -> Answer:
        """Make the call. Raises CalledProcessError when curl itself fails."""
        quiet = command(call).replace("curl ", "curl -sS -D headers -w '\\n%{http_code}' ", 1)
        environment = {**os.environ, **keys, "API": self.address}
        done = subprocess.run(
            ["/bin/bash", "-c", quiet],
            cwd=self.folder,
            env=environment,
            check=True,
            capture_output=True,
            text=True,
        )
        text, _, status = done.stdout.rpartition("\n")
        head = (self.folder / "headers").read_text().splitlines()
        told = dict(line.split(": ", 1) for line in head if line.startswith("Idempotency-Replayed"))
        is_json = any("json" in line for line in head if line.lower().startswith("content-type"))
        return Answer(int(status), told, json.loads(text) if is_json else text)

    def run(self, line: Sequence[str], name: str, content: str) -> str:
        """Run the command in the demo's folder. Raises CalledProcessError."""
        (self.folder / name).write_text(content)
        begin = (sys.executable, "-c", "from supplychain.cli import main; main()")
        done = subprocess.run([*begin, *line[1:]], cwd=self.folder, check=True, capture_output=True, text=True)
        return done.stdout


def names_of(keys: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """The keys of the demo as variables of the shell."""
    return {role.upper(): one["key"] for role, one in keys.items()}


INTRODUCTION = """# The tour: four journeys by curl

Written by `docs/tour.py`, which starts a demo of its own, asks what is shown here and writes down the answers; long
lists and texts are shortened (`…`). To walk it yourself: `make run`, then

```sh
export API=http://127.0.0.1:8000
for role in brand supplier reviewer organiser trainer operator; do
  export "${role^^}=$(grep -A2 "\"$role\"" instance/demo-keys.json | grep -o 'sck_[0-9a-f_]*')"
done
```
"""


def main() -> None:
    """Start a demo, walk, write the page, stop the demo."""
    with tempfile.TemporaryDirectory() as name, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        folder = Path(name)
        serving = [
            sys.executable,
            "-c",
            "from supplychain.cli import main; main()",
            "demo",
            "serve",
            "--port",
            str(port),
        ]
        with (folder / "out").open("wb") as out, subprocess.Popen(serving, cwd=folder, stdout=out, stderr=out) as demo:
            try:
                address = f"http://127.0.0.1:{port}"
                _until_ready(address, demo)
                keys = json.loads((folder / "instance" / "demo-keys.json").read_text())
                tour = Tour(Curl(address, folder), names_of(keys))
                tour.say(INTRODUCTION)
                walk(tour)
            finally:
                demo.send_signal(signal.SIGTERM)
    (HERE / "tour.md").write_text("\n".join(tour.pages), "utf-8")


def _until_ready(address: str, demo: subprocess.Popen[bytes]) -> None:
    for _ in range(120):
        try:
            urllib.request.urlopen(f"{address}/readyz")
            return
        except OSError:
            assert demo.poll() is None, "the demo did not start"
            time.sleep(1)
    raise TimeoutError("the demo did not get ready")


if __name__ == "__main__":
    main()
