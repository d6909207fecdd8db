"""Whatever schools, lead providers and DfE do in ECF, the rows of lists are those that the records of people give."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

import pytest
from client import Client
from ecf_client import CLOCK, client, partnership_id, sandbox, scenario, seed_id, send_act

from lp_sandbox.app import App
from lp_sandbox.ecf.list_rows import rebuild_list_rows
from lp_sandbox.ecf.records import (
    EcfDeclaration,
    EcfListedDeclaration,
    EcfParticipant,
    EcfTrainee,
    EcfUnfundedMentor,
    ListedProfile,
    Profile,
    TransferredParticipant,
)
from lp_sandbox.programme.records import ECT, MENTOR, SchoolPeriod
from lp_sandbox.worlds.store import Where

LISTED = (EcfTrainee, ListedProfile, TransferredParticipant, EcfUnfundedMentor)
SCENARIOS = [
    *("ect-in-training", "ect-with-a-new-mentor", "ect-who-left", "removed-ect", "ect-joining-next-month"),
    *("mentor-who-never-trained", "mentor-trained-by-another-provider", "mentor-you-do-not-train"),
    *("ect-not-validated", "ect-with-an-eligible-declaration", "ect-of-a-frozen-cohort", "ect-who-became-a-mentor"),
]
SCHOOLS = [seed_id("schools", name) for name in ("partnered", "partnered-with-another", "school-led")]
PARTNERSHIPS = [
    partnership_id("partnered", "penhallow", 2025),
    partnership_id("partnered-with-another", "quarrington", 2025),
]
DAYS = ("2025-10-01", CLOCK[:10], "2025-10-20", "2025-11-20")


class Acts:
    """Acts of everybody, chosen by chance, upon people of the scenarios."""

    def __init__(self, app: App, chance: Random) -> None:
        self.app, self.chance = app, chance
        self.store = app.worlds._store  # noqa: SLF001
        self.people = [id_ for name in SCENARIOS for id_ in scenario(name)["participants"].values()]

    def act(self) -> str:
        choose: Callable[[], str] = self.chance.choice(
            [self.school, self.school, self.school, self.school, self.lead_provider, self.partnership]
        )
        return choose()

    def school(self) -> str:
        who, school = self.chance.choice(self.people), self.chance.choice(SCHOOLS)
        roles = [each.role for each in self.find(Profile, participant_id=who)]
        of_participant = {"participant_id": who, "participant_type": self.chance.choice(roles)}
        number = {"teacher_reference_number": self.find(EcfParticipant, id=who)[0].given_reference_number}
        given = {"school_id": school, **number}
        path, attributes = self.chance.choice(
            [
                ("transfer-in", {**of_participant, "school_id": school, "date": self.day()}),
                ("transfer-in", {**of_participant, "school_id": school, "date": self.day(), "keeps_providers": True}),
                ("transfer-out", {**of_participant, "date": self.day()}),
                ("remove-participant", of_participant),
                *(("assign-mentor", self.pair()) for _ in range(3)),
                ("change-details", {**of_participant, "email": f"{self.chance.random()}@example.com"}),
                ("change-details", {**of_participant, **number}),
                *(("add-participant", {**given, "participant_type": role}) for role in (ECT, MENTOR)),
            ]
        )
        send_act(self.app, f"school/{path}", **attributes)
        return path

    def lead_provider(self) -> str:
        who = Client(self.app, client(self.app, self.chance.choice(["Penhallow", "Quarrington"])).token)
        action = self.chance.choice(["defer", "withdraw", "resume"])
        path = f"/participants/ecf/{self.chance.choice(self.people)}/{action}"
        who.write("PUT", path, course_identifier="ecf-induction", reason="other")
        return action

    def partnership(self) -> str:
        given = {"cohort": "2025", "school_id": self.chance.choice(SCHOOLS)}
        path, more = self.chance.choice(
            [
                ("challenge-partnership", {"partnership_id": self.chance.choice(PARTNERSHIPS), "reason": "mistake"}),
                ("set-programme", {**given, "programme": "school_led"}),
                ("set-programme", {**given, "programme": "provider_led"}),
            ]
        )
        send_act(self.app, f"administrator/{path}", **more)
        return path

    def pair(self) -> dict[str, str]:
        """An ECT and a mentor who are or were at the same school."""
        mentor = self.chance.choice(
            self.find(SchoolPeriod, role=MENTOR, participant_id=self.chance.choice(self.mentors()))
        )
        ects = self.find(SchoolPeriod, role=ECT, school_id=mentor.school_id)
        ect = self.chance.choice([each.participant_id for each in ects] or self.people)
        return {"participant_id": ect, "mentor_id": mentor.participant_id}

    def mentors(self) -> list[str]:
        return [id_ for id_ in self.people if self.find(Profile, role=MENTOR, participant_id=id_)]

    def day(self) -> str:
        return self.chance.choice(DAYS)

    def find(self, kind: type[Any], **where: str) -> list[Any]:
        return list(self.store.find(kind, "ecf", *(Where(column, "=", value) for column, value in where.items())))

    def rows(self) -> set[Any]:
        theirs = Where("participant_id", "in", tuple(self.people))
        declared = tuple(each.id for each in self.store.find(EcfDeclaration, "ecf", theirs))
        declarations = self.store.find(EcfListedDeclaration, "ecf", Where("declaration_id", "in", declared))
        assert declarations
        return {*declarations, *(each for kind in LISTED for each in self.store.find(kind, "ecf", theirs))}


@pytest.mark.parametrize("seed", range(3))
def test_the_rows_of_lists_are_those_that_the_records_give(seed: int):
    acts = Acts(sandbox(), Random(seed))
    for _ in range(100):
        path = acts.act()
        rows = acts.rows()
        rebuild_list_rows(acts.store, "ecf", acts.people, CLOCK[:10])
        assert rows == acts.rows(), path
