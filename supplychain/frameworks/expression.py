"""Text of the Common Expression Language (cel.dev) as a tree: its whole operator syntax, none of its meaning.

What a pack may say of it is decided by `compiling`; so that a refusal can name what was written, more is read here than
is allowed there. Time and memory are bounded before anything is read: by length, and by depth.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

LONGEST = 2_000
DEEPEST = 20
_TOKEN = re.compile(
    r"""(?P<space>(?:[\t\n\f\r ]+|//[^\n]*)+)
    |(?P<other>[rRbB]{1,2}["']|\"{3}|'{3}|\d+(?:[uU]|\.\d+(?:[eE][+-]?\d+)?|[eE][+-]?\d+)|0[xX][0-9a-fA-F]+|\.\d+)
    |(?P<text>"(?:[^"\\\r\n]|\\.)*"|'(?:[^'\\\r\n]|\\.)*')
    |(?P<number>\d+)
    |(?P<name>[A-Za-z_][A-Za-z0-9_]*)
    |(?P<sign>\|\||&&|[=!<>]=|[-+*/%!<>()\[\]{},.?:])""",
    re.VERBOSE | re.ASCII,
)
_BINDING = {"||": 1, "&&": 2, **dict.fromkeys(("==", "!=", "<", "<=", ">", ">=", "in"), 3)}
_BINDING |= {"+": 4, "-": 4, "*": 5, "/": 5, "%": 5}
_CONSTANTS = {"true": True, "false": False, "null": None}
_RESERVED = frozenset(
    "as break const continue else for function if import let loop package namespace return var void while".split()  # noqa: SIM905 - as CEL lists them
)
_MOST = 2**63 - 1


class Unusable(ValueError):
    """An expression cannot be used. at: the character, from 1; code: stable. Says what to write instead."""

    def __init__(self, at: int, code: str, remedy: str) -> None:
        super().__init__(f"at character {at}: {remedy}")
        self.at, self.code = at, code


@dataclass(frozen=True, slots=True)
class Literal:
    """A value that is written out."""

    at: int
    value: bool | int | str | None


@dataclass(frozen=True, slots=True)
class Name:
    """A variable."""

    at: int
    name: str


@dataclass(frozen=True, slots=True)
class Listed:
    """A list that is written out."""

    at: int
    items: tuple["Tree", ...]


@dataclass(frozen=True, slots=True)
class Call:
    """An operator by its sign, or a function by its name. A chain of one `&&` or `||` is one call.

    of: what a function is called on, `x` of `x.f(y)`.
    """

    at: int
    name: str
    args: tuple["Tree", ...]
    of: "Tree | None" = None


Tree = Literal | Name | Listed | Call


class _Token(NamedTuple):
    kind: str
    text: str
    at: int


def parsed(text: str) -> Tree:
    """The tree of an expression; Unusable says at which character it is none, or is too long or too deep."""
    if len(text) > LONGEST:
        raise Unusable(LONGEST + 1, "expression-too-long", f"keep an expression within {LONGEST} characters")
    reading = _Reading(list(_tokens(text)))
    tree = reading.expression(0)
    reading.take("end", "")
    return tree


def _tokens(text: str) -> Iterator[_Token]:
    at = 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            raise Unusable(at + 1, "bad-expression", f"no expression has {text[at]!r} here")
        kind = str(found.lastgroup)
        if kind == "other":
            raise Unusable(at + 1, "not-supported", f"{found.group()}: write whole numbers and plain texts only")
        if kind != "space":
            yield _Token(kind, found.group(), at + 1)
        at = found.end()
    yield _Token("end", "", len(text) + 1)


class _Reading:
    """Operator precedence over tokens; calls itself once a level of nesting and never once an operand of a chain."""

    def __init__(self, tokens: Sequence[_Token]) -> None:
        self._tokens, self._next, self._depth = tokens, 0, 0

    @property
    def _here(self) -> _Token:
        return self._tokens[self._next]

    def take(self, kind: str, text: str | None = None) -> _Token:
        """The next token, which has to be this one."""
        here = self._here
        if here.kind != kind or text not in (None, here.text):
            found = here.text or "the end"
            raise Unusable(here.at, "bad-expression", f"{text or kind} is expected, not {found}")
        self._next += 1
        return here

    def expression(self, least: int) -> Tree:
        """All that binds at least so strongly."""
        self._depth += 1
        if self._depth > DEEPEST:
            raise Unusable(self._here.at, "expression-too-deep", f"nest at most {DEEPEST} levels")
        left = self._unary()
        while (binding := _BINDING.get(self._here.text, 0) if self._here.kind in ("sign", "name") else 0) > least:
            sign = self.take(self._here.kind)
            args = [left, self.expression(binding)]
            while sign.text in ("&&", "||") and self._is(sign.text):
                self.take("sign")
                args.append(self.expression(binding))
            left = Call(sign.at, sign.text, tuple(args))
        if least == 0 and self._is("?"):
            at = self.take("sign").at
            then = self.expression(0)
            self.take("sign", ":")
            left = Call(at, "? :", (left, then, self.expression(0)))
        self._depth -= 1
        return left

    def _is(self, sign: str) -> bool:
        return self._here.kind == "sign" and self._here.text == sign

    def _unary(self) -> Tree:
        if self._is("!") or self._is("-"):
            sign = self.take("sign")
            inner = self.expression(max(_BINDING.values()))
            if sign.text == "-" and isinstance(inner, Literal) and type(inner.value) is int:
                return Literal(sign.at, -inner.value)
            return Call(sign.at, sign.text, (inner,))
        tree = self._primary()
        while self._is(".") or self._is("[") or self._is("{"):
            sign = self.take("sign")
            if sign.text != ".":
                raise Unusable(sign.at, "not-supported", "a fact has no parts: compare it as a whole")
            name = self.take("name")
            tree = Call(name.at, name.text, self._arguments() if self._is("(") else (), tree)
        return tree

    def _primary(self) -> Tree:
        here = self._here
        if self._is("("):
            self.take("sign")
            tree = self.expression(0)
            self.take("sign", ")")
            return tree
        if self._is("["):
            return Listed(here.at, self._items("[", "]"))
        if here.kind == "text":
            self.take("text")
            if "\\" in here.text:
                raise Unusable(here.at, "not-supported", "codes have no backslash: write them as they are")
            return Literal(here.at, here.text[1:-1])
        if here.kind == "number":
            self.take("number")
            if len(here.text) > len(str(_MOST)) or int(here.text) > _MOST:
                raise Unusable(here.at, "wrong-kind", f"numbers go up to {_MOST}")
            return Literal(here.at, int(here.text))
        if here.kind != "name" or here.text == "in" or here.text in _RESERVED:
            raise Unusable(here.at, "bad-expression", f"a fact or a value is expected, not {here.text or 'the end'}")
        name = self.take("name")
        if name.text in _CONSTANTS:
            return Literal(name.at, _CONSTANTS[name.text])
        return Call(name.at, name.text, self._arguments()) if self._is("(") else Name(name.at, name.text)

    def _arguments(self) -> tuple[Tree, ...]:
        return self._items("(", ")")

    def _items(self, begin: str, end: str) -> tuple[Tree, ...]:
        self.take("sign", begin)
        found: list[Tree] = []
        while not self._is(end):
            found.append(self.expression(0))
            if not self._is(end):
                self.take("sign", ",")
                if end == ")" and self._is(end):
                    raise Unusable(self._here.at, "bad-expression", "leave the last comma out")
        self.take("sign", end)
        return tuple(found)
