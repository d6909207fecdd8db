"""The pages of the service, by the email address of a user who sees them: empty for pages that anybody sees.

Words in braces are the addresses that `prepare` returns.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from controls_client import done
from ecf_client import SEEDS, client, partnership_id, scenario, seed_id
from service_browser import Browser, Shown

from lp_sandbox.app import App

FEEDBACK = "/lead-providers/feedback"
ECT = scenario("ect-in-training")["participants"]["ect"]
CHALLENGED = partnership_id("challenged", "penhallow", 2025)
SCHOOL, PARTNERSHIP = seed_id("schools", "partnered"), partnership_id("partnered", "penhallow", 2025)
STATEMENT = "d7c4b1e9-5a02-4f6d-8b37-91e0a6c2f845"
PENHALLOW = "morwenna.tresize@example.com"
REPORT, CHALLENGE = "/lead-providers/report-schools", "/report-incorrect-partnership"
KESTREL = seed_id("delivery-partners", "kestrel-hub")
UPLOADS = {upload["confirmed"]: upload["id"] for upload in SEEDS["uploads"]}
PAGES: Mapping[str, Sequence[str]] = {
    "": [
        "/lead-providers",
        "/lead-providers/partnership-guide",
        FEEDBACK,
        f"{FEEDBACK}/sent",
        "/users/sign_in",
        "/users/check_email",
        "{sign-in}",
        "/users/confirm_sign_in?token=nothing",
        "/_sandbox/outbox",
        "/nominations?token=nothing",
        "{challenge}",
        "{already-challenged}",
        "{challenged}",
    ],
    PENHALLOW: [
        "/dashboard",
        f"{REPORT}/start?cohort=2025",
        f"{REPORT}/delivery-partner?cohort=2025",
        f"{REPORT}/csv?cohort=2025&delivery_partner={KESTREL}",
        "{results}",
        f"{REPORT}/confirm?upload={UPLOADS[False]}&removed=140101",
        f"{REPORT}/success?upload={UPLOADS[True]}",
        "/lead-providers/your-schools",
        f"/lead-providers/partnerships/{CHALLENGED}",
    ],
    "rosalind.ainscough@example.com": [
        "/admin/schools?search=jessamy",
        f"/admin/schools/{SCHOOL}",
        f"/admin/schools/{SCHOOL}/cohorts/2025/programme",
        f"/admin/schools/{SCHOOL}/partnerships/{PARTNERSHIP}/challenge-partnership",
        "/admin/suppliers",
        f"/admin/suppliers/{KESTREL}",
    ],
    "dominic.featherstone@example.com": [
        f"/finance/participants?search={ECT}",
        f"/finance/participants/{ECT}",
        f"/finance/participants/{ECT}/ect/training-status",
        "/finance/statements",
        "/finance/statements?lead_provider=Penhallow+Teaching+Institute",
        f"/finance/statements/{STATEMENT}",
    ],
}


EMPTY_FORMS: Mapping[str, Sequence[str]] = {
    "": ["/users/sign_in", FEEDBACK, "{challenge}"],
    PENHALLOW: [f"{REPORT}/delivery-partner?cohort=2025"],
    "rosalind.ainscough@example.com": [
        f"/admin/schools/{SCHOOL}/cohorts/2025/programme",
        f"/admin/schools/{SCHOOL}/partnerships/{PARTNERSHIP}/challenge-partnership",
        "/admin/suppliers/new",
    ],
    "dominic.featherstone@example.com": [
        f"/finance/participants/{ECT}/ect/training-status",
        f"/finance/statements/{STATEMENT}",
    ],
}
"""Pages that show an error when their forms are sent with nothing filled in."""


def prepare(app: App) -> Mapping[str, str]:
    """Make what some pages show, and return their addresses."""
    browser = Browser(app)
    browser.sign_in(PENHALLOW)
    page = f"{REPORT}/csv?cohort=2025&delivery_partner={KESTREL}"
    addresses = {"results": browser.upload(page, "schools.csv", b"140101\n999999\n140129\n").url}
    for name, school in {"challenged": "proposed-to-close", "challenge": "section-41"}.items():
        choice = {"cohort": "2025", "school_id": seed_id("schools", school), "delivery_partner_id": KESTREL}
        client(app).done("POST", "/partnerships/ecf", **choice)
        addresses[name] = browser.link_in_outbox(CHALLENGE)
    addresses["challenged"] = browser.post(addresses["challenged"], {"reason": "mistake"}).url
    addresses["already-challenged"] = addresses["challenged"].replace("/success", "/already-challenged")
    browser.post("/users/sign_in", {"email": PENHALLOW})
    return {**addresses, "sign-in": browser.link_in_outbox("/users/confirm_sign_in")}


def shown_otherwise(app: App, behind_a_key: App) -> Mapping[str, str]:
    """Return the HTML of pages that have no link, by the way to reach them: an empty form, a wait, or a key.

    It advances the clock of the first sandbox. The second one was started with a key.
    """
    addresses, shown = prepare(app), dict[str, Shown]()
    for email, pages in EMPTY_FORMS.items():
        browser = Browser(app)
        if email:
            browser.sign_in(email)
        shown |= {f"an empty form of {page}": browser.post(page.format_map(addresses)) for page in pages}
    browser.sign_in(PENHALLOW)
    shown["no file"] = browser.upload(f"{REPORT}/csv?cohort=2025&delivery_partner={KESTREL}", "", b"")
    for name, page in shown.items():
        assert page.errors, name
    done(app, "POST", "/clock/advance", {"duration": "P30D"}, query="world=ecf")
    shown["an expired link"] = browser.get(addresses["challenge"])
    shown["a key"] = Browser(behind_a_key).get("/_sandbox/outbox")
    return {name: page.html for name, page in shown.items()}
