"""Makes pages that redirect from former addresses, such as those of the guidance that DfE publishes.

Browsers do not send the part of an address after `#` to a server. So the page has an element for each anchor, with a
link that a script follows. Without a script the browser shows the link.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from lp_contract.contract import Contract, Operation
from lp_contract.publications import Publication
from lp_guide import contract_vocabulary
from lp_guide.published_anchors import Redirects
from lp_guide.reference_urls import Addresses, field_anchor

FILE = ".html"


@dataclass(frozen=True, slots=True)
class Part:
    """An anchor of a former page, and its new address."""

    names: Sequence[str]
    words: str
    href: str
    parts: Sequence[Part] = ()


@dataclass(frozen=True, slots=True)
class FormerPage:
    """A page that redirects from one address."""

    old: str
    new: str
    parts: Sequence[Part] = ()

    @property
    def outputs(self) -> Sequence[str]:
        """The names of its files: an address that ends with `.html` also works without that ending."""
        folder = self.old.removeprefix("/").removesuffix("index.html").removesuffix(FILE)
        index = f"{folder.rstrip('/')}/index.html".removeprefix("/")
        return [index, f"{folder}{FILE}"] if self.old.endswith(FILE) and not folder.endswith("/") else [index]


def former_pages(moved: Redirects, addresses: Addresses, titles: Mapping[str, str]) -> Sequence[FormerPage]:
    """Return the pages for the redirects of the settings, and those for the references.

    `titles` has the titles of the present pages and their sections by their addresses.
    """
    references = _references(addresses)
    with_places = [replace(each, parts=[*each.parts, *_places(each.old, moved, titles)]) for each in references]
    return [*_from_settings(moved, titles), *with_places]


def moved_files(moved: Redirects) -> Mapping[str, str]:
    """Return the new addresses by the names of the former files, with `#` and the anchor if only that has moved."""
    return {
        f"{output}{mark}{anchor}": moved.get(new, new)
        for old, new in moved.items()
        for page, mark, anchor in [old.partition("#")]
        for output in FormerPage(page, new).outputs
    }


def _from_settings(moved: Redirects, titles: Mapping[str, str]) -> Iterator[FormerPage]:
    """Yield a page for each former address.

    If it redirects to another former address, it has the anchors of both.
    """
    for old, new in moved.items():
        if "#" not in old:
            further = _places(new, moved, titles) if new in moved else ()
            yield FormerPage(old, moved.get(new, new), [*_places(old, moved, titles), *further])


def _places(page: str, moved: Redirects, titles: Mapping[str, str]) -> Iterator[Part]:
    """Yield the anchors of a page, grouped by their new address."""
    names: dict[str, list[str]] = {}
    for old, new in moved.items():
        if old.startswith(f"{page}#"):
            names.setdefault(new, []).append(old.partition("#")[2])
    for new, each in names.items():
        yield Part(each, titles.get(new) or titles.get(new.partition("#")[0], new), new)


def _references(addresses: Addresses) -> Iterator[FormerPage]:
    """Yield the page for each former reference of the contracts: one page had all operations of a version."""
    for contract in addresses.contracts:
        pattern = addresses.home(contract).former_reference
        for publication in contract.publications if pattern else ():
            version = publication.paths.rpartition("/")[2]
            yield _reference(replace(addresses, contracts=[contract]), publication, pattern.format(version=version))


def _reference(own: Addresses, publication: Publication, old: str) -> FormerPage:
    (contract,) = own.contracts
    operations = [op for op in contract.operations.values() if publication.holds(op.path)]
    tags = {op.tag for op in operations}
    new = own.tag(tags.pop()) if len(tags) == 1 else own.home(contract).reference
    return FormerPage(old, new, [*(_operation(own, op) for op in operations), *_schemas(own, contract, operations)])


_PARTS: Mapping[str, tuple[str, str, Callable[[Operation], bool]]] = {
    "parameters": ("parameters", "parameters", lambda op: bool(op.parameters)),
    "request_body": ("request body", "body", lambda op: op.request is not None),
    "curl-examples": ("example", "example", lambda _: True),
    "responses": ("response", "response", lambda _: True),
    "responses-examples": ("example of a response", "example", lambda _: True),
}
"""The parts of an operation on a former reference: title, the anchor on its new page, and which operations have it."""


def operation_anchor(op: Operation) -> str:
    """Name an operation as DfE's reference pages do: `api-v3-participants-ecf-id-get`."""
    return f"{re.sub('[^a-z0-9_-]+', '-', op.path.lower()).strip('-')}-{op.method.lower()}"


def operation_anchors(op: Operation) -> list[str]:
    """Return the names of an operation and of its parts on DfE's reference pages."""
    name = operation_anchor(op)
    return [name, *(f"{name}-{suffix}" for suffix, (_, _, has) in _PARTS.items() if has(op))]


def _operation(own: Addresses, op: Operation) -> Part:
    name, page = operation_anchor(op), own.operation(op.id)
    parts = [
        Part([f"{name}-{suffix}"], words, f"{page}#{anchor}")
        for suffix, (words, anchor, has) in _PARTS.items()
        if has(op)
    ]
    return Part([name], f"{op.method} {op.path}", page, parts)


def _schemas(own: Addresses, contract: Contract, operations: Iterable[Operation]) -> Iterator[Part]:
    """Yield the schemas of operations with their first place. Some names in DfE's documents begin with `ECF`."""
    for name, (op, section, path) in contract_vocabulary.schema_homes(contract, operations).items():
        anchor = field_anchor(section, path) if path else section
        plain = name.lower()
        names = [f"schema-{prefix}{plain}{ending}" for prefix in ("", "ecf") for ending in ("", "-example")]
        yield Part(names, name, f"{own.operation(op.id)}#{anchor}")
