"""The transfers of the early career framework: who moves between schools, and which lead providers see it."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from client import Client
from ecf_client import CLOCK
from test_ecf_participants import ANOTHER, YOU, Now, ids, put, records, world

from lp_sandbox.ecf import list_rows
from lp_sandbox.ecf.records import EcfParticipant, EcfPartnership, EcfSchool, Profile, Removal
from lp_sandbox.programme.records import LeadProvider, SchoolPeriod, TrainingPeriod

LIST = "/participants/ecf/transfers"


def path(scenario: str) -> str:
    return f"/participants/ecf/{ids(scenario)['ect']}/transfers"


def transfers(client: Client, scenario: str) -> Any:
    return client.get(path(scenario))["attributes"]["transfers"]


def test_a_transfer_has_the_attributes_of_the_service_in_its_order():
    with world() as client:
        shown = client.get(path("ect-who-transferred-to-you"))
    assert (list(shown), list(shown["attributes"])) == (["id", "type", "attributes"], ["updated_at", "transfers"])
    (transfer,) = shown["attributes"]["transfers"]
    names = ["training_record_id", "transfer_type", "status", "created_at", "leaving", "joining"]
    assert list(transfer) == names
    assert list(transfer["leaving"]) == list(transfer["joining"]) == ["school_urn", "provider", "date"]


def test_a_transfer_names_both_schools_their_lead_providers_and_the_days():
    with world() as client:
        (transfer,) = transfers(client, "ect-who-transferred-to-you")
        named = ids("ect-who-transferred-to-you")
        (profile,) = records(client, Profile, participant_id=named["ect"])
        names = {each.id: each.name for each in records(client, LeadProvider)}
        urns = {each.id: each.urn for each in records(client, EcfSchool)}
    assert transfer["training_record_id"] == profile.id
    assert transfer["leaving"] == {
        "school_urn": urns[named["before"]],
        "provider": names[ANOTHER],
        "date": "2025-09-24",
    }
    assert transfer["joining"] == {"school_urn": urns[named["here"]], "provider": names[YOU], "date": "2025-09-24"}


@pytest.mark.parametrize(("today", "status"), [("2025-11-04", "incomplete"), ("2025-11-05", "complete")])
def test_a_transfer_is_complete_on_its_day(today: str, status: str):
    with world() as client:
        client.at = f"{today}T12:00:00Z"
        assert [each["status"] for each in transfers(client, "ect-about-to-transfer")] == [status]


def other_provider(client: Client) -> Client:
    tokens = client.app.worlds.tokens(Now(client).world)
    return Client(client.app, next(each.token for each in tokens if each.lead_provider_id == ANOTHER))


def test_of_two_moves_the_first_is_to_the_last_school_and_the_second_to_none():
    """Each lead provider sees only the transfer that it is a side of."""
    with world() as client:
        (first,), (second,) = (transfers(each, "ect-who-moved-twice") for each in (client, other_provider(client)))
        named = ids("ect-who-moved-twice")
        urns = {each.id: each.urn for each in records(client, EcfSchool)}
    assert first["leaving"]["school_urn"] == urns[named["before"]]
    assert first["joining"]["school_urn"] == urns[named["here"]]
    assert (second["leaving"]["school_urn"], second["joining"]) == (urns[named["between"]], None)
    assert (first["transfer_type"], second["transfer_type"]) == ("new_school", "unknown")


def test_a_participant_without_a_transfer_is_neither_listed_nor_found():
    with world() as client:
        assert client.send("GET", f"/api/v3{path('ect-in-training')}").status == 404
        assert ids("ect-in-training")["ect"] not in client.ids(LIST)


def test_an_ect_whose_details_are_not_validated_is_in_no_list_of_transfers():
    with world() as client:
        ect = ids("ect-who-left")["ect"]
        assert ect in client.ids(LIST)
        (profile,) = records(client, Profile, participant_id=ect)
        put(client, msgspec.structs.replace(profile, eligibility=None))
        list_rows.record_change(Now(client), [ect])
        assert ect not in client.ids(LIST)


def test_a_challenged_partnership_counts():
    with world() as client:
        named = ids("ect-who-transferred-to-you")
        (partnership,) = records(client, EcfPartnership, id=named["here-mine"])
        reason = {"challenged_reason": "mistake", "challenged_at": "2025-10-16T10:00:00Z"}
        put(client, msgspec.structs.replace(partnership, **reason))
        list_rows.record_change_at_school(Now(client), partnership.school_id)
        assert client.send("GET", f"/api/v3/participants/ecf/{named['ect']}").status == 404
        assert [each["transfer_type"] for each in transfers(client, "ect-who-transferred-to-you")] == ["new_provider"]


def test_a_participant_that_the_school_removed_before_has_no_transfer():
    with world() as client:
        ect = ids("ect-who-transferred-to-you")["ect"]
        first = min(records(client, SchoolPeriod, participant_id=ect), key=lambda each: each.started_on)
        put(client, Removal(ect, first.id, "2025-09-20T10:00:00Z"))
        list_rows.record_change(Now(client), [ect])
        assert client.send("GET", f"/api/v3{path('ect-who-transferred-to-you')}").status == 404


def test_a_transfer_was_updated_when_the_training_on_one_side_last_changed():
    with world() as client:
        ect = ids("ect-who-transferred-to-you")["ect"]
        by_start = sorted(records(client, TrainingPeriod, participant_id=ect), key=lambda each: each.started_on)
        assert client.get(path("ect-who-transferred-to-you"))["attributes"]["updated_at"] == by_start[1].created_at
        put(client, msgspec.structs.replace(by_start[0], moved_at="2025-10-01T10:00:00Z"))
        shown = client.get(path("ect-who-transferred-to-you"))["attributes"]
    assert shown["updated_at"] == "2025-10-01T10:00:00Z"
    assert shown["transfers"][0]["created_at"] == by_start[0].created_at


@pytest.mark.parametrize(
    ("query", "column"), [("", "created_at"), ("filter[updated_since]=2020-01-01T00:00:00Z", "updated_at")]
)
def test_the_filter_decides_the_order(query: str, column: str):
    with world() as client:
        by_id = {each.id: getattr(each, column) for each in records(client, EcfParticipant)}
        stamps = [by_id[id_] for id_ in client.ids(LIST, query)]
    assert stamps == sorted(stamps)
    assert len(set(stamps)) > 3


def test_the_filter_compares_the_participant_and_applies_to_a_show_too():
    with world() as client:
        ect = ids("ect-who-left")["ect"]
        list_rows.record_change(Now(client), [ect])
        query = "filter[updated_since]=2025-10-16T10:00:00Z"
        assert client.ids(LIST, query) == [ect]
        shown = [
            client.send("GET", f"/api/v3{path(name)}", query).status
            for name in ("ect-who-left", "ect-about-to-transfer")
        ]
    assert shown == [200, 404]
    assert CLOCK < "2025-10-16"


def test_pages_together_are_the_list():
    with world() as client:
        whole = client.ids(LIST)
        pages = [client.ids(LIST, f"page[page]={n}&page[per_page]=3") for n in range(1, len(whole) // 3 + 3)]
    assert [id_ for page in pages for id_ in page] == whole
    assert pages[-1] == []
