"""What a world answers to a reader, and where two worlds answer differently."""

import io
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from zipfile import ZipFile

import orjson
from pyarrow import parquet
from sqlalchemy import select
from werkzeug.test import TestResponse

from supplychain.crypto import fingerprint
from supplychain.db import Base
from supplychain.exports.formats import XLSX_TYPE
from supplychain.work import Work
from tests.ground import org
from tests.visibility import questions
from tests.visibility.questions import Ids
from tests.visibility.story import Twist, tell
from tests.world import Member, World

_CURSOR = re.compile(r"cursor=[^&>]+")
_DRAWN = re.compile(r"\b(flg|job|aud|evt|sth)_[0-9a-f]{26}\b")
_SEALED = re.compile(r"\b[0-9a-f]{64}\b|[A-Za-z0-9+/]{91}=|[A-Za-z0-9+/]{43}=")
"""Hashes and signatures over what is drawn by chance: hexadecimal ones, the signature and the root of a note."""
_TOLD = re.compile(r'"([a-z]{3}_[^"/ ]{1,40})"')
_REQUEST = "the-same-request"
AMONG = ("brand", "mill", "shade")
"""The organizations that filters are tried with, besides those that only one of two worlds has."""
DIRECTORY = "/v1/organizations"
STEPS = {DIRECTORY: 20}
"""How many items of a walk come at once, where two would be a long way."""
UNTOLD = 3
"""So many ids of each kind are asked for whatever the reader was told."""


@dataclass(frozen=True)
class Told:
    """One answer, without what is drawn by chance: ids that nobody foretold, cursors."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: str


@dataclass
class Telling:
    """One world with all that was asked of it, by reader and question."""

    world: World
    twist: Twist
    heard: dict[tuple[str, str], tuple[Told, ...]] = field(default_factory=dict)

    def answers(self, reader: str, question: str, *, walk: bool = False) -> tuple[Told, ...]:
        """The answer to one question, or to all pages of a walk in small steps; asked once."""
        key = reader, f"{question} walk" if walk else question
        if key not in self.heard:
            self.world.app.runtime = self.world.runtime
            ear = Ear(self.world.members[reader], self._pseudonyms(reader))
            self.heard[key] = tuple(ear.walk(question) if walk else [ear.told(question)])
        return self.heard[key]

    def _pseudonyms(self, reader: str) -> dict[str, str]:
        """How a reader is to be told of who stands for whom: opaque tokens differ where nothing else may."""
        me, secret = self.world.members[reader].number, self.world.runtime.settings.secret

        def token(name: str) -> str:
            return "psn_" + fingerprint(secret, "pseudonym", me, org(name))

        return {token(name): token(part) for part, name in self.twist.stands_for.items()}

    def ids(self) -> dict[str, list[str]]:
        """Every public id in the database, by prefix, and every name that was told for one reader only."""

        def body(work: Work) -> dict[str, list[str]]:
            found: dict[str, list[str]] = defaultdict(list)
            for table in Base.metadata.sorted_tables:
                if "id" in table.c:
                    for public in work.session.scalars(select(table.c.id)):
                        found[public.partition("_")[0]].append(public)
            # Of the many proofs of one organization the first stands for all.
            firsts = {public.split("_")[1]: public for public in reversed(found["evd"])}
            return {**found, "evd": sorted(firsts.values())}

        known: dict[str, list[str]] = self.world.do(body)
        return known


@dataclass
class Worlds:
    """Makes worlds; the one that nobody twisted is made once. routes: only these are asked, if any are named."""

    make: Callable[[], World]
    routes: tuple[str, ...] = ()
    plain: Telling | None = None

    def told(self, twist: Twist | None = None) -> Telling:
        """A world, and an ear."""
        if twist is None and self.plain is not None:
            return self.plain
        world = self.make()
        tell(world, twist or Twist())
        telling = Telling(world, twist or Twist())
        if twist is None:
            self.plain = telling
        return telling

    def differences(self, readers: Sequence[str], twist: Twist, other: Twist | None = None) -> list[str]:
        """What tells a reader in which of two worlds it lives; the other is the plain one unless it is given."""
        here, there = self.told(other), self.told(twist)
        found = _differences(here, there, readers[0], self.routes)
        others = (_differences(here, there, one, self.routes, filters=False) for one in readers[1:])
        return [*found, *chain.from_iterable(others)]

    def alike(self, *readers: str, twist: Twist, other: Twist | None = None) -> None:
        """Assert that no question lets a reader tell two worlds apart; the first reader tries every filter as well."""
        found = self.differences(readers, twist, other)
        assert not found, f"{len(found)} answers differ\n" + "\n".join(found[:3])


def asked(
    one: Telling, other: Telling, reader: str, routes: Sequence[str] = (), *, filters: bool = True
) -> Iterator[tuple[str, bool]]:
    """Every question of a reader, and whether it is to be walked.

    With every id that the reader was told, every id that only one of the worlds has, and some of which it may
    know nothing. Filters are tried on the first path of a route that shows something; what is forbidden is asked
    once.
    """
    app = one.world.app
    here, there = one.ids(), other.ids()
    apart = {prefix: sorted({*here.get(prefix, ())} ^ {*there.get(prefix, ())}) for prefix in {*here, *there}}
    filtered = {**here, "org": [*map(org, AMONG), *apart["org"]]}
    for rule in questions.rules(app):
        if routes and rule.rule not in routes:
            continue
        open_paths = 0
        for path in questions.paths(rule, _asked_for(here, apart, reader, one, other)):
            yield path, False
            status = {telling.answers(reader, path)[0].status for telling in (one, other)}
            if status == {403}:
                break
            open_paths += 200 in status
            if filters and open_paths == 1 and 200 in status:
                yield from (
                    (f"{path}{'&' if '?' in path else '?'}{query}", False)
                    for query in questions.queries(app, rule, filtered)
                )
            if 200 in status and questions.is_list(app, rule):
                yield path, True
    for question in questions.long_ones(app, _asked_for(here, apart, reader, one, other), all_of_them=filters):
        if not routes or question.split()[1] in routes:
            yield question, False


def _differences(
    one: Telling, other: Telling, reader: str, routes: Sequence[str], *, filters: bool = True
) -> Iterator[str]:
    for question, walk in asked(one, other, reader, routes, filters=filters):
        here, there = (telling.answers(reader, question, walk=walk) for telling in (one, other))
        if one.twist.stands_for or other.twist.stands_for:
            # The tag of what has an exchanged token in it is another one.
            here, there = _untagged(here), _untagged(there)
        if here != there:
            yield f"{reader} asks {question}{' in pages' if walk else ''}\n{_apart(here, there)}"


def _untagged(answers: Sequence[Told]) -> tuple[Told, ...]:
    """Without what the bytes of tokens decide: tags, and how far a workbook with them can be compressed."""
    of_bytes = {"ETag", "Content-Length"}
    return tuple(
        replace(one, headers=tuple(pair for pair in one.headers if pair[0] not in of_bytes)) for one in answers
    )


def _apart(here: Sequence[Told], there: Sequence[Told]) -> str:
    if len(here) != len(there):
        return f"   {len(here)} pages, and {len(there)}"
    one, other = next(pair for pair in zip(here, there, strict=True) if pair[0] != pair[1])
    start = next((at for at, (a, b) in enumerate(zip(one.body, other.body, strict=False)) if a != b), 0)
    said = [f"   {told.status} …{told.body[max(0, start - 300) : start + 100]}" for told in (one, other)]
    headers = set(one.headers) ^ set(other.headers)
    return "\n".join([*said, f"   {sorted(headers)}"])


def _asked_for(
    ids: Mapping[str, Sequence[str]], apart: Mapping[str, Sequence[str]], reader: str, *tellings: Telling
) -> Ids:
    """Ids to put into paths: those the reader was told until now, those of one world only, and some others.

    That the directory names somebody tells nothing of what the reader may see of it.
    """
    told = {
        name
        for telling in tellings
        for (who, question), answers in telling.heard.items()
        if who == reader and not question.startswith(DIRECTORY)
        for one in answers
        for name in _TOLD.findall(one.body)
    }
    wanted: dict[str, list[str]] = {prefix: [*some, *ids.get(prefix, ())[:UNTOLD]] for prefix, some in apart.items()}
    for name in told:
        wanted.setdefault(name.partition("_")[0], []).append(name)
    return {prefix: sorted({*some}) for prefix, some in wanted.items()}


def as_text(response: TestResponse) -> str:
    """The body as text in which names can be exchanged: of a workbook its sheets, of Parquet its rows."""
    if response.mimetype == XLSX_TYPE:
        book = ZipFile(io.BytesIO(response.get_data()))
        return "\n".join(book.read(name).decode() for name in sorted(book.namelist()))
    if response.mimetype == "application/vnd.apache.parquet":
        return orjson.dumps(parquet.read_table(io.BytesIO(response.get_data())).to_pylist()).decode()
    if response.mimetype == "application/pdf":
        return response.get_data().decode("latin-1")  # in its bytes nobody's name is exchanged
    return response.get_data(as_text=True)


@dataclass(frozen=True)
class Ear:
    """Hears a reader's answers. pseudonyms: tokens, and what each is heard as."""

    member: Member
    pseudonyms: Mapping[str, str]

    def walk(self, question: str) -> Iterator[Told]:
        """The answers of a walk in small steps."""
        joint = "&" if "?" in question else "?"
        where: str | None = self._said(f"{question}{joint}limit={STEPS.get(question, 2)}")
        while where is not None:
            response = self._ask(where)
            yield self._told(response)
            following = re.search(r"<([^>]+)>", response.headers.get("Link", ""))
            where = following[1] if following else None

    def told(self, question: str) -> Told:
        """The answer to one question."""
        return self._told(self._ask(self._said(question)))

    def _said(self, question: str) -> str:
        """A question about whom the reader hears of, as it is put in this world."""
        return _exchanged(question, {heard: token for token, heard in self.pseudonyms.items()})

    def _ask(self, question: str) -> TestResponse:
        # Without holding each answer against the document, as a member's own calls do: only whether two are the same.
        headers = {"Authorization": f"Bearer {self.member.key}", "X-Request-Id": _REQUEST}
        method, path, body = questions.parted(question)
        response = self.member.client.open(path, method=method, headers=headers, json=body)
        assert response.status_code < 500, question
        return response

    def _told(self, response: TestResponse) -> Told:
        body = as_text(response)
        masked = _masked(_exchanged(body, self.pseudonyms))
        # The tag of what has a drawn id in it is as new as the id, and how far it can be compressed as well.
        of_bytes = set() if masked == body else {"ETag", "Content-Length"}
        unmarked = {"Date", "Revision"} | of_bytes
        headers = sorted((name, _masked(value)) for name, value in response.headers.items() if name not in unmarked)
        return Told(response.status_code, tuple(headers), masked)


def _exchanged(text: str, names: Mapping[str, str]) -> str:
    return re.sub("|".join(names), lambda found: names[found[0]], text) if names else text


def _masked(text: str) -> str:
    return _SEALED.sub("*", _DRAWN.sub(r"\1_*", _CURSOR.sub("cursor=*", text)))
