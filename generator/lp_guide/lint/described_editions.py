"""Finds the editions that a page describes: the page has names that only their contracts have."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from urllib.parse import urlsplit

from lp_contract.contract import Contract
from lp_guide.api_paths import operations_at
from lp_guide.lint import reference_links
from lp_guide.lint.markdown_page import Guidance

_FEW = 2
"""The number of unknown paths that can be mistakes on a page of a few paths."""
Sign = Callable[[Contract], bool]
"""Whether a contract can have something on a page."""


def described(page: Guidance, known: Sequence[Contract]) -> list[Contract]:
    """Return the contracts that a page describes: several if it has names of each, or only names that all have.

    The front matter of a page of this site can name the contract.
    """
    named = [each for each in known if each.of_edition == page.declared_edition]
    fitting = [fits for sign in _signs(page) if (fits := [each for each in known if sign(each)])]
    certain = [fits for fits in fitting if len(fits) == 1]
    if not named and is_about_another_api(page, known):
        return []
    return named or [each for each in known if any(each in fits for fits in certain or fitting)]


def is_about_another_api(page: Guidance, known: Sequence[Contract]) -> bool:
    """Whether most paths with a method and a version, and more than two, are in no contract."""
    paths = {(each.verb, each.route): each.path for each in page.endpoints if each.verb and each.prefix}
    foreign = [path for path in paths.values() if not any(operations_at(each, path) for each in known)]
    return len(foreign) > max(_FEW, len(paths) / 2)


def _signs(page: Guidance) -> Iterator[Sign]:
    for endpoint in page.endpoints:
        if endpoint.verb or endpoint.prefix:
            yield lambda contract, path=endpoint.path: bool(operations_at(contract, path))  # type: ignore[misc]
    for link in page.links:
        yield lambda contract, link=link: reference_links.leads_into(contract, link)  # type: ignore[misc]
        yield lambda contract, link=link: _is_on_site_of(contract, link.target)  # type: ignore[misc]


def _is_on_site_of(contract: Contract, address: str) -> bool:
    """Whether an address is on the site of DfE's own guidance for a contract, or on a test site."""
    site = _host(contract.document.get("externalDocs", {}).get("url", ""))
    return bool(site) and f".{_host(address)}".endswith(f".{site.removeprefix('www.')}")


def _host(address: str) -> str:
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""
