"""Checks code in sentences: every name in it must be in a contract.

Other code, such as a command, gives a reason: `` `lp-guide`{not-in-contract="a command"} ``.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar, NamedTuple
from urllib.parse import parse_qsl

from lp_guide import contract_vocabulary
from lp_guide.api_paths import GAP, UUID_FORM, Endpoint, misfit, operations_at, read_endpoint, taken
from lp_guide.requests_and_answers import TOKEN
from lp_guide.writer_mistakes import Blame, Mistake, suggestion

if TYPE_CHECKING:
    from markdown_it.token import Token

    from lp_contract.contract import Contract

OPT_OUT = "not-in-contract"
"""The attribute with the reason why code is not a name in the contract."""
LITERALS = ("true", "false", "null", TOKEN)
_SAY_WHY = f'If it is not a name in the contract, give the reason directly after it: `{{{OPT_OUT}="…"}}`.'


class Words:
    """The names and values of some contracts."""

    def __init__(self, contracts: Sequence[Contract]) -> None:
        """Take the contracts."""
        self._contracts = contracts
        self._names = self._all(contract_vocabulary.names)
        self._values = self._all(contract_vocabulary.values)
        self._headers = {name.lower() for name in self._all(contract_vocabulary.headers)}
        self._statuses = self._all(contract_vocabulary.statuses)
        self._queries = {
            name: schema for each in contracts for name, schema in contract_vocabulary.queries(each).items()
        }

    def _all(self, words: Callable[[Contract], Iterable[str]]) -> frozenset[str]:
        return frozenset().union(*(words(contract) for contract in self._contracts))

    def refuse_unknown(self, code: str, known: Collection[str] = ()) -> None:
        """Raise Mistake for code that is neither a name in a contract nor a value on the page."""
        if code in LITERALS or code in known:
            return
        for pattern, judge in self._SHAPES:
            match = re.fullmatch(pattern, code)
            if match:
                judge(self, *match.groups())
                return
        self._name(code)

    def _name(self, code: str) -> None:
        known = self._names | self._values
        if code not in known and not self._is_way(code):
            message = f"Nothing in the contract is called `{code}`."
            raise Mistake("prose", message, lambda: f"{_near(code, known)}{_SAY_WHY}")

    def _is_way(self, code: str) -> bool:
        """Whether code is a path into a body: `data.attributes.state`, or `data[0].id`."""
        steps = re.findall(r"[^][.]+", code)
        return len(steps) > 1 and all(step in self._names or step.isdigit() for step in steps)

    def _status(self, code: str) -> None:
        if code not in self._statuses | self._values:
            raise _unknown("status", code, f"Known: {', '.join(sorted(self._statuses))}.")

    def _moment(self, code: str) -> None:
        try:
            datetime.fromisoformat(code)
        except ValueError:
            raise Mistake("prose", f"`{code}` is not a date.", "Look at its month, day and time.") from None

    def _id(self, code: str) -> None:
        if not any(code in source.text for each in self._contracts for source in each.sources.values()):
            raise _unknown("id", code, "Use an id from the seeds, as in `{{ school('fresh') }}`.")

    def _quoted(self, code: str) -> None:
        if code not in self._values:
            self.refuse_unknown(code.strip('"'))

    def _header(self, name: str, _: str = "") -> None:
        if name.lower() not in self._headers:
            raise _unknown("header", name, suggestion(name, self._all(contract_vocabulary.headers)))

    def _query(self, name: str, value: str | None = None) -> None:
        if name not in self._queries:
            raise _unknown("parameter", name, suggestion(name, self._queries))
        allowed = self._queries[name].get("enum")
        if value and allowed and value not in allowed:
            raise Mistake("prose", f"`{name}` cannot be `{value}`.", suggestion(value, allowed))

    def _path(self, code: str) -> None:
        endpoint = read_endpoint(code, 0)
        if endpoint is None:
            raise Mistake("prose", f"`{code}` is not a path.", "Write a method and a path, or a path alone.")
        if self._is_beginning(endpoint):
            return
        found = [op for each in self._contracts for op in operations_at(each, endpoint.path)]
        if not found:
            raise self._no_path(endpoint)
        if endpoint.verb and not any(endpoint.verb in op.methods for op in found):
            raise _unknown("operation", code, taken(found, endpoint))
        for name, value in parse_qsl(endpoint.path.partition("?")[2], keep_blank_values=True):
            self._query(name, value)

    def _is_beginning(self, endpoint: Endpoint) -> bool:
        """Whether a path is the beginning of paths of the API: the version, or a host and the version."""
        beginning = f"{endpoint.full_route.rstrip('/')}/"
        return endpoint.verb is None and any(
            op.path.startswith(beginning) for each in self._contracts for op in each.operations.values()
        )

    def _no_path(self, endpoint: Endpoint) -> Mistake:
        wrong = next(filter(None, (misfit(each, endpoint.path) for each in self._contracts)), "")
        if wrong:
            return Mistake(
                "prose", f"`{endpoint.path}` is not a path: `{wrong}` is not an id.", "Write `{id}` or an id."
            )
        paths = {op.path for each in self._contracts for op in each.operations.values()}
        return _unknown("path", endpoint.path, _near(GAP.sub("{id}", endpoint.path.partition("?")[0]), paths))

    _SHAPES: ClassVar[tuple[tuple[str, Callable[..., None]], ...]] = (
        (r"(\d{3})", _status),
        (r"(\d{4}-\d\d-\d\d(?:T[\d:.]+(?:Z|[+-]\d\d:\d\d))?)", _moment),
        (rf"({UUID_FORM})", _id),
        (r'"(.*)"', _quoted),
        (r"((?:[A-Z]+ )?(?:https?:/)?/.*)", _path),
        (r"([A-Za-z]+(?:-[A-Za-z]+)*): (.+)", _header),
        (r"((?:[A-Z][a-z]+|X)(?:-[A-Z][a-z]+)+)", _header),
        (r"(\w+(?:\[\w+\])*)=(.*)", _query),
        (r"(\w+\[[a-z_]+\])", _query),
    )
    """The forms of code, with the check of each. All other code must be a name."""


def _near(code: str, known: Iterable[str]) -> str:
    """Suggest a similar name. Return empty text if there is none."""
    close = difflib.get_close_matches(code, sorted(known), n=1, cutoff=0.6)
    return f"Did you mean `{close[0]}`? " if close else ""


def _unknown(kind: str, code: str, remedy: str) -> Mistake:
    return Mistake("prose", f"The contract has no {kind} `{code}`.", f"{remedy.strip()} {_SAY_WHY}".strip())


class OptOut(NamedTuple):
    """Code that is not a name in a contract, and the reason."""

    line: int
    code: str
    reason: str


def look_over(tokens: Sequence[Token], words: Words, known: Collection[str], blame: Blame) -> list[OptOut]:
    """Check all code in the sentences of a page, report mistakes, and return the code with a reason.

    A reason applies to the same code on the whole page.
    """
    spans = list(_spans(tokens))
    opted = [OptOut(line, span.content, str(span.attrs.pop(OPT_OUT))) for line, span in spans if OPT_OUT in span.attrs]
    for each in opted:
        _blame_needless(each, words, known, blame)
    excused = {each.code for each in opted}
    for line, span in spans:
        if span.content not in excused:
            try:
                words.refuse_unknown(span.content, known)
            except Mistake as mistake:
                blame(mistake, span.content, line)
    return opted


def _spans(tokens: Sequence[Token]) -> Iterator[tuple[int, Token]]:
    """Yield every piece of code in sentences, with its line."""
    line = 1
    for token in tokens:
        line = token.map[0] + 1 if token.map else line
        at = line
        for child in token.children or ():
            at += child.type in ("softbreak", "hardbreak")
            if child.type == "code_inline":
                yield at, child


def _blame_needless(each: OptOut, words: Words, known: Collection[str], blame: Blame) -> None:
    """Report an attribute without a reason, and a reason for code that is a name in the contract."""
    if not each.reason.strip():
        blame(
            Mistake("prose", f"`{each.code}` has no reason.", f"Give the reason in `{OPT_OUT}`."), each.code, each.line
        )
        return
    try:
        words.refuse_unknown(each.code, known)
    except Mistake:
        return
    mistake = Mistake("prose", f"`{each.code}` is in the contract and needs no excuse.", f"Remove `{OPT_OUT}`.")
    blame(mistake, each.code, each.line)
