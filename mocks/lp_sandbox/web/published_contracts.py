"""A contract as the sandbox publishes it: as YAML and JSON, with the address at which it is read."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cached_property

from lp_contract import published_document
from lp_contract.contract import Contract
from lp_sandbox.request.request_and_answer import Answer, Request
from lp_sandbox.web.served_address import served_address

HEADERS = ((b"x-content-type-options", b"nosniff"),)


class Publication:
    """The published files of one contract."""

    def __init__(self, contract: Contract) -> None:
        """Publish a contract in the files that it names."""
        self._contract, self._usual = contract, published_document.usual_address(contract)
        self._types = {f"/{path}": kind for path, kind in published_document.content_types(contract).items()}

    @property
    def paths(self) -> Collection[str]:
        """The paths of the files."""
        return self._types.keys()

    def answer(self, request: Request) -> Answer | None:
        """Answer with a file of the contract; None when the request is for something else."""
        content_type = self._types.get(request.path)
        if content_type is None or request.method != "GET":
            return None
        here = served_address(request, self._usual).encode()
        body = self._files[request.path[1:]].replace(self._usual.encode(), here)
        return Answer(200, body, content_type, HEADERS)

    @cached_property
    def _files(self) -> Mapping[str, bytes]:
        """The files for the usual address, rendered on the first request for any of them."""
        return published_document.files(self._contract)
