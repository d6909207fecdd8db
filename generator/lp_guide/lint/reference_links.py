"""Links to an operation on a reference: in Swagger UI, or on the pages that DfE publishes for each version."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import SplitResult, unquote, urlsplit

from lp_contract.contract import Contract, Operation
from lp_guide.lint.markdown_page import Link
from lp_guide.redirects import operation_anchors
from lp_guide.reference_urls import deep_link, path_deep_link

_PUBLISHED = re.compile(r"/reference-v\d+(?:\.html|/)?$")
_OF_OPERATION = re.compile(r"api-v\d+-")


def parts(address: str) -> SplitResult:
    """Split an address. An address that cannot be parsed has no parts."""
    try:
        return urlsplit(address)
    except ValueError:
        return urlsplit("")


def name_in(link: Link) -> str:
    """Return the name of the operation in a link; empty if it names none."""
    split = parts(link.target)
    name = unquote(split.fragment)
    is_named = name.count("/") > 1 or (_PUBLISHED.search(split.path) and _OF_OPERATION.match(name))
    return name if is_named else ""


def is_swagger(contract: Contract, link: Link) -> bool:
    """Whether a link names an operation in the Swagger UI of a contract."""
    folders = tuple(f"/{each.folder.rstrip('/')}" for each in contract.publications)
    return parts(link.target).path.rstrip("/").endswith(folders) and name_in(link).count("/") > 1


def is_published(link: Link) -> bool:
    """Whether a link names an operation on a page that DfE publishes."""
    return bool(name_in(link)) and bool(_PUBLISHED.search(parts(link.target).path))


def leads_into(contract: Contract, link: Link) -> bool:
    """Whether a link goes to the Swagger UI of a contract, or to one of its operations on a published page."""
    return is_swagger(contract, link) or (is_published(link) and operation(contract, link) is not None)


def operation(contract: Contract, link: Link) -> Operation | None:
    """Return the operation of a contract that a link names."""
    return operations_by_name(contract).get(name_in(link))


@lru_cache(maxsize=4)
def operations_by_name(contract: Contract) -> dict[str, Operation]:
    """Return the operations of a contract by each name that links can use."""
    return {name: op for op in contract.operations.values() for name in _names(op)}


def _names(op: Operation) -> list[str]:
    return [unquote(deep_link(op)), unquote(path_deep_link(op)), *operation_anchors(op)]
