from __future__ import annotations

import pytest
from client import Client, client, sandbox


@pytest.fixture
def ashdown() -> Client:
    """The lead provider of the guidance, in a small world of its own at a fixed clock."""
    return client(sandbox())


@pytest.fixture
def brightwater(ashdown: Client) -> Client:
    """Another lead provider in the same world."""
    return client(ashdown.app, lead_provider="Brightwater")
