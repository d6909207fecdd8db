"""References in the merged document are replaced by their targets."""

from __future__ import annotations

import pytest

from lp_contract import SPEC, json_references
from lp_contract.json_references import UnresolvableReference, resolve
from lp_guide.contract_checks.openapi_structure import second_opinion
from lp_guide.contract_checks.unchecked_contract import read_draft


def document(**schemas: object) -> dict[str, object]:
    return {"paths": {"/a": [{"$ref": "#/components/schemas/A"}]}, "components": {"schemas": schemas}}


def test_a_reference_is_replaced_by_its_target_whose_references_are_replaced_too():
    resolved = resolve(document(A={"items": {"$ref": "#/components/schemas/B"}}, B={"type": "string"}))
    assert resolved["paths"]["/a"] == [{"items": {"type": "string"}}]
    assert resolved["components"]["schemas"]["A"] == {"items": {"type": "string"}}


def test_a_pointer_with_slashes_in_a_name_is_followed():
    resolved = resolve({"a": {"$ref": "#/paths/~1b~1{id}"}, "paths": {"/b/{id}": 1}})
    assert resolved["a"] == 1


@pytest.mark.parametrize(
    ("schemas", "message"),
    [
        ({"A": {"$ref": "#/components/schemas/B"}}, "`#/components/schemas/B` is an unresolved reference"),
        ({"A": {"items": {"$ref": "#/components/schemas/A"}}}, "`#/components/schemas/A` is a circular reference"),
    ],
)
def test_a_reference_without_an_end_is_named(schemas: dict[str, object], message: str):
    with pytest.raises(UnresolvableReference, match=message):
        resolve(document(**schemas))


def test_a_contract_that_prance_resolves_in_another_way_is_a_complaint(monkeypatch: pytest.MonkeyPatch):
    assert not list(second_opinion(read_draft("register", SPEC)))
    monkeypatch.setattr(json_references, "resolve", lambda document: {**resolve(document), "openapi": "3.0.0"})
    (found,) = second_opinion(read_draft("register", SPEC))
    assert found.message.startswith("Prance resolves the references in another way")
