import pytest
import requests


def get(world, path):
    return requests.get(f"{world.url}{path}", headers=world.headers, timeout=10)


@pytest.mark.lp_world(edition="ecf", clock="2025-11-03T09:00:00Z")
def test_in_the_early_career_framework(lp_world):
    assert get(lp_world, "/api/v3/participants/ecf").ok
    lp_world.assert_accepted()


def test_a_school_registers_a_participant(lp_world):
    school = lp_world.scenario("partnership-without-participants").schools.here
    lp_world.act(
        "school",
        "register-participant",
        participant_type="ect",
        school_id=school,
        lead_provider=lp_world.lead_provider,
        start_date=lp_world.clock.now.date(),
        full_name="Maya Foster",
    )
    assert len(lp_world.participants(full_name="Maya Foster")) == 1


def test_another_lead_provider_cannot_see_your_participant(lp_world):
    ect = lp_world.scenario("ect-in-training").participants.ect
    other = lp_world.as_lead_provider("Brightwater Education")
    get(other, f"/api/v3/participants/{ect}")
    lp_world.assert_refused("resource_is_found")


def test_a_snapshot_returns_to_an_earlier_state(lp_world):
    snapshot = lp_world.snapshot()
    lp_world.clock.advance(weeks=10)
    lp_world.restore(snapshot)
    assert lp_world.clock.now.isoformat() == "2026-09-15T09:00:00+00:00"
