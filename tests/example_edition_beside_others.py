"""The library as one more edition beside those that come with the sandbox: it has a default world of its own name."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from example_edition.edition import load as load_alone

from lp_sandbox.__main__ import main
from lp_sandbox.editions import MODULES
from lp_sandbox.request.edition import Edition

CLOCK = "2025-10-15T09:00:00Z"
"""The time from which the clock of a new world runs."""


def load(_: Path) -> Edition:
    """Load the edition with the contract in its own folder."""
    edition = load_alone()
    template = dataclasses.replace(edition.template, default_world="library", clock_starts_at=CLOCK)
    return dataclasses.replace(edition, template=template)


if __name__ == "__main__":
    MODULES["library"] = "example_edition_beside_others"
    main()
