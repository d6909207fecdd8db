"""Recognises the passive voice by a form of *to be* and a participle."""

from __future__ import annotations

import re

_IRREGULAR = """
become begun bought bound broken brought built caught chosen come cut dealt done drawn driven eaten fallen fed felt
forgotten found given gone grown heard held hidden hit kept known laid led left lent lost made meant met overridden
overwritten paid put read rebuilt resent run said seen sent set shown shut sold spelt spent split stood stuck sworn
taken taught thought thrown told torn understood undone withdrawn withheld won worn written
"""
_NO_PARTICIPLES = (
    "bed bleed breed embed exceed feed hundred indeed need proceed red seed shed speed succeed unneeded weed"
)
_PARTICIPLE = rf"(?!(?:{'|'.join(_NO_PARTICIPLES.split())})\b)(?:\w+ed|{'|'.join(_IRREGULAR.split())})"
_PASSIVE = re.compile(
    r"\b(?:is|are|was|were|be|been|being|(?:is|are|was|were)n['\N{RIGHT SINGLE QUOTATION MARK}]t)"
    rf"(?:\s+(?:not|never|also|only|then|already|always|still|now|again|first|\w+ly))*\s+{_PARTICIPLE}\b",
    re.IGNORECASE,
)


def is_passive(sentence: str) -> bool:
    """Return whether a sentence has a verb in the passive voice."""
    return bool(_PASSIVE.search(sentence))
