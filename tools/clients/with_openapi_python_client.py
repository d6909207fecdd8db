"""Send the steps with a client that openapi-python-client generated as `generated`, and print the outcome."""

from __future__ import annotations

import importlib
import json
import pkgutil
import sys
from types import ModuleType

import generated.api
from generated import AuthenticatedClient
from generated.models import DeclarationCreateRequest, PartnershipCreateRequest

given = json.loads(sys.argv[1])
client = AuthenticatedClient(base_url=given["url"], token=given["token"])
MODULES = [module.name for module in pkgutil.walk_packages(generated.api.__path__, "generated.api.")]


def operation(name: str) -> ModuleType:
    """Return the module of an operation, which is in the package of its tag."""
    return importlib.import_module(next(module for module in MODULES if module.endswith(f".{name}")))


new_partnership = PartnershipCreateRequest.from_dict(given["partnership"])
created = operation("create_partnership").sync_detailed(client=client, body=new_partnership)
refused = operation("create_partnership").sync_detailed(client=client, body=new_partnership)
page = operation("get_partnerships").sync(client=client, filtercohort=given["cohort"], pageper_page=2, pagepage=2)
declared = operation("create_declaration").sync(
    client=client, body=DeclarationCreateRequest.from_dict(given["declaration"])
)
voided = operation("void_declaration").sync(declared.data.id, client=client)
print(
    json.dumps(
        {
            "created": created.parsed.data.attributes.cohort,
            "refused": [int(refused.status_code), [error.title for error in refused.parsed.errors]],
            "page": [str(partnership.id) for partnership in page.data],
            "declared": declared.data.attributes.state.value,
            "voided": voided.data.attributes.state.value,
        }
    )
)
