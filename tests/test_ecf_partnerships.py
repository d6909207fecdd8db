"""Partnerships of the early career framework: refusals in their order, challenges, relationships and participants."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from client import Client, errors
from ecf_client import CLOCK, client, ecf, partnership_id, sandbox, scenario, seed_id

from lp_sandbox.app import App
from lp_sandbox.ecf.records import EcfPartnership
from lp_sandbox.worlds.store import Where

CONTRACT = ecf().contract
CREATE, UPDATE = CONTRACT.operations["createPartnership"], CONTRACT.operations["updatePartnership"]
NOBODY = "00000000-0000-4000-8000-000000000000"
KESTREL, LAPWING, CURLEW = (seed_id("delivery-partners", f"{name}-hub") for name in ("kestrel", "lapwing", "curlew"))
FRESH, CLOSED = seed_id("schools", "fresh"), seed_id("schools", "closed")
NEW = {"cohort": "2025", "school_id": FRESH, "delivery_partner_id": KESTREL}
COHORT = ("cohort", "Enter a '#/cohort'.")
SCHOOL = ("school_id", "Enter a '#/school_id'.")
PARTNER = ("delivery_partner_id", "Enter a '#/delivery_partner_id'.")
NO_TIME = "The filter '#/updated_since' must be a valid RCF3339 date"
UNKNOWN_PARTNERSHIP = ("partnership", "Enter a '#/partnership'.")


def error_of_rule(name: str) -> tuple[str, str]:
    return CONTRACT.rules[name].field, CONTRACT.rules[name].detail


UNKNOWN_COHORT, UNKNOWN_SCHOOL, UNKNOWN_PARTNER, UNRELATED = map(
    error_of_rule,
    ("cohort_is_known", "school_is_known", "delivery_partner_is_known", "delivery_partner_works_with_you"),
)


@pytest.fixture
def app() -> App:
    return sandbox()


@pytest.fixture
def penhallow(app: App) -> Client:
    return client(app)


@pytest.fixture
def quarrington(app: App) -> Client:
    return client(app, "Quarrington")


def create(client: Client, **changes: Any) -> Any:
    return client.done("POST", "/partnerships/ecf", **{**NEW, **changes})["attributes"]


def refused(client: Client, **changes: Any) -> list[tuple[str, str]]:
    return client.errors("POST", "/partnerships/ecf", **{**NEW, **changes})


def relationship_at(app: App, school: str) -> str:
    """The id of the relationship at a school, which no answer shows."""
    there = Where("school_id", "=", school), Where("relationship", "=", 1)
    (found,) = app.worlds._store.find(EcfPartnership, "ecf", *there)  # noqa: SLF001
    return found.id


def stored(app: App, id_: str) -> EcfPartnership:
    found = app.worlds._store.get(EcfPartnership, "ecf", id_)  # noqa: SLF001 - the API does not show the deadline
    assert found is not None
    return found


def test_a_partnership_has_fourteen_rules_and_its_update_six():
    assert (len(CREATE.rules), len(UPDATE.rules)) == (14, 6)
    assert [rule.name for rule in CREATE.rules if rule.unreachable] == [
        "lead_provider_is_present",
        "lead_provider_is_known",
    ]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"cohort": None, "school_id": None, "delivery_partner_id": None}, [COHORT, SCHOOL, PARTNER]),
        (
            {"cohort": "0", "school_id": "x", "delivery_partner_id": "y"},
            [UNKNOWN_COHORT, UNKNOWN_SCHOOL, UNKNOWN_PARTNER],
        ),
        ({"cohort": "1999", "delivery_partner_id": " "}, [PARTNER, UNKNOWN_COHORT]),
        ({"cohort": "1999"}, [UNKNOWN_COHORT, UNRELATED]),
        ({"cohort": ""}, [COHORT, UNRELATED]),
        ({"cohort": "x2025"}, [UNKNOWN_COHORT, UNRELATED]),
        ({"school_id": "", "delivery_partner_id": NOBODY}, [SCHOOL, UNKNOWN_PARTNER]),
        ({"cohort": "1999", "school_id": seed_id("schools", "partnered")}, [UNKNOWN_COHORT, UNRELATED]),
        ({"cohort": "0", "school_id": CLOSED}, [UNKNOWN_COHORT, error_of_rule("school_is_eligible"), UNRELATED]),
    ],
)
def test_errors_come_in_the_order_in_which_their_fields_first_fail(
    penhallow: Client, changes: dict[str, Any], expected: list[tuple[str, str]]
):
    assert refused(penhallow, **changes) == expected


def test_attributes_that_are_missing_are_blank(penhallow: Client):
    answer = penhallow.send("POST", "/api/v3/partnerships/ecf", body={"data": {"type": "x"}})
    assert (answer.status, errors(answer)) == (422, [COHORT, SCHOOL, PARTNER])


@pytest.mark.parametrize("cohort", [2025, "2025", "2025x"])
def test_a_cohort_can_be_a_number_and_its_leading_digits_count(penhallow: Client, cohort: object):
    assert create(penhallow, cohort=cohort)["cohort"] == "2025"


def test_a_new_partnership_is_shown_alone_and_in_the_list_with_its_fields_in_order(penhallow: Client):
    created = penhallow.done("POST", "/partnerships/ecf", **NEW)
    schema = CONTRACT.document["components"]["schemas"]["PartnershipAttributes"]
    assert list(created["attributes"]) == list(schema["properties"])
    assert penhallow.get(f"/partnerships/ecf/{created['id']}") == created
    assert created in penhallow.get("/partnerships/ecf", "page[per_page]=3000")
    assert (created["attributes"]["created_at"], created["attributes"]["status"]) == (CLOCK, "active")


def test_a_school_without_a_tutor_is_reached_at_its_own_address(penhallow: Client):
    created = create(penhallow, school_id=seed_id("schools", "no-tutor"))
    assert created["induction_tutor_name"] is None
    assert created["induction_tutor_email"] == "office.140269@example.com"


def test_a_school_has_one_ordinary_partnership_in_a_cohort(penhallow: Client, quarrington: Client):
    create(penhallow)
    assert refused(penhallow, delivery_partner_id=LAPWING) == [error_of_rule("school_not_already_partnered")]
    assert refused(quarrington) == [error_of_rule("school_has_no_other_provider")]
    assert create(quarrington, cohort="2024")["cohort"] == "2024"


@pytest.mark.parametrize("name", ["partnered-last-year", "partnered-with-another-last-year"])
def test_a_school_with_a_partnership_last_year_must_choose_first(penhallow: Client, name: str):
    expected = [error_of_rule("school_has_confirmed_funded_training")]
    assert refused(penhallow, school_id=seed_id("schools", name)) == expected


@pytest.mark.parametrize("name", ["fresh", "undecided", "awaiting-a-provider", "school-led", "own-design", "no-ects"])
def test_a_partnership_switches_the_school_to_the_full_programme(penhallow: Client, name: str):
    school = f"/schools/ecf/{seed_id('schools', name)}"
    create(penhallow, school_id=seed_id("schools", name))
    changed = penhallow.get(school, "filter[cohort]=2025")["attributes"]
    assert (changed["induction_programme_choice"], changed["in_partnership"]) == ("provider_led", True)
    assert changed["updated_at"] == CLOCK


@pytest.mark.parametrize("name", ["section-41", "proposed-to-close"])
def test_a_school_is_eligible_by_approval_and_until_it_closes(penhallow: Client, name: str):
    assert create(penhallow, school_id=seed_id("schools", name))["status"] == "active"


def test_a_partnership_that_the_school_challenged_is_shown_with_reason_and_time(penhallow: Client):
    id_ = partnership_id("challenged", "penhallow", 2025)
    shown = penhallow.get(f"/partnerships/ecf/{id_}")["attributes"]
    assert (shown["status"], shown["challenged_reason"]) == ("challenged", "not_confirmed")
    assert shown["challenged_at"] == "2025-06-11T14:30:00.000Z"
    assert id_ in penhallow.ids("/partnerships/ecf", "filter[cohort]=2025")


@pytest.mark.parametrize("partner", [CURLEW, KESTREL])
def test_a_challenged_partnership_is_confirmed_again_under_its_id(penhallow: Client, partner: str):
    id_ = partnership_id("challenged", "penhallow", 2025)
    body = {**NEW, "school_id": seed_id("schools", "challenged"), "delivery_partner_id": partner}
    again = penhallow.done("POST", "/partnerships/ecf", **body)
    shown = again["attributes"]
    assert again["id"] == id_
    assert (shown["status"], shown["challenged_reason"], shown["challenged_at"]) == ("active", None, None)
    assert shown["delivery_partner_id"] == partner
    assert shown["created_at"] < shown["updated_at"] == CLOCK


def test_a_school_that_challenged_one_lead_provider_is_free_for_another(penhallow: Client, quarrington: Client):
    create(quarrington, school_id=seed_id("schools", "challenged"))
    assert refused(penhallow, school_id=seed_id("schools", "challenged")) == [
        error_of_rule("school_has_no_other_provider")
    ]


def test_a_relationship_with_the_delivery_partner_becomes_the_partnership(app: App, penhallow: Client):
    school = scenario("relationship-that-becomes-a-partnership")["schools"]["here"]
    id_ = relationship_at(app, school)
    assert penhallow.send("GET", f"/api/v3/partnerships/ecf/{id_}").status == 404
    created = penhallow.done("POST", "/partnerships/ecf", **{**NEW, "school_id": school})
    assert created["id"] == id_
    assert penhallow.get(f"/partnerships/ecf/{id_}") == created


def test_a_relationship_with_another_delivery_partner_stays_beside_the_partnership(app: App, penhallow: Client):
    school = scenario("relationship-that-becomes-a-partnership")["schools"]["here"]
    body = {**NEW, "school_id": school, "delivery_partner_id": LAPWING}
    created = penhallow.done("POST", "/partnerships/ecf", **body)
    assert created["id"] != relationship_at(app, school)


def test_a_relationship_is_neither_listed_nor_shown_nor_updated(penhallow: Client):
    id_ = partnership_id("relationship-only", "penhallow", 2025, relationship=True)
    assert id_ not in penhallow.ids("/partnerships/ecf")
    assert penhallow.send("GET", f"/api/v3/partnerships/ecf/{id_}").status == 404
    assert penhallow.errors("PUT", f"/partnerships/ecf/{id_}", delivery_partner_id=LAPWING) == [UNKNOWN_PARTNERSHIP]


@pytest.mark.parametrize(
    ("now", "cohort", "deadline"),
    [
        ("2025-05-01T10:00:00Z", "2025", "2025-09-15T00:00:00Z"),
        ("2025-08-31T23:59:59Z", "2025", "2025-09-15T00:00:00Z"),
        ("2025-10-15T09:00:00Z", "2025", "2025-10-29T09:00:00Z"),
        ("2025-10-15T09:00:00Z", "2024", "2025-10-29T09:00:00Z"),
    ],
)
def test_the_school_can_challenge_for_14_days_or_until_14_days_into_the_academic_year(
    app: App, now: str, cohort: str, deadline: str
):
    created = client(app, at=now).done("POST", "/partnerships/ecf", **{**NEW, "cohort": cohort})
    assert stored(app, created["id"]).challenge_deadline == deadline
    assert "challenge_deadline" not in created["attributes"]


def test_an_update_changes_the_delivery_partner_and_begins_a_new_time_to_challenge(app: App, penhallow: Client):
    id_ = partnership_id("partnered", "penhallow", 2025)
    before = stored(app, id_)
    changed = penhallow.done("PUT", f"/partnerships/ecf/{id_}", delivery_partner_id=KESTREL)
    assert (changed["id"], changed["attributes"]["delivery_partner_id"]) == (id_, KESTREL)
    assert changed["attributes"]["delivery_partner_name"] == "Kestrel Teaching School Hub"
    after = stored(app, id_)
    assert (before.challenge_deadline, after.challenge_deadline) == ("2025-09-15T00:00:00Z", "2025-10-29T09:00:00Z")
    assert before.report_id != after.report_id


def test_an_update_with_the_present_delivery_partner_changes_nothing(app: App, penhallow: Client):
    id_ = partnership_id("partnered", "penhallow", 2025)
    before, shown = stored(app, id_), penhallow.get(f"/partnerships/ecf/{id_}")
    assert penhallow.done("PUT", f"/partnerships/ecf/{id_}", delivery_partner_id=CURLEW) == shown
    assert stored(app, id_) == before


def test_an_update_can_be_a_patch_and_ignores_other_attributes(penhallow: Client):
    id_ = partnership_id("partnered", "penhallow", 2025)
    changes = {"delivery_partner_id": KESTREL, "cohort": "2021", "school_id": NOBODY}
    changed = penhallow.done("PATCH", f"/partnerships/ecf/{id_}", **changes)["attributes"]
    assert (changed["delivery_partner_id"], changed["cohort"]) == (KESTREL, "2025")


@pytest.mark.parametrize("id_", [NOBODY, "x", partnership_id("partnered-with-another", "quarrington", 2025)])
def test_an_update_of_a_partnership_that_is_not_yours_names_the_partnership(penhallow: Client, id_: str):
    path = f"/partnerships/ecf/{id_}"
    assert penhallow.errors("PUT", path, delivery_partner_id=NOBODY) == [UNKNOWN_PARTNERSHIP]
    assert penhallow.errors("PUT", path, delivery_partner_id="") == [UNKNOWN_PARTNERSHIP, PARTNER]
    assert penhallow.send("PUT", f"/api/v3{path}", body={}).status == 400
    assert penhallow.send("GET", f"/api/v3{path}").status == 404


@pytest.mark.parametrize(
    ("name", "partner", "expected"),
    [
        ("challenged", NOBODY, UNKNOWN_PARTNER),
        ("challenged", seed_id("delivery-partners", "unpaired-hub"), UNRELATED),
        ("challenged", CURLEW, error_of_rule("partnership_is_not_challenged")),
        ("relationship-too", KESTREL, error_of_rule("delivery_partner_not_already_confirmed")),
    ],
)
def test_an_update_gets_the_first_refusal_only(penhallow: Client, name: str, partner: str, expected: tuple[str, str]):
    path = f"/partnerships/ecf/{partnership_id(name, 'penhallow', 2025)}"
    assert penhallow.errors("PUT", path, delivery_partner_id=partner) == [expected]


def test_participants_without_a_provider_move_to_the_new_partnership(penhallow: Client):
    ids = scenario("participants-awaiting-a-provider")
    people = {ids["participants"][role] for role in ("ect", "mentor")}
    assert people.isdisjoint(penhallow.ids("/participants/ecf"))
    create(penhallow, school_id=ids["schools"]["here"])
    assert people <= set(penhallow.ids("/participants/ecf"))


def test_participants_of_a_challenged_partnership_return_when_it_is_confirmed_again(penhallow: Client):
    ids = scenario("partnership-challenged-as-not-confirmed")
    ect = ids["participants"]["ect"]
    assert penhallow.send("GET", f"/api/v3/participants/ecf/{ect}").status == 404
    create(penhallow, school_id=ids["schools"]["here"], delivery_partner_id=LAPWING)
    (enrolment,) = penhallow.get(f"/participants/ecf/{ect}")["attributes"]["ecf_enrolments"]
    assert enrolment["delivery_partner_id"] == LAPWING


def test_participants_of_another_providers_challenged_partnership_move_to_the_new_one(
    penhallow: Client, quarrington: Client
):
    ids = scenario("anothers-challenged-partnership")
    ect = ids["participants"]["ect"]
    create(penhallow, school_id=ids["schools"]["here"])
    assert penhallow.get(f"/participants/ecf/{ect}")["attributes"]["updated_at"] == CLOCK
    assert quarrington.send("GET", f"/api/v3/participants/ecf/{ect}").status == 404


def test_of_two_lead_providers_that_confirm_one_school_the_first_gets_it(penhallow: Client, quarrington: Client):
    statuses = [each.write("POST", "/partnerships/ecf", **NEW).status for each in (penhallow, quarrington)]
    assert statuses == [200, 422]


def test_the_delivery_partner_of_another_challenged_partnership_is_a_contradiction(app: App, penhallow: Client):
    school = scenario("relationship-that-becomes-a-partnership")["schools"]["here"]
    kept = stored(app, relationship_at(app, school))
    created = penhallow.done(
        "POST", "/partnerships/ecf", **{**NEW, "school_id": school, "delivery_partner_id": LAPWING}
    )
    challenged = msgspec.structs.replace(kept, relationship=False, challenged_reason="mistake", challenged_at=CLOCK)
    with app.worlds._store.writing():  # noqa: SLF001
        app.worlds._store.put("ecf", challenged)  # noqa: SLF001
    answer = penhallow.write("PUT", f"/partnerships/ecf/{created['id']}", delivery_partner_id=KESTREL)
    assert (answer.status, errors(answer)[0][0]) == (400, "Bad request")


@pytest.mark.parametrize(
    ("query", "cohorts"),
    [
        ("filter[cohort]=2024", {"2024"}),
        ("filter[cohort]=2021,2025", {"2021", "2025"}),
        ("filter[cohort]=1999", set()),
        ("filter[cohort]=abc", set()),
    ],
)
def test_partnerships_are_filtered_by_cohort(penhallow: Client, query: str, cohorts: set[str]):
    everything = penhallow.get("/partnerships/ecf", "page[per_page]=3000")
    expected = [each for each in everything if each["attributes"]["cohort"] in cohorts]
    assert penhallow.get("/partnerships/ecf", f"{query}&page[per_page]=3000") == expected
    assert {each["attributes"]["cohort"] for each in expected} == cohorts


@pytest.mark.parametrize("query", ["filter[cohort]=", "filter[colour]=red", "filter[updated_since]="])
def test_a_blank_or_unknown_filter_is_ignored(penhallow: Client, query: str):
    assert penhallow.get("/partnerships/ecf", query) == penhallow.get("/partnerships/ecf")


def test_partnerships_before_2021_are_listed_only_by_their_cohort(app: App, penhallow: Client):
    id_ = partnership_id("partnered", "penhallow", 2024)
    with app.worlds._store.writing():  # noqa: SLF001
        app.worlds._store.put("ecf", msgspec.structs.replace(stored(app, id_), cohort=2020))  # noqa: SLF001
    assert id_ not in penhallow.ids("/partnerships/ecf", "page[per_page]=3000")
    assert penhallow.ids("/partnerships/ecf", "filter[cohort]=2020") == [id_]
    assert penhallow.get(f"/partnerships/ecf/{id_}")["attributes"]["cohort"] == "2020"


def test_partnerships_are_filtered_by_delivery_partner(penhallow: Client):
    listed = penhallow.get("/partnerships/ecf", f"filter[delivery_partner_id]={CURLEW},{LAPWING},x")
    assert {each["attributes"]["delivery_partner_id"] for each in listed} == {CURLEW, LAPWING}
    assert penhallow.ids("/partnerships/ecf", "filter[delivery_partner_id]=x") == []


def test_updated_since_finds_what_changed_at_that_second_or_later(penhallow: Client):
    shown = penhallow.get("/partnerships/ecf", "page[per_page]=3000")
    since = sorted(each["attributes"]["updated_at"] for each in shown)[len(shown) // 2]
    expected = {each["id"] for each in shown if each["attributes"]["updated_at"] >= since}
    found = penhallow.ids("/partnerships/ecf", f"filter[updated_since]={since}&page[per_page]=3000")
    assert 0 < len(expected) < len(shown)
    assert set(found) == expected


@pytest.mark.parametrize(
    ("sort", "column", "descending"),
    [
        ("", "created_at", False),
        ("&sort=-created_at", "created_at", True),
        ("&sort=%2Bcreated_at", "created_at", False),
        ("&sort=colour", "created_at", False),
        ("&sort=colour,-created_at", "created_at", True),
    ],
)
def test_partnerships_are_sorted(penhallow: Client, sort: str, column: str, descending: bool):  # noqa: FBT001
    listed = penhallow.get("/partnerships/ecf", f"page[per_page]=3000{sort}")
    stamps = [each["attributes"][column] for each in listed]
    assert stamps == sorted(stamps, reverse=descending)
    assert len(set(stamps)) > 1


def test_pages_hold_100_partnerships_and_end_with_an_empty_one(penhallow: Client):
    everything = penhallow.ids("/partnerships/ecf", "page[per_page]=99999")
    pages = range(1, len(everything) // 25 + 3)
    in_pages = [penhallow.ids("/partnerships/ecf", f"page[page]={page}x&page[per_page]=25") for page in pages]
    assert [id_ for page in in_pages for id_ in page] == everything
    assert in_pages[-1] == []


@pytest.mark.parametrize(
    ("query", "detail"),
    [
        ("filter=2025", "Filter must be a hash"),
        ("filter[updated_since]=2020-11-13", NO_TIME),
        ("filter[updated_since]=2020-11-13T10:00:00+01:00&page[page]=0", NO_TIME),
        ("page[page]=0", CONTRACT.problems["page_is_positive"].detail),
        ("page=2", CONTRACT.problems["page_is_positive"].detail),
        ("page[per_page]=", CONTRACT.problems["page_is_positive"].detail),
    ],
)
def test_a_list_that_cannot_be_read_is_refused_with_the_first_reason_alone(penhallow: Client, query: str, detail: str):
    answer = penhallow.send("GET", "/api/v3/partnerships/ecf", query)
    assert (answer.status, answer.content_type) == (400, "application/vnd.api+json")
    assert [each["detail"] for each in json.loads(answer.body)["errors"]] == [detail]
