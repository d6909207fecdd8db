"""The host to which a request is addressed, and whether the request comes from this machine."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from lp_sandbox.bounded_cache import cached
from lp_sandbox.request.request_and_answer import Request

ProblemName = Literal["host_is_one_name", "host_is_known"]
"""The problems with the header Host. The controls' contract must name them."""
FORWARDING = (
    *(b"forwarded", b"via", b"x-forwarded", b"x-real-", b"x-original-", b"x-envoy-", b"x-client-ip"),
    *(b"x-cluster-client-ip", b"true-client-ip", b"cf-connecting-ip", b"fastly-client-ip"),
)
"""The beginnings of the names of headers that proxies add."""
USUAL_PORT = 80
_PLAIN = r"[0-9A-Za-z][0-9A-Za-z.-]{0,252}|\[[0-9A-Fa-f:.]{2,45}\]"
_OTHER = r"\[[\w.:%]+\]|[^\s:/?#@\[\]\\,]+"
_HOST = re.compile(rf"(?:(?P<plain>{_PLAIN})(?=:|$)|(?P<other>{_OTHER}))(?::(?P<port>\d{{0,5}}))?", re.ASCII)


class Host(NamedTuple):
    """A parsed Host header."""

    name: str
    """In small letters, without the brackets of an IPv6 address or the dot at the end of a full name."""
    port: int
    is_loopback: bool
    is_plain: bool
    """Whether the header has only letters, digits, dots and hyphens, and a port if it has a colon.

    Anybody can send any header. A plain one has no special characters of pages, of commands to copy or of YAML.
    """


@cached(64 * 1024, lambda text, _: 4 * len(text))
def read_host(text: str) -> Host:
    """Parse a Host header. Raises ValueError for what is none."""
    found = _HOST.fullmatch(text)
    if not found:
        raise ValueError(text)
    name = (found["plain"] or found["other"]).strip("[]").lower().removesuffix(".")
    port, is_local = int(found["port"] or USUAL_PORT), name == "localhost" or is_loopback(name)
    return Host(name, port, is_local, is_plain=bool(found["plain"]) and found["port"] != "")


def is_loopback(address: str) -> bool:
    """Whether an IP address is a loopback address."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    return (getattr(ip, "ipv4_mapped", None) or ip).is_loopback


@dataclass(frozen=True, slots=True)
class Address:
    """Where a sandbox listens."""

    host: str = ""
    port: int = 0
    names: frozenset[str] = frozenset()
    """Other names that requests can have as Host, in small letters."""
    origins: frozenset[str] = frozenset()
    """The origins of other sites whose pages can use the sandbox; `*` means all."""

    @property
    def url(self) -> str:
        """The address as clients write it, without a slash at its end."""
        return f"http://{f'[{self.host}]' if ':' in self.host else self.host}:{self.port}"

    def is_named_by(self, request: Request) -> bool:
        """Whether the Host of a request is a name of this sandbox. Raises ValueError for a Host that is no name.

        A sandbox that listens for this machine alone has this machine's own names only. Otherwise a page of another
        site could let its own name resolve to this machine and read the answers.
        """
        text = request.header(b"host")
        if not text:
            return True
        host = read_host(text)
        return host.is_loopback or host.name in self.names or not is_loopback(self.host)

    def is_local(self, request: Request) -> bool:
        """Whether a program on this machine sent a request directly to the sandbox, as far as the request shows."""
        if not is_loopback(request.client) or forwarding(request.headers):
            return False
        text = request.header(b"host")
        if not text:
            return not self.port
        host = read_host(text)
        return host.is_loopback and self.port in (0, host.port)


NOWHERE = Address()
"""The address of a sandbox that is called within a program and does not listen."""


def forwarding(headers: Mapping[bytes, bytes]) -> dict[bytes, bytes]:
    """Return the headers that a proxy has added."""
    return {name: value for name, value in headers.items() if name.startswith(FORWARDING)}


def headers_of(pairs: Sequence[tuple[bytes, bytes]]) -> Mapping[bytes, bytes]:
    """Return headers by name. Several Hosts become an invalid Host; of other repeated headers the last counts."""
    headers = dict(pairs)
    if len(headers) < len(pairs):
        hosts = [value for name, value in pairs if name == b"host"]
        headers |= {b"host": b", ".join(hosts)} if len(hosts) > 1 else {}
    return headers


def scheme_of(scheme: str, headers: Mapping[bytes, bytes]) -> str:
    """Return how the client reached the sandbox: a proxy in front of it can speak HTTPS for it."""
    forwarded = headers.get(b"x-forwarded-proto")
    return "https" if scheme == "https" or (forwarded and forwarded.lower() == b"https") else "http"
