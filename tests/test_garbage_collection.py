"""The guide's program collects garbage rarely: nearly all objects of a command stay in use."""

from __future__ import annotations

import gc

import pytest

from lp_guide import __main__ as program
from lp_guide.__main__ import GARBAGE


def test_it_is_rare_from_the_beginning_of_a_command(monkeypatch: pytest.MonkeyPatch):
    before, during = gc.get_threshold(), list[tuple[int, ...]]()
    monkeypatch.setattr(program, "lp_guide", lambda **_: during.append(gc.get_threshold()))
    try:
        program.main()
    finally:
        gc.set_threshold(*before)
    assert during == [GARBAGE]
    assert GARBAGE[0] > 0, "0 would turn it off"
