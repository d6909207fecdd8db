"""The settings with which schemathesis tests an implementation of an API without false alarms."""

from __future__ import annotations

import json
from collections.abc import Iterator

from lp_contract.contract import Contract
from lp_guide.requests_and_answers import SERVER_DATE

TOKEN = "LP_TOKEN"  # noqa: S105 - the name of an environment variable
_ATTRIBUTE = "body.data.attributes.{}"
_SEEDED = {
    "cohort": ("cohorts", "year"),
    "school_id": ("schools", "id"),
    "delivery_partner_id": ("delivery-partners", "id"),
}
"""The seeds that attributes of requests refer to, and the field that identifies a seed."""


def text(contract: Contract) -> str:
    """Return the settings as TOML."""
    return "\n".join(_lines(contract))


def _lines(contract: Contract) -> Iterator[str]:
    scheme, *_ = contract.document["components"]["securitySchemes"]
    yield f"# Settings of schemathesis for: {contract.document['info']['summary']}, every version."
    yield f"# {TOKEN} is the token of a lead provider in a sandbox that serves only this API."
    yield f"[auth.openapi.{scheme}]"
    yield f'bearer = "${{{TOKEN}}}"'
    yield ""
    yield "# At this time the examples of the document match a new world."
    yield "[parameters]"
    yield f'"header.{SERVER_DATE}" = "{contract.seeds["world"]["clock"]}"'
    yield ""
    yield "# The number of requests to make up for an operation. More find more, and take longer."
    yield "[generation]"
    yield "max-examples = 20"
    yield ""
    yield "[checks]"
    yield "# The service ignores fields, filters and values that it does not know, and does not refuse them."
    yield "negative_data_rejection.enabled = false"
    yield "# A method that a path does not take gets a 404, as an unknown path does, and not a 405."
    yield "unsupported_method.enabled = false"
    yield "# A request that fits the document can break a rule (422), or name 30 February (400) or an unknown id (404)."
    statuses = [
        "2xx",
        *sorted({status for op in contract.operations.values() for status in op.responses if status[0] == "4"}),
    ]
    yield f"positive_data_acceptance.expected-statuses = {json.dumps(statuses)}"
    for name, (seeds, field) in _SEEDED.items():
        yield from (
            "",
            f"[dictionaries.{name}]",
            f"values = {json.dumps([str(each[field]) for each in contract.seeds[seeds]])}",
        )
    for name, op in contract.operations.items():
        known = [attribute for attribute in op.attributes if attribute in _SEEDED] if op.request else []
        if known:
            yield from ("", "[[operations]]", f'include-operation-id = "{name}"', "[operations.parameters]")
            yield from (
                f'"{_ATTRIBUTE.format(each)}" = {{ dictionary = "{each}", probability = 0.8 }}' for each in known
            )
