"""A contract as the sandbox publishes it: as YAML and JSON, with the address at which it is read."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from lp_contract import published
from lp_contract.contract import Contract
from lp_sandbox.request.http import Answer, Request
from lp_sandbox.request.problems import JSON
from lp_sandbox.web.base_url import base_url

YAML = "application/yaml; charset=utf-8"
HEADERS = ((b"x-content-type-options", b"nosniff"),)


class Publication:
    """The files of one contract."""

    def __init__(self, contract: Contract, folder: str) -> None:
        """Publish a contract in a folder, whose path begins and ends with a slash."""
        self._contract, self._usual = contract, published.usual_address(contract)
        self._names = {f"{folder}{name}": name for name in published.FILES}

    def answer(self, request: Request) -> Answer | None:
        """Answer with a file of the contract; None when the request is for something else."""
        name = self._names.get(request.path)
        if name is None or request.method != "GET":
            return None
        here = base_url(request, self._usual).encode()
        body = self._files[name].replace(self._usual.encode(), here)
        return Answer(200, body, JSON if name.endswith(".json") else YAML, HEADERS)

    @cached_property
    def _files(self) -> Mapping[str, bytes]:
        """The files as they are at the usual address, made when one is first asked for."""
        return published.files(self._contract)
