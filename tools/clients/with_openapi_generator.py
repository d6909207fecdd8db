"""Send the steps with a client that openapi-generator generated as `openapi_client`, and print the outcome."""

from __future__ import annotations

import json
import sys
from typing import Any

import openapi_client
from openapi_client import ApiException, DeclarationCreateRequest, PartnershipCreateRequest

given = json.loads(sys.argv[1])
configuration = openapi_client.Configuration(host=given["url"], access_token=given["token"])
client = openapi_client.ApiClient(configuration)


def operation(name: str) -> Any:
    """Return the method of an operation, which is in the class of its tag."""
    return next(getattr(kind(client), name) for kind in vars(openapi_client).values() if hasattr(kind, name))


new_partnership = PartnershipCreateRequest.from_dict(given["partnership"])
created = operation("create_partnership")(new_partnership)
try:
    operation("create_partnership")(new_partnership)
except ApiException as error:
    refused = error
page = operation("get_partnerships")(filter_cohort=given["cohort"], page_per_page=2, page_page=2)
declared = operation("create_declaration")(DeclarationCreateRequest.from_dict(given["declaration"]))
voided = operation("void_declaration")(declared.data.id)
print(
    json.dumps(
        {
            "created": created.data.attributes.cohort,
            "refused": [refused.status, [error.title for error in refused.data.errors]],
            "page": [str(partnership.id) for partnership in page.data],
            "declared": declared.data.attributes.state,
            "voided": voided.data.attributes.state,
        }
    )
)
