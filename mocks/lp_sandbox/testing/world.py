"""A world for a test: its address and tokens, its clock and people, and the requests of the client."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from types import TracebackType
from typing import Any, Self

from lp_contract.contract import Operation
from lp_contract.service_conventions import is_json
from lp_sandbox import PACKAGED_SITE
from lp_sandbox.controls import PREFIX
from lp_sandbox.request.edition import Edition
from lp_sandbox.testing.exchanges import Exchange, described, reasons_of
from lp_sandbox.testing.known_names import require_known
from lp_sandbox.testing.running_sandbox import HasStopped, RunningSandbox
from lp_sandbox.testing.send_operations import WORLD, Refused, Sender, names_in
from lp_sandbox.testing.tracebacks import is_message
from lp_sandbox.worlds.world_lifecycle import Unmet

__tracebackhide__ = is_message
ACTORS = f"{PREFIX}actors/"
GONE: Unmet = "world_is_found"
"""The problem of a request to a world that does not exist."""


class Ids(dict[str, str]):
    """Ids by the names that a story gives them. They are attributes too: `participants.ect`."""

    def __getattr__(self, name: str) -> str:
        if name in self:
            return self[name]
        raise AttributeError(f"The scenario has no {name!r} here. It has: {', '.join(self) or 'none'}.")


@dataclass(frozen=True, slots=True)
class Scenario:
    """People and schools in a known situation."""

    name: str
    story: str
    participants: Ids
    schools: Ids
    partnerships: Ids
    declarations: Ids
    earlier_participants: Ids
    """The ids that participants had before they were merged."""


class Clock:
    """The clock of a world. Only tests move it."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender

    @property
    def now(self) -> datetime:
        """The time that the clock shows."""
        return datetime.fromisoformat(self._sender.control("getClock")["now"])

    def set(self, now: str | date, *, running: bool = False) -> None:
        """Set the clock to a time, or to the midnight of a date in the time zone of the service. Raises Refused."""
        self._sender.control("setClock", fields={"now": now, "running": running})

    def advance(self, *, weeks: int = 0, days: int = 0, hours: int = 0, minutes: int = 0, seconds: int = 0) -> None:
        """Advance the clock; a day has 24 hours. Raises Refused."""
        units = {"weeks": weeks, "days": days, "hours": hours, "minutes": minutes, "seconds": seconds}
        self._sender.control("advanceClock", fields=units)


class World:
    """An isolated sandbox with its own people, clock and tokens, as one lead provider uses it."""

    def __init__(
        self,
        sandbox: RunningSandbox,
        edition: Edition,
        rendered: Mapping[str, Any],
        lead_provider: str | None = None,
        since: int | None = None,
    ) -> None:
        """Take a world as the controls render it, and the number of the last request before it was created.

        `Sandbox.world` creates a world.
        """
        self._sandbox, self._edition, self._rendered = sandbox, edition, rendered
        self._since = sandbox.call(sandbox.app.received) if since is None else since
        self.id: str = rendered["id"]
        self.tokens: Mapping[str, str] = {each["lead_provider"]: each["token"] for each in rendered["tokens"]}
        """The token of each lead provider, by full name."""
        self.lead_provider = lead_provider or next(iter(self.tokens))
        """The full name of the lead provider that uses the world."""
        self._send = Sender(sandbox, edition, self.id, self.token)
        self.clock = Clock(self._send)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.remove()

    def __repr__(self) -> str:
        return f"<World {self.id} of {self.edition} as {self.lead_provider}>"

    @property
    def edition(self) -> str:
        """The name of its edition."""
        return self._edition.contract.edition

    @property
    def url(self) -> str:
        """The address of the sandbox, without a slash at the end. All worlds share it; the token opens this one."""
        return self._sandbox.url

    @property
    def token(self) -> str:
        """The token of the lead provider."""
        return self.tokens[self.lead_provider]

    @property
    def headers(self) -> Mapping[str, str]:
        """The header with the token, for any HTTP client."""
        return {"Authorization": f"Bearer {self.token}"}

    def as_lead_provider(self, full_name: str) -> World:
        """Return the same world as another lead provider uses it. Raises UnknownName."""
        name = require_known("lead provider", full_name, self.tokens)
        return World(self._sandbox, self._edition, self._rendered, name, self._since)

    def scenario(self, name: str) -> Scenario:
        """Return a scenario of the lead provider with the ids that it has from the start. Raises UnknownName."""
        listed = {each["name"]: each for each in self._scenarios()}
        return _scenario(listed[require_known("scenario", name, listed)])

    def create_scenario(self, name: str) -> Scenario:
        """Create a scenario again, with new people, on the day that the clock shows. Raises UnknownName, Refused."""
        require_known("scenario", name, [each["name"] for each in self._scenarios()])
        return _scenario(self._send.control("createScenario", {"name": name, "lead_provider": self.lead_provider}))

    def _scenarios(self) -> Sequence[Mapping[str, Any]]:
        query = {"lead_provider": self.lead_provider}
        listed: Sequence[Mapping[str, Any]] = self._send.control("listScenarios", query)
        return listed

    def act(self, actor: str, action: str, **fields: Any) -> Any:
        """Act as another organisation, and return the data of the answer: `act("school", "report-leaver", ...)`.

        Actors, actions and fields are those of the sandbox controls. Raises UnknownName, Refused, and TypeError where a
        field of the path is missing.
        """
        actors = self._actors()
        actions = actors[require_known("actor", actor, actors)]
        operation = actions[require_known(f"action of the actor {actor}", action, actions)]
        parameters = {*names_in(operation, "path"), *names_in(operation, "query")} - {WORLD}
        for name in fields:
            require_known(f"field of {actor} {action}", name, (*parameters, *operation.attributes))
        missing = [name for name in names_in(operation, "path") if name not in fields]
        if missing:
            raise TypeError(f"{actor} {action} needs {' and '.join(missing)}.")
        sent = [{name: fields[name] for name in fields if (name in parameters) == chosen} for chosen in (True, False)]
        answer = self._send.send(operation, *sent)
        return answer["data"] if isinstance(answer, dict) and "data" in answer else answer

    def _actors(self) -> Mapping[str, Mapping[str, Operation]]:
        """Return the operations of each actor by the rest of their path, without those that take a file."""
        actors: dict[str, dict[str, Operation]] = {}
        for operation in self._edition.controls.operations.values():
            actor, _, action = operation.path.removeprefix(ACTORS).partition("/")
            if operation.path.startswith(ACTORS) and action and is_json(operation.request_media_type):
                actors.setdefault(actor, {})[action] = operation
        return actors

    def declarations(self, **attributes: Any) -> Sequence[Mapping[str, Any]]:
        """Return the lead provider's declarations that have some attributes: `declarations(state="paid")`."""
        return self.resources("getDeclarations", **attributes)

    def participants(self, **attributes: Any) -> Sequence[Mapping[str, Any]]:
        """Return the lead provider's participants that have some attributes."""
        return self.resources("getParticipants", **attributes)

    def partnerships(self, **attributes: Any) -> Sequence[Mapping[str, Any]]:
        """Return the lead provider's partnerships that have some attributes."""
        return self.resources("getPartnerships", **attributes)

    def resources(self, operation_id: str, **attributes: Any) -> Sequence[Mapping[str, Any]]:
        """Return the resources of a list, such as `getStatements`, that have some attributes. Raises UnknownName."""
        operations = self._edition.contract.operations
        lists = [operation.id for operation in operations.values() if operation.page_limits]
        operation = operations[require_known("list", operation_id, lists)]
        for name in attributes:
            require_known(f"attribute in {operation_id}", name, _attributes(operation))
        filters = {name: attributes.pop(name) for name in operation.needed_filters if name in attributes}
        return [
            each
            for each in self._send.pages(operation, filters)
            if all(each["attributes"].get(name) == value for name, value in attributes.items())
        ]

    @property
    def requests(self) -> Sequence[Exchange]:
        """The last requests that clients sent to this world or with an unknown token, the oldest first."""
        return self._sandbox.call(lambda: self._sandbox.app.recorded(self.id, since=self._since))

    def assert_refused(self, *reasons: str) -> Exchange:
        """Fail unless the last request was refused, for all of these rules or problems. Return its exchange.

        Raises UnknownName for a name that the contract does not have.
        """
        for name in reasons:
            require_known("rule or problem", name, reasons_of(self._edition))
        last = self._last()
        wanted = f"a refusal for {' and '.join(reasons)}" if reasons else "a refusal"
        if not last.is_refused or not set(reasons) <= set(last.reasons):
            raise AssertionError(f"The last request did not bring {wanted}.\n{self._described(last)}")
        return last

    def assert_accepted(self) -> Exchange:
        """Fail if the last request was refused. Return its exchange."""
        last = self._last()
        if last.is_refused:
            raise AssertionError(f"The last request was refused.\n{self._described(last)}")
        return last

    def _last(self) -> Exchange:
        received = self.requests
        if not received:
            raise AssertionError(f"The client has sent no request to {self.url} yet.")
        return received[-1]

    def _described(self, exchange: Exchange) -> str:
        return "\n".join(described(exchange, self._edition, PACKAGED_SITE))

    def report(self, most: int = 10) -> str:
        """Return the last requests to this world, its answers, and the reasons for refusals."""
        received = self.requests
        left_out = len(received) - most
        heading = f"{self!r} received {len(received) or 'no'} request{'' if len(received) == 1 else 's'}"
        heading += f"; the last {most}:" if left_out > 0 else ":" if received else "."
        return "\n".join([heading, *map(self._described, received[-most:])])

    def fork(self) -> World:
        """Return another world that holds the same, with other tokens. Raises Refused."""
        fork = self._send.control("forkWorld", {"id": self.id}, _new_name(self._sandbox))
        return World(self._sandbox, self._edition, fork, self.lead_provider)

    def snapshot(self) -> str:
        """Take a snapshot, and return its name. Raises Refused."""
        name: str = self._send.control("takeSnapshot", {"id": self.id})["id"]
        return name

    def restore(self, snapshot: str) -> None:
        """Return the world to the state that a snapshot holds. Raises Refused."""
        self._send.control("restoreSnapshot", {"id": self.id, "snapshot": snapshot})

    def remove(self) -> None:
        """Remove the world with everything in it, if it still exists. Raises Refused."""
        try:
            self._send.control("deleteWorld", {"id": self.id})
        except HasStopped:
            return
        except Refused as refused:
            if refused.reasons != (GONE,):
                raise
        self._sandbox.call(lambda: self._sandbox.app.forget(self.id))


def create_world(sandbox: RunningSandbox, edition: Edition, **fields: Any) -> World:
    """Create a world of an edition with the fields of a new one, such as its size. Raises Refused."""
    of_edition = {"edition": edition.contract.edition, **fields}
    created = Sender(sandbox, edition).control("createWorld", fields=_new_name(sandbox) | of_edition)
    return World(sandbox, edition, created)


def _new_name(sandbox: RunningSandbox) -> dict[str, str]:
    return {"id": f"test-{next(sandbox.numbers)}"}


def _scenario(listed: Mapping[str, Any]) -> Scenario:
    ids = {kind: Ids(by_name) for kind, by_name in listed["ids"].items()}
    return Scenario(listed["name"], listed["story"], **ids)


def _attributes(operation: Operation) -> Mapping[str, Any]:
    """Return the attributes of the resources in the answer of a list."""
    schema: Mapping[str, Any] = operation.response or {}
    item = schema["properties"]["data"]["items"]
    attributes: Mapping[str, Any] = item["properties"]["attributes"]["properties"]
    return attributes
