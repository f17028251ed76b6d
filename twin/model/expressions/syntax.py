"""From the text of an expression to its tree.

Grammar, loosest first::

    condition  = and-part { "or" and-part }
    and-part   = not-part { "and" not-part }
    not-part   = "not" not-part | comparison
    comparison = sum [ ("=" "==" "!=" "<>" "<" "<=" ">" ">=" | "contains" | "starts with") sum
                     | ["not"] "in" "(" sum { "," sum } ")" | "is" ["not"] ("missing" | "null") ]
    sum        = product { ("+" | "-" | "&") product }          ("&" joins texts)
    product    = sign { ("*" | "/" | "%") sign }
    sign       = "-" sign | number | text | column | "true" | "false" | "(" condition ")" | call
    call       = function "(" [ condition { "," condition } ] ")"

The words have French ones beside them: et, ou, non, contient, commence par, dans, est, vide, vrai, faux.
Functions stand in :mod:`twin.model.expressions.functions`.
A column is a word, or anything between backticks; a text stands between straight or curly quotes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

MOST_CHARACTERS = 2000
MOST_DEPTH = 60

WORDS = {
    "and": "and",
    "or": "or",
    "not": "not",
    "contains": "contains",
    "starts": "starts",
    "with": "with",
    "in": "in",
    "is": "is",
    "missing": "missing",
    "null": "null",
    "true": "true",
    "false": "false",
    "et": "and",
    "ou": "or",
    "non": "not",
    "contient": "contains",
    "commence": "starts",
    "par": "with",
    "dans": "in",
    "est": "is",
    "manquant": "missing",
    "vide": "missing",
    "vrai": "true",
    "faux": "false",
}
"""Words of the language in English and French; a column of such a name needs backticks."""

COMPARISONS = {"=": "=", "==": "=", "!=": "!=", "<>": "!=", "≠": "!=", "<": "<", ">": ">"}
COMPARISONS |= {"<=": "<=", "≤": "<=", ">=": ">=", "≥": ">="}

_TOKEN = re.compile(
    r"""\s*(?:
    (?P<number>\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+)
    |"(?P<double>(?:[^"]|"")*)"|'(?P<single>(?:[^']|'')*)'|[“«]\s?(?P<curly>[^”»]*?)\s?[”»]
    |`(?P<quoted>[^`]+)`
    |(?P<word>[^\W\d][\w.:-]*(?<![.:-]))
    |(?P<sign><=|>=|==|!=|<>|[=<>≤≥≠+\-*/%&(),])
    )""",
    re.VERBOSE,
)


class ExpressionError(ValueError):
    """A filter that cannot be understood; ``key`` and ``values`` word it, ``at`` says where.

    Parameters
    ----------
    at : int
        Position of the trouble in the text, counted from 0.
    """

    def __init__(self, key: str, at: int = 0, **values: object) -> None:
        super().__init__(f"{key} at {at}")
        self.key, self.at, self.values = key, at, values


@dataclass(frozen=True, slots=True)
class Literal:
    """A number, a text, true or false."""

    value: float | str | bool
    at: int = 0


@dataclass(frozen=True, slots=True)
class Name:
    """A column."""

    name: str
    at: int


@dataclass(frozen=True, slots=True)
class Operation:
    """An operator on one or more parts; see the grammar for their names."""

    kind: str
    parts: tuple[Node, ...]
    at: int


@dataclass(frozen=True, slots=True)
class Call:
    """A function of what stands in its brackets."""

    name: str
    parts: tuple[Node, ...]
    at: int


Node = Literal | Name | Operation | Call


@dataclass(frozen=True, slots=True)
class Token:
    """``kind`` is number, text, name, word, sign or end."""

    kind: str
    text: str
    at: int


def parse(text: str) -> Node:
    """Return the tree of a filter.

    Raises
    ------
    ExpressionError
        It does not follow the grammar, or is too long or too deep.
    """
    if len(text) > MOST_CHARACTERS:
        raise ExpressionError("expression.too_long", count=MOST_CHARACTERS)
    parser = _Parser(tokens(text))
    tree = parser.condition()
    parser.expect_end()
    return tree


def names_in(tree: Node) -> tuple[str, ...]:
    """Return the columns that an expression names, each once, in their order."""
    if isinstance(tree, Name):
        return (tree.name,)
    if isinstance(tree, Literal):
        return ()
    return tuple(dict.fromkeys(name for part in tree.parts for name in names_in(part)))


def tokens(text: str) -> list[Token]:
    """Cut a filter into its words and signs, an ``end`` last."""
    found: list[Token] = []
    at = 0
    end = len(text.rstrip())
    while at < end:
        match = _TOKEN.match(text, at)
        if match is None:
            start = at + len(text[at:]) - len(text[at:].lstrip())
            key = "expression.open_text" if text[start] in "\"'“«`" else "expression.unexpected"
            raise ExpressionError(key, start, found=text[start])
        found.append(_token(match))
        at = match.end()
    return [*found, Token("end", "", end)]


def _token(match: re.Match[str]) -> Token:
    kind = str(match.lastgroup)
    text, at = match.group(kind), match.end() - len(match.group().lstrip())
    if kind == "double":
        return Token("text", text.replace('""', '"'), at)
    if kind == "single":
        return Token("text", text.replace("''", "'"), at)
    if kind == "curly":
        return Token("text", text, at)
    if kind == "quoted":
        return Token("name", text, at)
    if kind == "word":
        word = WORDS.get(text.lower())
        return Token("name", text, at) if word is None else Token("word", word, at)
    return Token(kind, text, at)


class _Parser:
    def __init__(self, found: list[Token]) -> None:
        self._tokens = found
        self._place = 0
        self._depth = 0

    def condition(self) -> Node:
        return self._chain("or", self._and_part)

    def expect_end(self) -> None:
        if self._now.kind != "end":
            raise self._unexpected()

    @property
    def _now(self) -> Token:
        return self._tokens[self._place]

    def _take(self, *words: str) -> Token | None:
        now = self._now
        if now.kind in ("word", "sign") and now.text.lower() in words:
            self._place += 1
            return now
        return None

    def _need(self, word: str) -> None:
        if self._take(word) is None:
            raise ExpressionError("expression.expected", self._now.at, wanted=word)

    def _unexpected(self) -> ExpressionError:
        now = self._now
        if now.kind == "end":
            return ExpressionError("expression.incomplete", now.at)
        return ExpressionError("expression.unexpected", now.at, found=now.text)

    def _chain(self, word: str, part: object) -> Node:
        parts = [part()]  # type: ignore[operator]
        at = self._now.at
        while self._take(word):
            parts.append(part())  # type: ignore[operator]
        return parts[0] if len(parts) == 1 else Operation(word, tuple(parts), at)

    def _and_part(self) -> Node:
        return self._chain("and", self._not_part)

    def _not_part(self) -> Node:
        found = self._take("not")
        if found is None:
            return self._comparison()
        self._deeper()
        inner = self._not_part()
        self._depth -= 1
        return Operation("not", (inner,), found.at)

    def _comparison(self) -> Node:
        left = self._sum()
        found = self._take(*COMPARISONS)
        if found is not None:
            return Operation(COMPARISONS[found.text], (left, self._sum()), found.at)
        found = self._take("contains")
        if found is not None:
            return Operation("contains", (left, self._sum()), found.at)
        found = self._take("starts")
        if found is not None:
            self._need("with")
            return Operation("starts", (left, self._sum()), found.at)
        return self._membership(left)

    def _membership(self, left: Node) -> Node:
        found = self._take("is")
        if found is not None:
            kind = "known" if self._take("not") else "missing"
            if self._take("missing", "null") is None:
                raise ExpressionError("expression.expected", self._now.at, wanted="missing")
            return Operation(kind, (left,), found.at)
        negated = self._take("not")
        found = self._take("in")
        if found is None:
            if negated is not None:
                raise ExpressionError("expression.expected", self._now.at, wanted="in")
            return left
        inside = Operation("in", (left, *self._list()), found.at)
        return Operation("not", (inside,), found.at) if negated else inside

    def _list(self) -> list[Node]:
        self._need("(")
        items = [self._sum()]
        while self._take(","):
            items.append(self._sum())
        self._need(")")
        return items

    def _sum(self) -> Node:
        return self._arithmetic(("+", "-", "&"), self._product)

    def _product(self) -> Node:
        return self._arithmetic(("*", "/", "%"), self._sign)

    def _arithmetic(self, signs: tuple[str, ...], part: object) -> Node:
        left: Node = part()  # type: ignore[operator]
        while (found := self._take(*signs)) is not None:
            left = Operation(found.text, (left, part()), found.at)  # type: ignore[operator]
        return left

    def _sign(self) -> Node:
        self._deeper()
        found = self._take("-")
        made = Operation("negative", (self._sign(),), found.at) if found else self._single()
        self._depth -= 1
        return made

    def _single(self) -> Node:
        if self._take("("):
            inner = self.condition()
            self._need(")")
            return inner
        now = self._now
        if now.kind == "word" and now.text.lower() in ("true", "false"):
            self._place += 1
            return Literal(now.text.lower() == "true", now.at)
        if now.kind not in ("number", "text", "name"):
            raise self._unexpected()
        self._place += 1
        if now.kind == "name" and self._take("("):
            return Call(now.text.lower(), self._arguments(), now.at)
        if now.kind == "name":
            return Name(now.text, now.at)
        return Literal(float(now.text) if now.kind == "number" else now.text, now.at)

    def _arguments(self) -> tuple[Node, ...]:
        if self._take(")"):
            return ()
        self._deeper()
        parts = [self.condition()]
        while self._take(","):
            parts.append(self.condition())
        self._need(")")
        self._depth -= 1
        return tuple(parts)

    def _deeper(self) -> None:
        self._depth += 1
        if self._depth > MOST_DEPTH:
            raise ExpressionError("expression.too_deep", self._now.at)
