"""Schools roll over partnerships and name induction tutors; DfE adds delivery partners and changes eligibility."""

from __future__ import annotations

import json
from typing import Any

import pytest
from client import CLOCK, Client, client, errors, sandbox, seed_id
from controls_client import act, ask, everything, world_of

ASHDOWN, BRIGHTWATER, FENWICK = "Ashdown Teaching Partnership", "Brightwater Education", "Fenwick Training Network"
FRESH, PARTNERED, TRAINING_NOW, NO_TUTOR, WITH_TWO = (
    seed_id("schools", name) for name in ("fresh", "partnered", "training-now", "no-tutor", "partnered-with-two")
)
BECAME_INELIGIBLE, CLOSED = seed_id("schools", "became-ineligible"), seed_id("schools", "closed")
HARBOUR, MOORLAND, RIVERSIDE = (
    seed_id("delivery-partners", f"{name}-hub") for name in ("harbour", "moorland", "riverside")
)
ASHDOWN_WITH_MOORLAND = "1ab501b1-142e-47ad-95a4-20f56a62e71f"
"""The partnership of the school `partnered` for 2026."""
LATER, ALL = "2026-09-20T09:00:00Z", "page[per_page]=3000"


def acts(who: Client, path: str, at: str | None = None, **attributes: Any) -> Any:
    return act(who.app, path, world_of(who), at, **attributes)


def refusal(who: Client, path: str, **attributes: Any) -> str:
    """Act against a rule, and return the detail of the only error."""
    body = {"data": {"attributes": attributes}}
    answer, _ = ask(who.app, "POST", f"/_sandbox/actors/{path}", body, query=f"world={world_of(who)}")
    assert answer.status == 422, answer
    ((_, detail),) = errors(answer)
    return detail


def as_(who: Client, lead_provider: str) -> Client:
    return client(who.app, world_of(who), lead_provider)


def school(who: Client, id_: str, cohort: str = "2026") -> Any:
    return who.get(f"/schools/{id_}", f"filter[cohort]={cohort}")["attributes"]


def partnership(who: Client, id_: str) -> Any:
    return who.get(f"/partnerships/{id_}")["attributes"]


def status(who: Client, path: str, query: str = "") -> int:
    return who.send("GET", f"/api/v3{path}", query).status


def forms(who: Client, school_id: str, cohort: str, partner: str = HARBOUR) -> str:
    made = who.done("POST", "/partnerships", cohort=cohort, school_id=school_id, delivery_partner_id=partner)
    return str(made["id"])


def rolls_over(who: Client, school_id: str, cohort: str = "2026", at: str | None = None, **given: Any) -> Any:
    return acts(who, "school/roll-over-partnership", at, school_id=school_id, cohort=cohort, **given)


def registers(who: Client, school_id: str, start_date: str = "2026-09-07") -> str:
    given = {"participant_type": "ect", "school_id": school_id, "lead_provider": ASHDOWN, "start_date": start_date}
    return str(acts(who, "school/register-participant", **given)["id"])


# A school rolls over its latest partnership


def test_a_partnership_that_is_rolled_over_keeps_lead_provider_and_delivery_partner(ashdown: Client):
    made = rolls_over(ashdown, TRAINING_NOW, at=LATER)
    new, earlier = partnership(ashdown, made["id"]), partnership(ashdown, made["attributes"]["earlier_partnership_id"])
    assert (new["cohort"], earlier["cohort"]) == ("2026", "2025")
    same = ("school_id", "urn", "delivery_partner_id", "induction_tutor_name", "induction_tutor_email")
    assert {name: new[name] for name in same} == {name: earlier[name] for name in same}
    assert new["created_at"] == new["updated_at"] == LATER
    assert earlier["updated_at"] < LATER
    assert made["id"] in ashdown.ids("/partnerships", f"filter[cohort]=2026&filter[updated_since]={LATER}")


def test_a_partnership_from_any_earlier_cohort_can_be_rolled_over(ashdown: Client):
    first = forms(ashdown, FRESH, "2023")
    made = rolls_over(ashdown, FRESH)["attributes"]
    assert (made["earlier_partnership_id"], made["lead_provider"]) == (first, ASHDOWN)


def test_the_latest_partnership_is_rolled_over_unless_a_lead_provider_is_named(ashdown: Client):
    forms(ashdown, FRESH, "2023", RIVERSIDE)
    forms(as_(ashdown, "Brightwater"), FRESH, "2024", MOORLAND)
    latest = rolls_over(ashdown, FRESH, "2025")["attributes"]
    assert (latest["lead_provider"], latest["delivery_partner_id"]) == (BRIGHTWATER, MOORLAND)
    named = rolls_over(ashdown, FRESH, lead_provider=ASHDOWN)["attributes"]
    assert (named["lead_provider"], named["delivery_partner_id"]) == (ASHDOWN, RIVERSIDE)


def test_of_two_delivery_partners_the_one_that_came_last_is_rolled_over(ashdown: Client):
    first = forms(ashdown, FRESH, "2025")
    acts(ashdown, "dfe/add-delivery-partner", LATER, partnership_id=first, delivery_partner_id=MOORLAND)
    assert rolls_over(ashdown, FRESH)["attributes"]["delivery_partner_id"] == MOORLAND


def test_a_school_that_rolls_over_its_partnership_is_in_partnership_and_shows_interest(ashdown: Client):
    before = {cohort: school(ashdown, TRAINING_NOW, cohort) for cohort in ("2024", "2026")}
    assert (before["2026"]["in_partnership"], before["2026"]["expression_of_interest"]) == (False, False)
    rolls_over(ashdown, TRAINING_NOW, at=LATER)
    after = {cohort: school(ashdown, TRAINING_NOW, cohort) for cohort in before}
    assert (after["2026"]["in_partnership"], after["2026"]["expression_of_interest"]) == (True, True)
    assert (after["2024"]["in_partnership"], after["2024"]["updated_at"]) == (False, LATER)
    assert school(as_(ashdown, "Brightwater"), TRAINING_NOW)["expression_of_interest"] is False


def test_participants_who_waited_are_shown_when_the_partnership_is_rolled_over(ashdown: Client):
    waiting = registers(ashdown, TRAINING_NOW)
    assert status(ashdown, f"/participants/{waiting}") == 404
    made = rolls_over(ashdown, TRAINING_NOW, at=LATER)
    shown = ashdown.get(f"/participants/{waiting}")["attributes"]
    assert (shown["updated_at"], shown["ecf_enrolments"][0]["delivery_partner_id"]) == (LATER, HARBOUR)
    assert partnership(ashdown, made["id"])["participants_currently_training"] == 1


def test_a_lead_provider_cannot_create_what_a_school_has_rolled_over(ashdown: Client):
    rolls_over(ashdown, TRAINING_NOW)
    (error,) = ashdown.errors(
        "POST", "/partnerships", cohort="2026", school_id=TRAINING_NOW, delivery_partner_id=MOORLAND
    )
    assert error[1] == "You are already in a confirmed partnership with this school for the entered cohort."


def test_a_partnership_with_a_lead_provider_that_no_longer_works_is_not_rolled_over(ashdown: Client):
    forms(as_(ashdown, "Fenwick"), FRESH, "2024")
    assert "2024 partnership do not work together" in refusal(
        ashdown, "school/roll-over-partnership", school_id=FRESH, cohort="2026"
    )
    assert "no partnership from an earlier cohort" in refusal(
        ashdown, "school/roll-over-partnership", school_id=FRESH, cohort="2026", lead_provider=BRIGHTWATER
    )


# A school names its induction tutor

TUTOR = {"induction_tutor_name": "Samira Hale", "induction_tutor_email": "samira.hale@example.com"}


def tutor(attributes: Any) -> dict[str, Any]:
    return {name: attributes[name] for name in TUTOR}


def test_a_new_induction_tutor_is_shown_to_every_lead_provider_of_the_school(ashdown: Client):
    acts(ashdown, "school/name-induction-tutor", LATER, school_id=WITH_TWO, **TUTOR)
    for who in (ashdown, as_(ashdown, "Brightwater")):
        (shown,) = [one for one in who.get("/partnerships", ALL) if one["attributes"]["school_id"] == WITH_TWO]
        assert tutor(shown["attributes"]) == tutor(school(who, WITH_TWO)) == TUTOR
        assert shown["id"] in who.ids("/partnerships", f"filter[updated_since]={LATER}")
        assert WITH_TWO in who.ids("/schools", f"filter[cohort]=2022&filter[updated_since]={LATER}")
    assert set(tutor(school(as_(ashdown, "Calder"), WITH_TWO)).values()) == {None}


def test_an_induction_tutor_who_is_named_later_is_shown_in_the_partnership(ashdown: Client):
    id_ = forms(ashdown, NO_TUTOR, "2026")
    before = partnership(ashdown, id_)
    assert set(tutor(before).values()) == {None}
    acts(ashdown, "school/name-induction-tutor", LATER, school_id=NO_TUTOR, **TUTOR)
    assert partnership(ashdown, id_) == before | TUTOR | {"updated_at": LATER}


def test_a_new_induction_tutor_changes_no_participant_and_no_count(ashdown: Client):
    who = ashdown.get("/participants", ALL)
    before = {one["id"]: one["attributes"] for one in ashdown.get("/partnerships", ALL)}
    acts(ashdown, "school/name-induction-tutor", LATER, school_id=TRAINING_NOW, **TUTOR)
    assert ashdown.get("/participants", ALL) == who
    for one in ashdown.get("/partnerships", ALL):
        theirs = one["attributes"]["school_id"] == TRAINING_NOW
        assert one["attributes"] == before[one["id"]] | (TUTOR | {"updated_at": LATER} if theirs else {})


@pytest.mark.parametrize("change", [{"induction_tutor_name": "  "}, {"induction_tutor_email": "nobody"}])
def test_an_induction_tutor_has_a_name_and_an_email_address(ashdown: Client, change: dict[str, str]):
    body = {"data": {"attributes": {"school_id": FRESH, **TUTOR, **change}}}
    answer, _ = ask(ashdown.app, "POST", "/_sandbox/actors/school/name-induction-tutor", body)
    assert answer.status == 400


# DfE adds a delivery partner


def test_dfe_adds_a_partnership_with_another_delivery_partner(ashdown: Client):
    first = forms(ashdown, FRESH, "2026")
    before, interest = partnership(ashdown, first), school(ashdown, FRESH)
    made = acts(ashdown, "dfe/add-delivery-partner", LATER, partnership_id=first, delivery_partner_id=MOORLAND)
    changed = {"delivery_partner_id": MOORLAND, "delivery_partner_name": "Moorland Teaching School Hub"}
    assert partnership(ashdown, made["id"]) == before | changed | {"created_at": LATER, "updated_at": LATER}
    assert partnership(ashdown, first) == before
    assert school(ashdown, FRESH) == interest
    listed = ashdown.ids("/partnerships", f"filter[delivery_partner_id]={MOORLAND}&filter[updated_since]={LATER}")
    assert listed == [made["id"]]


def test_dfe_adds_as_many_delivery_partners_as_work_with_the_lead_provider(ashdown: Client):
    first = forms(ashdown, FRESH, "2026")
    made = [
        acts(ashdown, "dfe/add-delivery-partner", partnership_id=beside, delivery_partner_id=partner)["id"]
        for beside, partner in ((first, MOORLAND), (first, RIVERSIDE))
    ]
    assert len({first, *made}) == 3
    theirs = [one["id"] for one in ashdown.get("/partnerships", ALL) if one["attributes"]["school_id"] == FRESH]
    assert set(theirs) == {first, *made}


def test_participants_stay_with_the_first_delivery_partner(ashdown: Client):
    first = forms(ashdown, FRESH, "2026")
    ect = registers(ashdown, FRESH)
    before = ashdown.get(f"/participants/{ect}")
    acts(ashdown, "dfe/add-delivery-partner", LATER, partnership_id=first, delivery_partner_id=MOORLAND)
    assert ashdown.get(f"/participants/{ect}") == before


def test_a_delivery_partner_that_dfe_added_can_be_changed_but_not_doubled(ashdown: Client):
    first = forms(ashdown, FRESH, "2026")
    made = acts(ashdown, "dfe/add-delivery-partner", partnership_id=first, delivery_partner_id=MOORLAND)["id"]
    ((_, detail),) = ashdown.errors("PUT", f"/partnerships/{made}", delivery_partner_id=HARBOUR)
    assert detail.startswith("We are unable to process this request.")
    ashdown.done("PUT", f"/partnerships/{made}", delivery_partner_id=RIVERSIDE)
    assert partnership(ashdown, made)["delivery_partner_id"] == RIVERSIDE


# DfE changes a school's eligibility


def change_eligibility(who: Client, school_id: str, cohort: str, *, eligible: bool) -> Any:
    given = {"school_id": school_id, "cohort": cohort, "eligible": eligible}
    return acts(who, "dfe/change-eligibility", LATER, **given)["attributes"]


def seen_in(who: Client, school_id: str) -> list[str]:
    years = [str(year) for year in range(2021, 2027)]
    found = [year for year in years if status(who, f"/schools/{school_id}", f"filter[cohort]={year}") == 200]
    listed = [year for year in years if school_id in who.ids("/schools", f"filter[cohort]={year}&{ALL}")]
    assert found == listed
    return found


def test_a_school_that_becomes_ineligible_is_shown_in_earlier_cohorts_only(ashdown: Client):
    before = school(ashdown, FRESH, "2024")
    shown = change_eligibility(ashdown, FRESH, "2025", eligible=False)
    assert seen_in(ashdown, FRESH) == shown["eligible_in"] == shown["shown_in"] == ["2021", "2022", "2023", "2024"]
    assert school(ashdown, FRESH, "2024") == before


def test_an_ineligible_school_with_a_partnership_stays_visible_in_its_cohort(ashdown: Client):
    before = school(ashdown, PARTNERED)
    shown = change_eligibility(ashdown, PARTNERED, "2024", eligible=False)
    assert seen_in(ashdown, PARTNERED) == shown["shown_in"] == ["2021", "2022", "2023", "2025", "2026"]
    assert shown["eligible_in"] == ["2021", "2022", "2023"]
    assert school(ashdown, PARTNERED) == before


@pytest.mark.parametrize("school_id", [CLOSED, BECAME_INELIGIBLE])
def test_a_school_that_becomes_eligible_can_be_partnered(ashdown: Client, school_id: str):
    wanted = {"cohort": "2026", "school_id": school_id, "delivery_partner_id": HARBOUR}
    ((_, detail),) = ashdown.errors("POST", "/partnerships", **wanted)
    assert detail.startswith("The school you have entered is currently ineligible")
    change_eligibility(ashdown, school_id, "2026", eligible=True)
    assert "2026" in seen_in(ashdown, school_id)
    ashdown.done("POST", "/partnerships", **wanted)


def test_an_ineligible_school_can_neither_be_partnered_nor_roll_over_nor_register(ashdown: Client):
    change_eligibility(ashdown, TRAINING_NOW, "2026", eligible=False)
    ((_, detail),) = ashdown.errors(
        "POST", "/partnerships", cohort="2026", school_id=TRAINING_NOW, delivery_partner_id=HARBOUR
    )
    assert detail.startswith("The school you have entered is currently ineligible")
    for path, given in (
        ("school/roll-over-partnership", {"cohort": "2026"}),
        ("school/register-participant", {"participant_type": "ect", "start_date": "2026-09-07"}),
    ):
        assert "not eligible for funded training" in refusal(ashdown, path, school_id=TRAINING_NOW, **given)


def test_eligibility_can_be_taken_back(ashdown: Client):
    before = everything(ashdown.app, world_of(ashdown), 2)
    change_eligibility(ashdown, FRESH, "2026", eligible=False)
    assert everything(ashdown.app, world_of(ashdown), 2) != before
    change_eligibility(ashdown, FRESH, "2026", eligible=True)
    assert everything(ashdown.app, world_of(ashdown), 2) == before


# What is refused changes nothing

REFUSED = [
    ("school/roll-over-partnership", {"school_id": PARTNERED, "cohort": "2026"}),
    ("school/roll-over-partnership", {"school_id": FRESH, "cohort": "2026"}),
    ("school/name-induction-tutor", {"school_id": "00000000-0000-4000-8000-000000000000", **TUTOR}),
    (
        "dfe/add-delivery-partner",
        {"partnership_id": ASHDOWN_WITH_MOORLAND, "delivery_partner_id": MOORLAND},
    ),
    ("dfe/change-eligibility", {"school_id": FRESH, "cohort": "2025", "eligible": True}),
]


@pytest.mark.parametrize(("path", "given"), REFUSED)
def test_what_is_refused_changes_nothing(ashdown: Client, path: str, given: dict[str, Any]):
    before = everything(ashdown.app, world_of(ashdown), 2)
    refusal(ashdown, path, **given)
    assert everything(ashdown.app, world_of(ashdown), 2) == before


def test_what_is_done_is_the_same_in_every_world_of_the_same_seed(ashdown: Client):
    def does(who: Client) -> list[Any]:
        tutor = acts(who, "school/name-induction-tutor", school_id=FRESH, **TUTOR)
        return [rolls_over(who, TRAINING_NOW), tutor]

    other = client(sandbox())
    done = does(ashdown)
    assert done == does(other)
    assert CLOCK in json.dumps(done)
