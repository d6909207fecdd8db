"""The states of ECF's partnerships are a table: every step in it happens, and no operation takes another one."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from client import Client
from ecf_client import ask, client, ecf, partnership_id, sandbox, seed_id, send_act

Step = tuple[str | None, str, str]
CONTRACT = ecf().contract
STATUS, CHOICE = "PartnershipAttributes.status", "SchoolAttributes.induction_programme_choice"
CURLEW, KESTREL = seed_id("delivery-partners", "curlew-hub"), seed_id("delivery-partners", "kestrel-hub")
SCHOOLS = {
    name: seed_id("schools", name)
    for name in ("fresh", "partnered-last-year", "recently-confirmed", "school-led", "undecided", "no-ects")
}
URNS = {"partnered-last-year": "140185", "recently-confirmed": "140276", "fresh": "140101"}
UPLOADS = "actors/lead-provider/upload-partnerships"
NOBODY = "00000000-0000-4000-8000-000000000000"


def steps(table: str) -> set[Step]:
    return {(step.source, step.target, step.by) for step in CONTRACT.transitions[table]}


@pytest.fixture
def penhallow() -> Client:
    return client(sandbox())


def partnership(who: Client, school: str) -> Any:
    """The partnership of a school in 2025, or None."""
    found = who.get("/partnerships/ecf", "filter[cohort]=2025&page[per_page]=3000")
    return next((one for one in found if one["attributes"]["school_id"] == SCHOOLS[school]), None)


def status(who: Client, school: str) -> str | None:
    found = partnership(who, school)
    return found and str(found["attributes"]["status"])


def create(who: Client, school: str) -> None:
    who.write("POST", "/partnerships/ecf", cohort="2025", school_id=SCHOOLS[school], delivery_partner_id=CURLEW)


def update(who: Client, school: str) -> None:
    found = partnership(who, school)
    who.write("PUT", f"/partnerships/ecf/{found['id'] if found else NOBODY}", delivery_partner_id=KESTREL)


def upload(who: Client, school: str) -> None:
    content = f"{URNS[school]}\n".encode()
    query = f"cohort=2025&delivery_partner_id={CURLEW}"
    answer = ask(who.app, "POST", UPLOADS, query, content, token=who.token)
    ask(who.app, "POST", f"{UPLOADS}/{json.loads(answer.body)['data']['id']}/confirm", token=who.token)


def keep(who: Client, school: str) -> None:
    send_act(who.app, "school/keep-providers", school_id=SCHOOLS[school], cohort="2025")


def challenges(by: str, reason: str = "mistake") -> Callable[[Client, str], None]:
    def challenge(who: Client, school: str) -> None:
        found = partnership(who, school)
        id_ = found["id"] if found else NOBODY
        send_act(who.app, f"{by}/challenge-partnership", partnership_id=id_, reason=reason)

    return challenge


def sets_programme(path: str) -> Callable[[Client, str], None]:
    def choose(who: Client, school: str) -> None:
        send_act(who.app, path, school_id=SCHOOLS[school], cohort="2025", programme="school_led")

    return choose


ACTS: dict[str, Callable[[Client, str], None]] = {
    "createPartnership": create,
    "updatePartnership": update,
    "confirmUpload": upload,
    "keepProviders": keep,
    "challengePartnership": challenges("school"),
    "challengePartnershipAsAdministrator": challenges("administrator"),
    "setUpCohort": sets_programme("school/set-up-cohort"),
    "setProgramme": sets_programme("administrator/set-programme"),
}
"""What can be done to a partnership or to the programme of its school."""
READY = "partnered-last-year"
"""A school that can be in every state: its providers of 2024 can be kept in 2025 after it has chosen a programme."""


def nothing(who: Client) -> None:
    send_act(who.app, "school/set-up-cohort", school_id=SCHOOLS[READY], cohort="2025", programme="provider_led")


def active(who: Client) -> None:
    nothing(who)
    create(who, READY)


def challenged(who: Client) -> None:
    active(who)
    challenges("school")(who, READY)


STATES: dict[str | None, Callable[[Client], None]] = {None: nothing, "active": active, "challenged": challenged}


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("state", STATES, ids=str)
def test_an_act_takes_a_partnership_where_the_table_says_or_leaves_it(penhallow: Client, state: str | None, act: str):
    STATES[state](penhallow)
    before = partnership(penhallow, READY)
    assert status(penhallow, READY) == state
    ACTS[act](penhallow, READY)
    after = partnership(penhallow, READY)
    targets = {target for source, target, by in steps(STATUS) if (source, by) == (state, act)}
    assert {status(penhallow, READY)} == (targets or {state})
    assert before is None or after["id"] == before["id"]


def test_the_table_names_every_state_and_only_acts_that_are_tried():
    states = CONTRACT.document["components"]["schemas"]["PartnershipAttributes"]["properties"]["status"]["enum"]
    assert [state for state in STATES if state] == states
    assert {by for _, _, by in steps(STATUS)} <= ACTS.keys()


def test_time_takes_no_step_of_a_partnership(penhallow: Client):
    challenged(penhallow)
    lists = [
        [one["attributes"]["status"] for one in Client(penhallow.app, penhallow.token, at).get("/partnerships/ecf")]
        for at in (None, "2025-12-01T09:00:00Z", "2028-01-01T09:00:00Z")
    ]
    assert lists[0] == lists[1] == lists[2]


IN_CHOICE = {
    "not_yet_known": "undecided",
    "school_led": "school-led",
    "no_early_career_teachers": "no-ects",
    "provider_led": "recently-confirmed",
}
CHOOSING: dict[str, Callable[[Client, str], None]] = {
    "createPartnership": create,
    "updatePartnership": update,
    "challengePartnership": challenges("school", "no_ects"),
    "challengePartnershipAsAdministrator": challenges("administrator", "no_ects"),
}
"""What lead providers do, and what undoes it. Schools and administrators can choose any programme besides."""


def choice(who: Client, school: str) -> str:
    shown = who.get(f"/schools/ecf/{SCHOOLS[school]}", "filter[cohort]=2025")
    return str(shown["attributes"]["induction_programme_choice"])


@pytest.mark.parametrize("act", CHOOSING)
@pytest.mark.parametrize("state", IN_CHOICE)
def test_an_act_takes_the_programme_of_a_school_where_the_table_says_or_leaves_it(
    penhallow: Client, state: str, act: str
):
    assert choice(penhallow, IN_CHOICE[state]) == state
    CHOOSING[act](penhallow, IN_CHOICE[state])
    targets = {target for source, target, by in steps(CHOICE) if (source, by) == (state, act)}
    assert {choice(penhallow, IN_CHOICE[state])} == (targets or {state})


@pytest.mark.parametrize("reason", ["another_provider", "not_confirmed", "do_not_recognise", "mistake"])
def test_a_challenge_for_another_reason_leaves_the_programme(penhallow: Client, reason: str):
    challenges("school", reason)(penhallow, "recently-confirmed")
    shown = penhallow.get(f"/partnerships/ecf/{partnership_id('recently-confirmed', 'penhallow', 2025)}")["attributes"]
    assert (shown["challenged_reason"], choice(penhallow, "recently-confirmed")) == (reason, "provider_led")
