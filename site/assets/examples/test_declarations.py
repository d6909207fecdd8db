import requests


class Client:
    """The client that you test."""

    def __init__(self, url, token):
        self.address = f"{url}/api/v3/participant-declarations"
        self.headers = {"Authorization": f"Bearer {token}"}

    def declare_started(self, participant_id):
        attributes = {
            "participant_id": participant_id,
            "declaration_type": "started",
            "declaration_date": "2026-09-10T09:00:00Z",
            "course_identifier": "ecf-induction",
            "evidence_held": "training-event-attended",
        }
        body = {"data": {"type": "participant-declaration", "attributes": attributes}}
        return requests.post(self.address, json=body, headers=self.headers, timeout=10)


def test_a_declaration_is_paid(lp_world):
    ect = lp_world.scenario("ect-without-declarations").participants.ect
    assert Client(lp_world.url, lp_world.token).declare_started(ect).ok
    lp_world.clock.advance(days=72)
    assert len(lp_world.declarations(participant_id=ect, state="paid")) == 1


def test_a_second_declaration_is_refused(lp_world):
    ect = lp_world.scenario("ect-without-declarations").participants.ect
    for _ in range(2):
        Client(lp_world.url, lp_world.token).declare_started(ect)
    lp_world.assert_refused("event_is_not_declared_yet")
