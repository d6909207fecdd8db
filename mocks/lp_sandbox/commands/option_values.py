"""Reads the values of options that have a form of their own. A value that cannot be read is refused in words."""

from __future__ import annotations

import os
import unicodedata
from datetime import timedelta
from urllib.parse import urlsplit

import click

from lp_sandbox.commands.output import fail

KEY_VARIABLE = "LP_SANDBOX_KEY"
USUAL_PORTS = {"http": 80, "https": 443}
"""The ports that browsers leave out of an origin."""


def usable_key(key: str | None) -> str | None:
    """Return a key without the space around it, which headers drop. Fails if the key is empty.

    Click treats an empty variable as unset.
    """
    if key is None and KEY_VARIABLE not in os.environ:
        return None
    stripped = (key or "").strip()
    if not stripped:
        fail(f"The key is empty. Give one with --key or in {KEY_VARIABLE}, or leave both out.")
    if any(unicodedata.category(letter) == "Cc" for letter in stripped):
        fail("The key has a control character, such as a line break, which a header cannot contain. Give another one.")
    return stripped


def host_name(text: str) -> str:
    """Return a name as it is compared with those in requests."""
    from lp_sandbox.web.hosts import read_host

    try:
        host = read_host(text)
    except ValueError:
        raise click.BadParameter(
            f"{text!r} is not the name of a host. Give a name such as sandbox.example.com."
        ) from None
    if ":" in text and not text.startswith("["):
        raise click.BadParameter(f"{text!r} has a port. Give {host.name!r} alone; it counts with every port.")
    return host.name


def origin(text: str) -> str:
    """Return an origin as browsers send it. `*` means every origin."""
    try:
        return text if text == "*" else _without_usual_port(text.lower().rstrip("/"))
    except ValueError:
        raise click.BadParameter(
            f"{text!r} is not an origin. Give one such as https://app.example.com, or * for every site."
        ) from None


def _without_usual_port(origin: str) -> str:
    """Return an origin without the port that browsers leave out. Raises ValueError where it is none."""
    parts = urlsplit(origin)
    has_more = any(parts[2:]) or "@" in parts.netloc
    if parts.scheme not in USUAL_PORTS or not parts.hostname or has_more or parts.port == 0:
        raise ValueError(origin)
    return origin.removesuffix(f":{USUAL_PORTS[parts.scheme]}")


def duration(text: str | None) -> timedelta | None:
    """Return an ISO 8601 duration, or None where none is given."""
    from lp_sandbox.worlds.clock import seconds_in

    if text is None:
        return None
    try:
        found = timedelta(seconds=seconds_in(text))
    except (ValueError, OverflowError):
        found = timedelta()
    if not found:
        raise click.BadParameter(f"{text!r} is not a duration such as P7D or PT12H.")
    return found
