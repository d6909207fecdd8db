"""A sandbox with two editions: the world decides which of them answers, and without one the path does."""

from __future__ import annotations

import asyncio
import dataclasses
import json
import sys
from functools import cache
from pathlib import Path
from types import MappingProxyType, ModuleType
from typing import Any

import pytest
from click.testing import CliRunner
from client import CLOCK, Client, register
from controls_client import ask, done

from lp_contract.contract import Contract
from lp_sandbox import editions
from lp_sandbox.__main__ import main
from lp_sandbox.app import App, layout
from lp_sandbox.request.call import Call
from lp_sandbox.request.edition import Edition
from lp_sandbox.request.request_and_answer import LARGEST_BODY, LARGEST_UPLOAD, Answer, Request
from lp_sandbox.web.coalescing import TURNS, Coalescing
from lp_sandbox.web.responder import Deliver
from lp_sandbox.worlds.records import Record, kept_by
from lp_sandbox.worlds.store import CannotOpen, Layout
from lp_sandbox.worlds.store.open_store import open_store

SECOND = "second"
TUTOR = "/_sandbox/actors/school/name-induction-tutor"
THEIR_TUTOR = "/_sandbox/actors/school/name-tutor"
OPERATIONS = register().contract.operations
OURS, THEIRS = "/api/v3/delivery-partners", "/api/v3/second/delivery-partners"


def moved(contract: Contract, old: str, new: str, **changes: Any) -> Contract:
    """Give a contract other paths."""
    operations = {
        name: dataclasses.replace(operation, path=operation.path.replace(old, new))
        for name, operation in contract.operations.items()
    }
    return dataclasses.replace(contract, operations=MappingProxyType(operations), **changes)


@cache
def second() -> Edition:
    """Another edition, with another path in the API and among the actors, and another answer to no token."""
    first = register()
    problems = first.contract.problems
    denied = dataclasses.replace(problems["token_is_known"], error="Denied by the second edition")
    return dataclasses.replace(
        first,
        contract=moved(
            first.contract,
            OURS,
            THEIRS,
            edition=SECOND,
            problems=MappingProxyType({**problems, "token_is_known": denied}),
        ),
        controls=moved(first.controls, TUTOR, THEIR_TUTOR),
        template=dataclasses.replace(
            first.template,
            edition=SECOND,
            default_world=SECOND,
            lead_providers=dict([*first.template.lead_providers.items()][:1]),
        ),
    )


@pytest.fixture(scope="module")
def app() -> App:
    editions = [register(), second()]
    app = App(editions, open_store("memory", layout(editions)))
    app.worlds.create("default", size="small", clock=CLOCK)
    app.worlds.create(SECOND, size="small", clock=CLOCK, edition=SECOND)
    return app


def token(app: App, world: str) -> str:
    found = app.worlds.get(world)
    assert found
    return app.worlds.tokens(found)[0].token


@pytest.mark.parametrize(
    ("world", "path", "status"),
    [
        ("default", OURS, 200),
        ("default", THEIRS, 404),
        (SECOND, OURS, 404),
        (SECOND, THEIRS, 200),
        ("default", "/api/v3/statements", 200),
        (SECOND, "/api/v3/statements", 200),
    ],
)
def test_the_edition_of_a_tokens_world_answers_every_path(app: App, world: str, path: str, status: int):
    assert Client(app, token(app, world)).send("GET", path).status == status


@pytest.mark.parametrize(
    ("path", "edition"),
    [(OURS, "register"), (THEIRS, SECOND), (f"{THEIRS}/an-id", SECOND), ("/api/v3/statements", "register")],
)
@pytest.mark.parametrize("token", ["", "unknown"])
def test_without_a_known_token_the_segments_of_the_path_decide(app: App, path: str, edition: str, token: str):
    answer = Client(app, token).send("GET", path)
    assert (answer.status, "second edition" in answer.body.decode()) == (401, edition == SECOND)


def test_a_new_world_belongs_to_the_requested_edition_or_else_to_the_first(app: App):
    for body, edition, providers in (({"edition": SECOND}, SECOND, 1), ({}, "register", None)):
        world = done(app, "POST", "/worlds", {"size": "small", **body})
        assert world["edition"] == edition
        assert providers is None or len(world["tokens"]) == providers
        done(app, "DELETE", f"/worlds/{world['id']}")


@pytest.mark.parametrize(("edition", "fault"), [("third", "'#/edition' is \"third\" but must be register or second.")])
def test_a_world_of_no_known_edition_is_refused(app: App, edition: str, fault: str):
    answer, result = ask(app, "POST", "/_sandbox/worlds", {"edition": edition})
    assert answer.status == 400
    assert fault in result["errors"][0]["detail"]


def test_the_published_controls_offer_the_editions(app: App):
    schemas = done(app, "GET", "/openapi.json")["components"]["schemas"]
    field = schemas["NewWorld"]["properties"]["edition"]["$ref"].rpartition("/")[2]
    assert schemas[field]["enum"] == ["register", SECOND]


def test_a_sandbox_of_one_edition_takes_the_name_of_that_edition():
    app = App([register()], open_store("memory", layout([register()])))
    assert done(app, "POST", "/worlds", {"edition": "register", "size": "small"})["edition"] == "register"
    assert ask(app, "POST", "/_sandbox/worlds", {"edition": SECOND})[0].status == 400


def test_controls_are_those_of_the_edition_of_the_world_that_is_named(app: App):
    theirs = [row["path"] for row in done(app, "GET", "/operations", query="world=second")]
    ours = [row["path"] for row in done(app, "GET", "/operations")]
    assert (THEIRS in theirs, THEIRS in ours) == (True, False)
    assert done(app, "GET", "/clock", query="world=second")["world"] == SECOND
    assert done(app, "POST", "/clock/advance", {"days": 1}, query="world=second")["world"] == SECOND
    names = [row["lead_provider"] for row in done(app, "GET", "/scenarios", query="world=second")]
    assert set(names) == set(second().template.lead_providers.values())


@pytest.mark.parametrize("world", ["default", SECOND])
def test_an_actors_path_belongs_to_the_edition_that_has_it(app: App, world: str):
    path, other = (TUTOR, THEIR_TUTOR) if world == "default" else (THEIR_TUTOR, TUTOR)
    tutor = register().controls.operations["nameInductionTutor"].request_example
    assert ask(app, "POST", other, tutor, query=f"world={world}")[0].status == 404
    for query in ("", f"world={world}"):
        answer, _ = ask(app, "POST", path, tutor, query=query)
        assert answer.status in (200, 422), answer


def test_the_default_world_of_each_edition_stays(app: App):
    for world in ("default", SECOND):
        assert ask(app, "DELETE", f"/_sandbox/worlds/{world}")[0].status == 409


def test_worlds_of_two_editions_are_reset_forked_and_put_back_by_their_own_seeds(app: App):
    fork = done(app, "POST", f"/worlds/{SECOND}/fork", {"id": "third"})
    assert (fork["edition"], len(fork["tokens"])) == (SECOND, 1)
    done(app, "POST", "/worlds/third/snapshots", {"id": "kept"})
    done(app, "POST", "/worlds/third/reset")
    done(app, "POST", "/worlds/third/snapshots/kept/restore")
    assert json.loads(Client(app, fork["tokens"][0]["token"]).send("GET", THEIRS).body)["data"]
    done(app, "DELETE", "/worlds/third")


@pytest.mark.parametrize("others", [[second()], [register(), second()]], ids=["another edition", "both editions"])
def test_a_file_for_other_editions_is_refused_in_a_sentence(tmp_path: Path, others: list[Edition]):
    name = f"sqlite:///{tmp_path}/sandbox.sqlite3"
    open_store(name, layout([register()])).close()
    with pytest.raises(CannotOpen, match=r"was written .* or for other editions\. Name another file with --store"):
        open_store(name, layout(others))
    open_store(name, layout([register()])).close()


def test_a_file_is_the_same_in_whatever_order_its_editions_are_given(tmp_path: Path):
    """`open_store` raises CannotOpen for a file of other editions."""
    name = f"sqlite:///{tmp_path}/sandbox.sqlite3"
    open_store(name, layout([register(), second()])).close()
    open_store(name, layout([second(), register()])).close()


def with_upload(method: str = "POST") -> Edition:
    """An edition whose actor takes a file and a token, and echoes what it was called with."""
    controls = register().controls
    changed = dataclasses.replace(
        controls.operations["nameInductionTutor"],
        method=method,
        request_media_type="text/csv",
        takes_token=True,
        rules=(),
    )
    operations = MappingProxyType({**controls.operations, changed.id: changed})

    def echo(call: Call) -> bytes:
        echoed = [call.world.id, call.lead_provider_id, call.content_type, len(call.content), call.parameters["cohort"]]
        echoed.append(call.stamp)
        return json.dumps(echoed).encode()

    others = {rule.name for name in register().actors if name != changed.id for rule in operations[name].rules}
    return dataclasses.replace(
        register(),
        controls=dataclasses.replace(controls, operations=operations),
        actors={**register().actors, changed.id: echo},
        actor_checks={name: check for name, check in register().actor_checks.items() if name in others},
    )


def test_an_actor_can_take_a_file_and_a_lead_providers_token():
    app = App([with_upload()], open_store("memory", layout([register()])))
    for world in ("default", "other"):
        app.worlds.create(world, size="small", clock=CLOCK)
    headers = {"authorization": f"Bearer {token(app, 'other')}", "content_type": "text/csv"}
    for size in (100, LARGEST_UPLOAD):
        answer, echoed = ask(app, "POST", TUTOR, b"a" * size, query="cohort=2026", **headers)
        first = next(iter(register().template.lead_providers))
        assert (answer.status, echoed) == (200, ["other", first, "text/csv", size, "2026", CLOCK])
    assert ask(app, "POST", TUTOR, b"a" * (LARGEST_UPLOAD + 1), **headers)[0].status == 413
    answer, echoed = ask(app, "POST", TUTOR, b"", query="cohort=2026&world=default", content_type="text/csv")
    assert echoed[:2] == ["default", ""]


def test_a_control_that_takes_json_takes_no_larger_body_than_before(app: App):
    sizes = (LARGEST_BODY, LARGEST_BODY + 1)
    assert [ask(app, "POST", "/_sandbox/worlds", b" " * size)[0].status for size in sizes] == [400, 413]


def test_an_actor_can_read_at_the_time_of_the_header():
    app = App([with_upload(method="GET")], open_store("memory", layout([register()])))
    app.worlds.create("default", size="small", clock=CLOCK)
    for header, now in (({}, CLOCK), ({"x_with_server_date": "2027-02-01T09:00:00Z"}, "2027-02-01T09:00:00Z")):
        answer, echoed = ask(app, "GET", TUTOR, query="cohort=2026", **header)
        assert (answer.status, echoed[-1]) == (200, now)


def test_requests_are_coalesced_as_the_edition_of_their_token_says():
    declarations = "/api/v3/participant-declarations"
    none = {name: dataclasses.replace(each, is_one_answer=False) for name, each in OPERATIONS.items()}
    answered: list[Request] = []

    def respond(request: Request, deliver: Deliver) -> None:
        answered.append(request)
        deliver(Answer(200, b""))

    coalescing = Coalescing(
        {"register": OPERATIONS.values(), SECOND: none.values()},
        lambda request: request.header(b"authorization"),
        respond,
    )

    async def twice(edition: str) -> tuple[int, int]:
        """Send a request twice, and return how often it is answered, and how many answers come."""
        answered.clear()
        request = Request("POST", declarations, "", {b"authorization": edition.encode()}, b"{}", "127.0.0.1")
        delivered: list[Answer] = []
        for _ in range(2):
            coalescing.respond(request, delivered.append)
        for _ in range(TURNS + 1):
            await asyncio.sleep(0)
        return len(answered), len(delivered)

    assert [asyncio.run(twice(edition)) for edition in ("register", SECOND)] == [(1, 2), (2, 2)]


@pytest.mark.parametrize("path", ["/api/v9/anything", "/api/v9"])
def test_a_published_prefix_that_one_edition_has_is_its_own(path: str):
    published = dataclasses.replace(second().contract.publications[0], paths="/api/v9", folder="v9/")
    contract = dataclasses.replace(second().contract, publications=(*second().contract.publications, published))
    editions = [register(), dataclasses.replace(second(), contract=contract)]
    app = App(editions, open_store("memory", layout(editions)))
    answer = Client(app, "unknown").send("GET", path)
    assert (answer.status, "error" in json.loads(answer.body)) == (404, True)


@pytest.fixture
def both_known(monkeypatch: pytest.MonkeyPatch) -> None:
    """The commands know both editions."""
    module = ModuleType("second_edition")
    vars(module)["load"] = lambda _: second()
    monkeypatch.setitem(sys.modules, "second_edition", module)
    monkeypatch.setattr(editions, "MODULES", {"register": editions.MODULES["register"], SECOND: "second_edition"})


def listed(*words: str) -> list[dict[str, Any]]:
    answer = CliRunner().invoke(main, [*words, "--json"])
    assert answer.exit_code == 0, answer.output
    return json.loads(answer.output)


@pytest.mark.usefixtures("both_known")
@pytest.mark.parametrize("command", ["tokens --store memory", "operations", "rules", "scenarios"])
def test_commands_list_every_edition_in_order_or_the_requested_one(command: str):
    rows = listed(*command.split())
    assert list(dict.fromkeys(row["edition"] for row in rows)) == ["register", SECOND]
    for edition in ("register", SECOND):
        alone = [{**row, "edition": edition} for row in listed(*command.split(), "--edition", edition)]
        assert alone == [row for row in rows if row["edition"] == edition]


@pytest.mark.usefixtures("both_known")
def test_tokens_are_those_of_the_default_world_of_each_edition():
    worlds = {row["edition"]: row["world"] for row in listed("tokens", "--store", "memory")}
    assert worlds == {"register": "default", SECOND: SECOND}


def test_two_kinds_of_records_with_one_table_are_refused():
    @kept_by("id")
    class School(Record, frozen=True):
        id: str

    kinds = register().template.kinds
    with pytest.raises(ValueError, match="would share the table school"):
        Layout((*kinds, School))


@pytest.mark.parametrize("is_seeded", [True, False])
def test_a_world_that_another_process_replaces_is_answered_as_what_it_is_now(tmp_path: Path, *, is_seeded: bool):
    """The token of the new world is the same, and its edition is another. It may not even be seeded."""
    editions = [register(), second()]
    here, there = (App(editions, open_store(f"sqlite:///{tmp_path}/s.sqlite3", layout(editions))) for _ in range(2))
    made = here.worlds.create("replaced", size="small", clock=CLOCK)
    who = Client(here, token(here, "replaced"))
    assert who.send("GET", OURS).status == 200
    there.worlds.remove(made)
    there.worlds.create("replaced", size="small", clock=CLOCK, edition=SECOND, is_seeded=is_seeded)
    answers = [json.loads(who.send("GET", path).body) for path in (THEIRS, OURS)]
    assert ["data" in answer for answer in answers] == [True, False]
    assert answers[0]["data"]
