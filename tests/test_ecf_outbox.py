"""The outbox: what the service emails to schools and lead providers, and when."""

from __future__ import annotations

import re

import pytest
from client import Client
from ecf_client import CLOCK, SEEDS, act, ask, client, outbox, partnership_id, sandbox, seed_id

from lp_sandbox.app import App

KESTREL, CURLEW, LAPWING = (seed_id("delivery-partners", f"{name}-hub") for name in ("kestrel", "curlew", "lapwing"))
BEFORE, AFTER = "2025-10-22T08:59:59Z", "2025-10-22T09:00:00Z"
"""A second before the reminder about what was confirmed at CLOCK is due, and when it is."""
CONFIRMED = "Training provider confirmed: add your ECTs and mentors"
TUTOR, REMINDED = "induction_coordinator_email", "induction_coordinator_reminder_email"


@pytest.fixture
def app() -> App:
    return sandbox()


@pytest.fixture
def penhallow(app: App) -> Client:
    return client(app)


def confirms(who: Client, school: str = "fresh", partner: str = KESTREL) -> str:
    attributes = {"cohort": "2025", "school_id": seed_id("schools", school), "delivery_partner_id": partner}
    return str(who.done("POST", "/partnerships/ecf", **attributes)["id"])


def templates(app: App, at: str | None = None) -> list[str]:
    return sorted(email["template"] for email in outbox(app, at))


def test_a_new_world_has_sent_nothing(app: App):
    assert outbox(app) == []


def test_a_confirmation_sends_an_email_to_the_induction_tutor_immediately(app: App, penhallow: Client):
    confirms(penhallow)
    (email,) = outbox(app)
    assert (email["to"], email["template"], email["subject"], email["sent_at"]) == (
        "adaeze.nwosu@example.com",
        TUTOR,
        CONFIRMED,
        CLOCK,
    )
    for words in ("Penhallow Teaching Institute", "Kestrel Teaching School Hub", "2025/26", "29 October 2025"):
        assert words in email["body"]
    links = {link["rel"]: link["href"] for link in email["links"]}
    assert re.fullmatch(r"/report-incorrect-partnership\?token=[0-9a-f]{32}", links["challenge"])
    assert all(href in email["body"] for href in links.values())


@pytest.mark.parametrize("template", SEEDS["emails"]["templates"])
def test_every_template_has_its_links_in_its_text(template: str):
    entry = SEEDS["emails"]["templates"][template]
    assert all(f"{{{rel}}}" in entry["body"] for rel in entry["links"])


@pytest.mark.parametrize("template", SEEDS["emails"]["templates"])
def test_a_paragraph_of_a_text_has_no_line_breaks(template: str):
    paragraphs = SEEDS["emails"]["templates"][template]["body"].rstrip("\n").split("\n\n")
    assert not any("\n" in paragraph for paragraph in paragraphs)


def test_a_school_without_a_tutor_gets_messages_at_its_own_address(app: App, penhallow: Client):
    confirms(penhallow, "no-tutor")
    (email,) = outbox(app)
    assert (email["to"], email["template"]) == ("office.140269@example.com", "school_email")
    assert email["subject"] == "FAO: NQT coordinator. Training provider confirmed."
    assert [link["rel"] for link in email["links"]] == ["nominate", "challenge"]
    assert templates(app, AFTER) == ["school_email", "school_reminder_email"]


def test_the_reminder_is_sent_a_week_later(app: App, penhallow: Client):
    confirms(penhallow)
    assert templates(app, BEFORE) == [TUTOR]
    assert templates(app, AFTER) == [TUTOR, REMINDED]
    first, second = outbox(app, AFTER)
    assert (second["sent_at"], second["to"]) == (AFTER, first["to"])
    assert first["links"][1] != second["links"][1]  # each email has its own token


def test_nothing_is_reminded_of_after_a_challenge(app: App, penhallow: Client):
    act(app, "school/challenge-partnership", at=BEFORE, partnership_id=confirms(penhallow), reason="mistake")
    assert REMINDED not in templates(app, AFTER)


def test_a_reminder_that_was_sent_before_the_challenge_stays(app: App, penhallow: Client):
    act(app, "school/challenge-partnership", at=AFTER, partnership_id=confirms(penhallow), reason="mistake")
    assert REMINDED in templates(app, AFTER)


def test_after_another_confirmation_only_its_own_reminder_is_sent(app: App, penhallow: Client):
    id_ = confirms(penhallow)
    Client(app, penhallow.token, BEFORE).done("PUT", f"/partnerships/ecf/{id_}", delivery_partner_id=LAPWING)
    assert templates(app, AFTER) == [TUTOR, TUTOR]
    assert templates(app, "2025-10-29T08:59:59Z") == [TUTOR, TUTOR, REMINDED]


def test_the_present_delivery_partner_sends_no_email(app: App, penhallow: Client):
    id_ = partnership_id("partnered", "penhallow", 2025)
    penhallow.done("PUT", f"/partnerships/ecf/{id_}", delivery_partner_id=CURLEW)
    assert outbox(app) == []


def test_emails_of_the_same_second_are_in_the_order_in_which_they_were_sent(app: App, penhallow: Client):
    for reason in ("mistake", "no_ects", "not_confirmed"):
        for school in ("fresh", "fresh-too"):
            id_ = confirms(penhallow, school)
            act(app, "school/challenge-partnership", partnership_id=id_, reason=reason)
    assert [email["template"] for email in outbox(app)] == [TUTOR, "partnership_challenged_email"] * 6


@pytest.mark.parametrize(("reason", "words"), SEEDS["emails"]["reasons"].items())
def test_a_challenge_sends_its_reason_to_the_user_of_the_lead_provider(app: App, reason: str, words: str):
    id_ = partnership_id("recently-confirmed", "penhallow", 2025)
    act(app, "school/challenge-partnership", partnership_id=id_, reason=reason)
    (email,) = outbox(app)
    assert (email["to"], email["template"]) == ("morwenna.tresize@example.com", "partnership_challenged_email")
    for fact in ("Morwenna Tresize", "Zennor Cross Academy", "140276", "2025/26", words):
        assert fact in email["body"]


def test_the_token_of_a_link_challenges_its_partnership(app: App, penhallow: Client):
    id_ = confirms(penhallow)
    token = outbox(app)[0]["links"][1]["href"].rpartition("=")[2]
    assert act(app, "school/challenge-partnership", token=token, reason="not_confirmed")["id"] == id_
    assert penhallow.get(f"/partnerships/ecf/{id_}")["attributes"]["challenged_reason"] == "not_confirmed"


def test_the_outbox_follows_the_clock_of_the_world(app: App, penhallow: Client):
    confirms(penhallow)
    world = app.worlds.get("ecf")
    assert world
    app.worlds.set_clock(world, lambda _: (AFTER, 0))
    assert templates(app) == [TUTOR, REMINDED]


def test_worlds_have_their_own_outboxes(app: App, penhallow: Client):
    confirms(penhallow)
    app.worlds.create("other", size="small", clock=CLOCK, edition="ecf")
    assert ask(app, "GET", "outbox", "world=other").body == b'{"data":[]}'
    assert ask(app, "GET", "outbox", "world=nowhere").status == 404
