"""Confirming partnerships in the service, with a file of schools."""

from __future__ import annotations

from pathlib import Path

import pytest
from ecf_client import act, client, outbox, sandbox, seed_id
from service_browser import Browser, Shown
from test_ecf_uploads import OF_ROWS, URNS
from test_service_sign_in import GIDEON, magic_link, use

from lp_sandbox.app import App
from lp_sandbox.ecf.service.report_schools import MOST_SHOWN
from lp_sandbox.request.request_and_answer import Request

START = "/lead-providers/report-schools"
KESTREL, CURLEW, DUNLIN = (seed_id("delivery-partners", f"{name}-hub") for name in ("kestrel", "curlew", "dunlin"))
FILE_PAGE = f"{START}/csv?cohort=2025&delivery_partner={KESTREL}"
FRESH = seed_id("schools", "fresh")
TWO = b"140101\n140108\n"


@pytest.fixture
def app(built_site: Path) -> App:
    return sandbox(site=built_site)


@pytest.fixture
def browser(app: App) -> Browser:
    """The browser of a user of Penhallow who has signed in."""
    browser = Browser(app)
    use(browser, magic_link(browser))
    return browser


def upload(browser: Browser, content: bytes, page: str = FILE_PAGE, name: str = "schools.csv") -> Shown:
    return browser.upload(page, name, content)


def remove(browser: Browser, shown: Shown, urn: str) -> Shown:
    return browser.post(shown.form("Remove", urn), {"urn": urn})


def confirm(browser: Browser, shown: Shown) -> Shown:
    return browser.post(shown.form("Confirm"))


def statuses(app: App, lead_provider: str = "Penhallow") -> dict[str, str]:
    """The status of each partnership of a lead provider, by the URN of the school."""
    listed = client(app, lead_provider).get("/partnerships/ecf", "filter[cohort]=2025&page[per_page]=3000")
    return {each["attributes"]["urn"]: each["attributes"]["status"] for each in listed}


def test_a_user_confirms_schools_with_only_the_screen_as_guide(browser: Browser):
    dashboard = browser.get("/dashboard")
    start = browser.get(dashboard.link("Confirm your schools for the 2025 to 2026 academic year"))
    assert start.heading == "Confirm your schools for the 2025 to 2026 academic year"
    choice = browser.get(start.link("Continue"))
    assert "Kestrel Teaching School Hub" in choice.text
    file_page = browser.post(choice.url, {"delivery_partner_id": KESTREL})
    assert file_page.heading == "Upload your schools for Kestrel Teaching School Hub"
    check = upload(browser, TWO + b"140122\n", file_page.url)
    assert "You are about to confirm 3 schools." in check.text
    check = remove(browser, check, "140108")
    assert "Birkdale Academy has been removed" in check.text
    assert "You are about to confirm 2 schools." in check.text
    done = confirm(browser, check)
    assert done.heading == "2 schools confirmed for Kestrel Teaching School Hub"
    assert {urn: statuses(browser.app).get(urn) for urn in ("140101", "140108", "140122")} == {
        "140101": "active",
        "140108": None,
        "140122": "active",
    }
    assert [each["template"] for each in outbox(browser.app)][1:] == 2 * ["induction_coordinator_email"]


def test_every_refusal_is_shown_by_row_with_the_school_and_what_to_do(browser: Browser):
    rows = "\n".join(["140101", *URNS.values()]).encode()
    results = upload(browser, rows)
    assert (results.title, results.heading) == ("CSV results", "Your CSV has errors")
    assert "We have found 7 rows in your CSV: 6 rows have errors 1 row matches available schools" in results.text
    expected = [(str(row), URNS[rule.name], rule.in_file, rule.in_file_remedy) for row, rule in enumerate(OF_ROWS, 2)]
    found = [[row[0], row[1], row[3], row[4]] for row in results.rows]
    assert sorted(found) == sorted(list(each) for each in expected)
    names = {row[1]: row[2] for row in results.rows}
    assert (names["140129"], names["999999"]) == ("Elverton Junior School", "Not known")
    check = browser.post(results.form("Continue with 1 school"))
    assert "You are about to confirm 1 school." in check.text


def test_a_file_with_errors_only_can_only_be_uploaded_again(browser: Browser):
    results = upload(browser, b"URN\n999999")
    assert "2 rows have errors 0 rows match available schools" in results.text
    assert "Continue with" not in results.text
    assert [row[1] for row in results.rows] == ["No digits", "999999"]
    again = browser.get(results.link("Re-upload CSV"))
    assert again.heading == "Upload your schools for Kestrel Teaching School Hub"


def test_links_lead_back_step_by_step(browser: Browser):
    shown = upload(browser, TWO + b"999999")
    shown = browser.post(shown.form("Continue with 2 schools"))
    headings = []
    for _ in range(5):
        shown = browser.get(shown.link("Back"))
        headings.append(shown.heading)
    assert headings == [
        "Your CSV has errors",
        "Upload your schools for Kestrel Teaching School Hub",
        "Which delivery partner are your schools in the file working with?",
        "Confirm your schools for the 2025 to 2026 academic year",
        "Penhallow Teaching Institute",
    ]


def test_a_delivery_partner_has_to_be_chosen(browser: Browser):
    page = f"{START}/delivery-partner?cohort=2025"
    for fields in ({}, {"delivery_partner_id": ""}, {"delivery_partner_id": DUNLIN}, {"delivery_partner_id": "<b>"}):
        shown = browser.post(page, fields)
        assert (shown.status, shown.errors) == (422, [("delivery_partner_id", "Choose a delivery partner")])
        assert shown.title == "Error: Choose a delivery partner"


def test_markup_in_the_name_of_a_delivery_partner_is_shown_as_it_is(browser: Browser):
    name = "<script>alert(1)</script> & Co"
    providers = {"lead_providers": ["Penhallow Teaching Institute"], "cohorts": ["2025"]}
    partner = act(browser.app, "administrator/add-delivery-partner", name=name, **providers)["id"]
    pages = [browser.get(f"{START}/delivery-partner?cohort=2025")]
    pages.append(upload(browser, b"140101\n999999", f"{START}/csv?cohort=2025&delivery_partner={partner}"))
    pages.append(browser.post(pages[-1].form("Continue with 1 school")))
    pages.append(confirm(browser, pages[-1]))
    pages.append(browser.get(browser.link_in_outbox("/report-incorrect-partnership")))
    pages.append(browser.get("/_sandbox/outbox"))
    assert [page.title for page in pages if name not in page.text or "<script>alert" in page.html] == []


def test_the_delivery_partners_are_those_of_the_cohort(browser: Browser):
    by_cohort = {year: browser.get(f"{START}/delivery-partner?cohort={year}").text for year in (2021, 2025)}
    listed = client(browser.app).get("/delivery-partners", "page[per_page]=3000")
    for partner in listed:
        for year, text in by_cohort.items():
            assert (partner["attributes"]["name"] in text) == (str(year) in partner["attributes"]["cohort"])


@pytest.mark.parametrize("cohort", ["", "2020", "1999", "next", "%3Cb%3E"])
def test_a_cohort_in_which_the_lead_provider_does_not_train_is_the_current_one(browser: Browser, cohort: str):
    shown = browser.get(f"{START}/start?cohort={cohort}")
    assert shown.heading == "Confirm your schools for the 2025 to 2026 academic year"


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        pytest.param("", b"", "Select a CSV file to upload.", id="no file"),
        pytest.param("schools.xlsx", b"PK", "The selected file must be a CSV", id="a wrong type"),
        pytest.param("csv", TWO, "The selected file must be a CSV", id="no ending"),
    ],
)
def test_a_file_that_is_not_csv_gets_an_error_at_the_field(browser: Browser, name: str, content: bytes, message: str):
    shown = upload(browser, content, name=name)
    assert (shown.status, shown.errors, shown.title) == (422, [("csv", message)], "Error: Upload your schools")
    assert shown.heading == "Upload your schools for Kestrel Teaching School Hub"


def test_a_file_that_is_too_large_gets_an_error_at_the_field(browser: Browser):
    path, _, query = FILE_PAGE.partition("?")
    cookie = f"lp_service_session={browser.cookies['lp_service_session']}".encode()
    headers = {b"host": b"127.0.0.1:8000", b"cookie": cookie}
    answer = browser.app.answer(Request("POST", path, query, headers, None, "127.0.0.1"))
    shown = Shown(FILE_PAGE, answer)
    assert (shown.status, shown.errors) == (422, [("csv", "The selected file must be smaller than 2MB")])


def test_a_name_in_capitals_is_a_csv_too(browser: Browser):
    assert "You are about to confirm 2 schools." in upload(browser, TWO, name="SCHOOLS.CSV").text


@pytest.mark.parametrize("content", [b"", b"\n", b" , \r\n"])
def test_an_empty_file_is_a_list_without_schools(browser: Browser, content: bytes):
    assert upload(browser, content).heading == "You have removed all schools from the list"


def test_all_schools_can_be_removed(browser: Browser):
    shown = remove(browser, remove(browser, upload(browser, TWO), "140101"), "140108")
    assert shown.heading == "You have removed all schools from the list"
    assert browser.get(shown.link("Re-upload CSV")).heading == "Upload your schools for Kestrel Teaching School Hub"


def test_a_school_on_two_rows_is_shown_and_confirmed_once(browser: Browser):
    check = upload(browser, b"0140101\n140101")
    assert "You are about to confirm 1 school." in check.text
    assert confirm(browser, check).heading == "1 school confirmed for Kestrel Teaching School Hub"


def test_a_second_form_changes_nothing(browser: Browser):
    check = upload(browser, TWO)
    first = confirm(browser, check)
    before = (statuses(browser.app), len(outbox(browser.app)))
    assert confirm(browser, check).text == first.text
    assert (statuses(browser.app), len(outbox(browser.app))) == before


def test_going_back_and_reloading_change_nothing(browser: Browser):
    check = upload(browser, TWO + b"999999")
    results = check.url
    done = confirm(browser, browser.post(check.form("Continue with 2 schools")))
    before = (statuses(browser.app), len(outbox(browser.app)))
    for page in (results, results.replace("csv/errors", "confirm"), done.url):
        assert browser.get(page).text == done.text
    assert (statuses(browser.app), len(outbox(browser.app))) == before


def test_a_school_that_was_taken_in_the_meantime_is_reported(browser: Browser):
    check = upload(browser, TWO)
    choice = {"cohort": "2025", "school_id": FRESH, "delivery_partner_id": DUNLIN}
    client(browser.app, "Quarrington").done("POST", "/partnerships/ecf", **choice)
    done = confirm(browser, check)
    assert done.heading == "1 school confirmed for Kestrel Teaching School Hub"
    (row,) = done.rows
    assert row[:4] == ["1", "140101", "Applegarth Primary School", "Recruited by other provider"]


def test_when_all_schools_were_taken_nothing_is_confirmed(browser: Browser):
    check = upload(browser, b"140101")
    choice = {"cohort": "2025", "school_id": FRESH, "delivery_partner_id": DUNLIN}
    client(browser.app, "Quarrington").done("POST", "/partnerships/ecf", **choice)
    assert confirm(browser, check).heading == "0 schools confirmed for Kestrel Teaching School Hub"


def test_two_tabs_do_not_disturb_each_other(browser: Browser):
    first = upload(browser, b"140101")
    second = upload(browser, b"140108", f"{START}/csv?cohort=2025&delivery_partner={CURLEW}")
    first = browser.get(first.url)
    assert confirm(browser, first).heading == "1 school confirmed for Kestrel Teaching School Hub"
    assert "Curlew" in confirm(browser, second).heading


PAGES = ("/csv/errors", "/confirm", "/success")


def test_the_upload_of_another_lead_provider_is_not_found(browser: Browser):
    upload_id = upload(browser, TWO).url.partition("upload=")[2]
    other = Browser(browser.app)
    use(other, magic_link(other, GIDEON))
    for id_ in (upload_id, "nothing", "", "%2E%2E%2F", "a/b"):
        for page in PAGES:
            assert other.get(f"{START}{page}?upload={id_}").status == 404
        for page in ("", "/csv/proceed", "/confirm/remove_school"):
            assert other.post(f"{START}{page}?upload={id_}", {"urn": "140101"}).status == 404
    assert "140101" not in statuses(browser.app)


def test_the_pages_are_for_lead_providers_only(app: App):
    administrator = Browser(app)
    use(administrator, magic_link(administrator, "rosalind.ainscough@example.com"))
    assert administrator.get(f"{START}/start").status == 404
    assert Browser(app).get(f"{START}/start").title == "Sign in"
    assert Browser(app).post(FILE_PAGE).title == "Sign in"


@pytest.mark.parametrize("removed", ["999999", "140171,,%3Cb%3E", "140101%22%3E"])
def test_what_the_address_removes_is_only_what_the_upload_has(browser: Browser, removed: str):
    check = upload(browser, TWO)
    shown = browser.get(f"{check.url}&removed={removed}")
    assert "You are about to confirm 2 schools." in shown.text
    assert "<b>" not in shown.html


@pytest.mark.parametrize("headers", [{"origin": "https://elsewhere.example"}, {"sec_fetch_site": "same-site"}])
def test_a_form_of_another_site_confirms_nothing(browser: Browser, headers: dict[str, str]):
    check = upload(browser, TWO)
    assert browser.post(check.form("Confirm"), **headers).status == 403
    assert "140101" not in statuses(browser.app)


def test_a_page_shows_a_limited_number_of_rows(browser: Browser):
    count = MOST_SHOWN + 3
    results = upload(browser, "\n".join(str(900_000 + number) for number in range(count)).encode())
    assert len(results.rows) == MOST_SHOWN
    assert "This page does not show the other 3 rows with errors." in results.text


def test_a_very_long_number_is_shortened(browser: Browser):
    results = upload(browser, b"1" * 100_000 + b"\n12345678901234567890")
    assert [row[1] for row in results.rows] == ["1" * 19 + "…", "12345678901234567890"]


def test_an_unknown_delivery_partner_has_no_page_for_its_file(browser: Browser):
    for partner in ("", "nobody", DUNLIN):
        assert browser.get(f"{START}/csv?cohort=2025&delivery_partner={partner}").status == 404
