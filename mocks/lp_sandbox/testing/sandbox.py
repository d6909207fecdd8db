"""A sandbox for tests, and the worlds in it."""

from __future__ import annotations

from datetime import date
from types import TracebackType
from typing import Self

from lp_sandbox.testing.known_names import require_known
from lp_sandbox.testing.running_sandbox import RunningSandbox, start
from lp_sandbox.testing.send_operations import written
from lp_sandbox.testing.tracebacks import is_message
from lp_sandbox.testing.world import World, create_world

__tracebackhide__ = is_message


class Sandbox:
    """A sandbox that listens on this machine within its `with` block.

    with Sandbox() as sandbox:
        world = sandbox.world()
        client = YourClient(world.url, world.token)
    """

    def __init__(self, *, port: int = 0, strict: bool = False) -> None:
        """Take the port to listen on; 0 takes a free one.

        A strict sandbox refuses a request with a parameter or field that the service would ignore.
        """
        self._port, self._is_strict = port, strict
        self._running: RunningSandbox | None = None
        self._originals: dict[tuple[str, str, int, str], World] = {}
        """The worlds that are copied, by edition, size, seed and clock."""

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Start to listen. Raises CannotStart."""
        if self._running is None:
            self._running = start(self._port, is_strict=self._is_strict)

    def stop(self) -> None:
        """Stop to listen, and forget every world."""
        if self._running is not None:
            self._running.stop()
        self._running = None
        self._originals.clear()

    @property
    def url(self) -> str:
        """The address of the sandbox, without a slash at the end."""
        return self._started.url

    def world(
        self,
        edition: str | None = None,
        *,
        size: str | None = None,
        seed: int = 0,
        clock: str | date | None = None,
        lead_provider: str | None = None,
    ) -> World:
        """Create a world whose clock has stopped.

        It belongs to the first edition, has the smallest size, shows the time of the examples in the guide, and is
        used as its first lead provider, unless you say otherwise. The clock at a date shows its midnight in the time
        zone of the service. The first world of its kind is seeded. Others are copies, which takes a tenth of the time.
        """
        editions = self._started.app.editions
        chosen = editions[require_known("edition", edition or next(iter(editions)), editions)]
        template = chosen.template
        known = lead_provider and require_known("lead provider", lead_provider, template.lead_providers.values())
        kind = (
            chosen.contract.edition,
            require_known("size", size or template.sizes[0], template.sizes),
            seed,
            written(clock or chosen.contract.seeds["world"]["clock"]),
        )
        if kind not in self._originals:
            self._originals[kind] = create_world(self._started, chosen, size=kind[1], seed=seed, clock=kind[3])
        world = self._originals[kind].fork()
        return world.as_lead_provider(known) if known else world

    @property
    def _started(self) -> RunningSandbox:
        if self._running is None:
            raise RuntimeError("The sandbox is not running. Use it in a `with` block, or call start().")
        return self._running
