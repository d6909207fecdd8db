"""Reads the token of an `Authorization` header as Rails does."""

from __future__ import annotations

import re
from collections.abc import Callable

from lp_contract.service_conventions import AuthorizationConvention

_AFTER_TOKEN = re.compile("[,;\t]")


def token_reader(convention: AuthorizationConvention) -> Callable[[str], str]:
    """Make a function that returns the token of a header, or an empty text where there is none.

    The token ends at a comma, a semicolon or a tab, and can be written as `token="..."`.
    """
    schemes = "|".join(map(re.escape, convention.schemes))
    pattern = re.compile(rf"(?:{schemes})\s+", re.IGNORECASE if convention.case == "any" else 0)
    usual = f"{convention.schemes[0]} "
    length = len(usual)

    def token_in(authorization: str) -> str:
        if authorization.startswith(usual) and authorization[length:].isalnum():
            return authorization[length:]  # what nearly every request has
        scheme = pattern.match(authorization)
        if scheme is None:
            return ""
        rest = authorization[scheme.end() :]
        first = next((part for part in map(str.strip, _AFTER_TOKEN.split(rest)) if part), "")
        return first.removeprefix("token=").removeprefix('"').removesuffix('"')

    return token_in
