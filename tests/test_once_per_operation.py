"""What is derived from an operation is derived once, and lasts as long as the operation."""

from __future__ import annotations

import dataclasses
import gc
import weakref

from client import register

from lp_contract.contract import Operation
from lp_sandbox.app import in_memory
from lp_sandbox.request import call
from lp_sandbox.request.once_per_operation import once_per_operation

CREATE = register().contract.operations["createPartnership"]


class Names(list[str]):
    """A list that can be referred to weakly."""


def test_it_is_derived_once_for_each_operation():
    asked: list[Operation] = []
    ids = once_per_operation(lambda operation: asked.append(operation) or [operation.id])
    other = dataclasses.replace(CREATE, id="other")
    assert [ids(each) for each in (CREATE, other, CREATE, other)] == [["createPartnership"], ["other"]] * 2
    assert ids(CREATE) is ids(CREATE)
    assert asked == [CREATE, other]


def test_it_is_forgotten_with_the_operation():
    names = once_per_operation(lambda operation: Names([operation.id]))
    operation = dataclasses.replace(CREATE)
    left = weakref.ref(names(operation))
    assert left() == ["createPartnership"]
    del operation
    gc.collect()
    assert left() is None


def test_no_sandbox_keeps_the_operations_of_a_contract_that_is_gone():
    """Else a program that loads a contract after each save would grow."""
    app = in_memory()
    operation = weakref.ref(app.edition.contract.operations["createPartnership"])
    contract = weakref.ref(app.edition.contract)
    assert call.Body.of(operation()).fields
    del app
    gc.collect()
    assert operation() is None
    assert contract() is None
