"""ECF as a stranger would test it: requests from the description of the service, and its answers.

Only the description is known here: no message, id or path comes from the contract or the code.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from client import Client
from controls_client import saved
from ecf_client import client, sandbox

from lp_sandbox.request.request_and_answer import Answer, Request

JSON_API = "application/vnd.api+json"
PARTNERSHIPS, SCHOOLS, PARTNERS = "/api/v3/partnerships/ecf", "/api/v3/schools/ecf", "/api/v3/delivery-partners"
PARTICIPANTS, TRANSFERS = "/api/v3/participants/ecf", "/api/v3/participants/ecf/transfers"
MENTORS, STATEMENTS, DECLARATIONS = (
    "/api/v3/unfunded-mentors/ecf",
    "/api/v3/statements",
    "/api/v3/participant-declarations",
)
LISTS = (PARTNERSHIPS, SCHOOLS, PARTNERS, PARTICIPANTS, TRANSFERS, MENTORS, STATEMENTS, DECLARATIONS)
NEEDS = {SCHOOLS: "filter[cohort]=2025"}
"""The filter that a list needs."""
BY_TIME = tuple(path for path in LISTS if path != PARTNERS)
"""The lists that can be filtered by the time of the last change."""
NOBODY = "11111111-2222-4333-8444-555555555555"


def refusal(title: str, detail: str) -> dict[str, Any]:
    return {"errors": [{"title": title, "detail": detail}]}


NO_TOKEN = {"error": "HTTP Token: Access denied"}
NOT_FOUND = {"error": "Resource not Found"}
NO_DATA = refusal("Bad request", "correct json data structure required. See API docs for reference")
NO_HASH = refusal("Bad parameter", "Filter must be a hash")
NO_COHORT = refusal("Bad parameter", "The filter '#/cohort' must be included in your request")
NO_TIME = refusal("Bad request", "The filter '#/updated_since' must be a valid RCF3339 date")
NO_STATUS = refusal("Bad request", 'The filter \'#/training_status\' must be ["active", "deferred", "withdrawn"]')
NO_PAGE = refusal(
    "Bad request",
    "The '#/page[page]' and '#/page[per_page]' parameter values must be a valid number (equal and more than 1)",
)
COHORT = {"title": "cohort", "detail": "Enter a '#/cohort'."}
SCHOOL = {"title": "school_id", "detail": "Enter a '#/school_id'."}
PARTNER = {"title": "delivery_partner_id", "detail": "Enter a '#/delivery_partner_id'."}
PARTNERSHIP = {"title": "partnership", "detail": "Enter a '#/partnership'."}
UNKNOWN_COHORT = {
    "title": "cohort",
    "detail": "The '#/cohort' you have entered is invalid. Check cohort details and try again.",
}
UNKNOWN_SCHOOL = {
    "title": "school_id",
    "detail": "The '#/school_id' you have entered is invalid. Check school details and try again. "
    "Contact the DfE for support if you are unable to find the '#/school_id'.",
}
UNKNOWN_PARTNER = {
    "title": "delivery_partner_id",
    "detail": "The '#/delivery_partner_id' you have entered is invalid. Check delivery partner details and try again.",
}
UNRELATED = {
    "title": "delivery_partner_id",
    "detail": "The entered delivery partner is not recognised to be working in partnership with you for the given "
    "cohort. Contact the DfE for more information.",
}


@dataclass(frozen=True)
class Case:
    """A request, and the answer that the service gives. Names in braces stand for ids that lists show."""

    request: str
    status: int
    body: Any = None
    """The JSON of the answer, bytes for exactly these, or None where the case says nothing of it."""
    content_type: str = JSON_API
    send: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        sent = "" if self.send is None else f" {self.send}"
        headers = "".join(f" {name}: {value}" for name, value in self.headers.items())
        return f"{self.request}{sent}{headers}"


def with_query(path: str, *parts: str) -> str:
    """A path with a query, and with what the list needs."""
    return "?".join(filter(None, [path, "&".join(filter(None, [NEEDS.get(path, ""), *parts]))]))


def without_token() -> Iterator[Case]:
    for path in (*LISTS, *(f"{path}/{NOBODY}" for path in LISTS if path != TRANSFERS)):
        yield Case(f"GET {path}", 401, NO_TOKEN, headers={"Authorization": ""})
    for request in (f"POST {PARTNERSHIPS}", f"PUT {PARTNERSHIPS}/{NOBODY}", f"POST {DECLARATIONS}"):
        yield Case(request, 401, NO_TOKEN, send={}, headers={"Authorization": ""})
    for header in ("Bearer", "Bearer nobody", "bearer {token}", "Basic {token}", "{token}", "Token token=nobody"):
        yield Case(f"GET {PARTNERSHIPS}", 401, NO_TOKEN, headers={"Authorization": header})
    yield Case(f"GET {PARTNERSHIPS}?filter=x", 401, NO_TOKEN, headers={"Authorization": "Bearer nobody"})
    yield Case(f"POST {PARTNERSHIPS}", 401, NO_TOKEN, send=b"{", headers={"Authorization": "Bearer nobody"})


def with_token() -> Iterator[Case]:
    for path in LISTS:
        yield Case(f"GET {with_query(path)}", 200)
    yield Case(f"GET {PARTNERSHIPS}", 200, headers={"Authorization": "Token token={token}"})
    yield Case(f"GET {PARTNERSHIPS}", 200, headers={"Accept": "text/html"})
    yield Case(f"GET {PARTNERSHIPS}/", 200)


def unknown_paths() -> Iterator[Case]:
    for path in (
        "/api/v3/partnerships",
        "/api/v3/schools",
        "/api/v3/participants",
        "/api/v3/npq",
        f"{PARTNERSHIPS}/a/b",
    ):
        for token in ("Bearer {token}", ""):
            yield Case(f"GET {path}", 404, NOT_FOUND, headers={"Authorization": token, "Accept": "application/json"})
    for method in ("DELETE", "PUT", "PATCH"):
        yield Case(f"{method} {PARTNERSHIPS}", 404, NOT_FOUND, headers={"Accept": "application/json"})
    for request in (f"DELETE {PARTNERSHIPS}/{NOBODY}", f"POST {SCHOOLS}", f"POST {PARTNERS}"):
        yield Case(request, 404, NOT_FOUND, headers={"Accept": "application/json"})


def unknown_ids() -> Iterator[Case]:
    for path in (PARTNERSHIPS, SCHOOLS, PARTNERS, PARTICIPANTS):
        for id_ in (NOBODY, "x", "11111111-2222-4333-8444-55555555555"):
            yield Case(f"GET {with_query(f'{path}/{id_}', NEEDS.get(path, ''))}", 404, NOT_FOUND)
    yield Case(f"GET {PARTNERSHIPS}/{{anothers}}", 404, NOT_FOUND)
    yield Case(f"GET {PARTNERSHIPS}/{{school}}", 404, NOT_FOUND)
    yield Case(f"GET {PARTNERSHIPS}/{NOBODY}", 404, NOT_FOUND, headers={"Accept": "text/html"})
    yield Case(f"GET {SCHOOLS}/{{school}}?filter[cohort]=", 404, NOT_FOUND)
    yield Case(f"GET {SCHOOLS}/{{school}}?filter[cohort]=1999", 404, NOT_FOUND)
    yield Case(f"GET {SCHOOLS}/{{school}}?filter[cohort]=2025&filter[urn]=1", 404, NOT_FOUND)
    yield Case(f"GET {PARTICIPANTS}/{{participant}}?filter[cohort]=1999", 404, NOT_FOUND)


def known_ids() -> Iterator[Case]:
    yield Case(f"GET {PARTNERSHIPS}/{{partnership}}", 200)
    yield Case(f"GET {PARTNERSHIPS}/{{partnership}}?filter[cohort]=1999", 200)
    yield Case(f"GET {SCHOOLS}/{{school}}?filter[cohort]=2025", 200)
    yield Case(f"GET {PARTNERS}/{{partner}}", 200)
    yield Case(f"GET {PARTICIPANTS}/{{participant}}", 200)


def unreadable_queries() -> Iterator[Case]:
    for path in LISTS:
        yield Case(f"GET {path}?filter=2025", 400, NO_HASH)
        for page in ("page[page]=0", "page[per_page]=0", "page[page]=-1", "page[per_page]=x", "page[page]=", "page=2"):
            yield Case(f"GET {with_query(path, page)}", 400, NO_PAGE)
    for path in BY_TIME:
        for time in ("2020-11-13", "yesterday", "2020-11-13T10:00:00+01:00"):
            yield Case(f"GET {with_query(path, f'filter[updated_since]={time}')}", 400, NO_TIME)
        yield Case(f"GET {with_query(path, 'filter[updated_since]=x', 'page[page]=0')}", 400, NO_TIME)
    for path in (SCHOOLS, f"{SCHOOLS}/{NOBODY}", f"{SCHOOLS}/x"):
        for query in ("", "?filter[urn]=1", "?filter[updated_since]=x", "?page[page]=0"):
            yield Case(f"GET {path}{query}", 400, NO_COHORT)
    yield Case(f"GET {SCHOOLS}/{NOBODY}?filter=2025", 400, NO_HASH)
    for status in ("left", "Active", "active,deferred"):
        yield Case(f"GET {PARTICIPANTS}?filter[training_status]={status}", 400, NO_STATUS)
    yield Case(f"GET {PARTICIPANTS}/{NOBODY}?filter[training_status]=left", 400, NO_STATUS)
    yield Case(f"GET {PARTICIPANTS}?filter[training_status]=left&page[page]=0", 400, NO_STATUS)
    yield Case(f"GET {PARTICIPANTS}?filter[training_status]=left&filter[updated_since]=x", 400, NO_TIME)
    yield Case(f"POST {PARTNERSHIPS}?filter=x", 400, NO_HASH, send={})
    yield Case(f"PUT {PARTNERSHIPS}/{NOBODY}?filter=x", 400, NO_HASH, send={})
    for body in ({"filter": "x"}, {"filter": ["x"]}, {"filter": 1, "data": {"attributes": {"cohort": "2025"}}}):
        yield Case(f"POST {PARTNERSHIPS}", 400, NO_HASH, send=body)
        yield Case(f"PUT {PARTNERSHIPS}/{NOBODY}", 400, NO_HASH, send=body)


def readable_queries() -> Iterator[Case]:
    for path in LISTS:
        yield Case(f"GET {with_query(path, 'page[page]=1x', 'page[per_page]=99999', 'sort=colour')}", 200)
        yield Case(f"GET {with_query(path, 'page[page]=9999')}", 200)
    for path in BY_TIME:
        for time in ("", "2020-11-13T10:00:00Z", "2020-11-13T10:00:00", "2020-11-13T11:00:00%2B01:00"):
            yield Case(f"GET {with_query(path, f'filter[updated_since]={time}')}", 200)
        for time in ("2020-11-13T10%253A00%253A00Z", "2020-11-13T11%253A00%253A00%252B01:00"):
            yield Case(f"GET {with_query(path, f'filter[updated_since]={time}')}", 200)
    yield Case(f"GET {PARTNERS}?filter[updated_since]=x", 200)


def bodies() -> Iterator[Case]:
    for request in (f"POST {PARTNERSHIPS}", f"PUT {PARTNERSHIPS}/{{partnership}}", f"PUT {PARTNERSHIPS}/{NOBODY}"):
        for send in (b"", {}, {"data": {}}, {"data": None}, []):
            yield Case(request, 400, NO_DATA, send=send)
        yield Case(request, 400, NO_DATA, send={"data": {"type": "x"}}, headers={"Content-Type": "text/plain"})
        yield Case(request, 400, b"", "text/html; charset=", send=b'{"data":')
    blank = {"errors": [COHORT, SCHOOL, PARTNER]}
    for kind in (JSON_API, "application/json", "text/x-json", "application/json; charset=utf-8"):
        yield Case(f"POST {PARTNERSHIPS}", 422, blank, send={"data": {"type": "x"}}, headers={"Content-Type": kind})
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    yield Case(f"POST {PARTNERSHIPS}", 422, blank, send=b"data[attributes][cohort]=", headers=form)
    yield Case(f"POST {PARTNERSHIPS}", 422, blank, send={"data": {"attributes": {"colour": "blue"}}})
    yield Case(f"POST {PARTNERSHIPS}", 400, NO_HASH, send=b"filter=x&data[attributes][cohort]=", headers=form)
    for shape in ({"cohort": "2025"}, {}, None):
        yield Case(f"POST {PARTNERSHIPS}", 422, blank, send={"filter": shape, "data": {"type": "x"}})


def attributes(**given: Any) -> dict[str, Any]:
    usual = {"cohort": "2025", "school_id": "{free}", "delivery_partner_id": "{partner}"}
    return {"data": {"type": "ecf-partnership", "attributes": {**usual, **given}}}


def new_partnerships() -> Iterator[Case]:
    post = f"POST {PARTNERSHIPS}"
    for changes, expected in (
        ({"cohort": ""}, [COHORT, UNRELATED]),
        ({"school_id": None}, [SCHOOL]),
        ({"delivery_partner_id": " "}, [PARTNER]),
        ({"cohort": "1999"}, [UNKNOWN_COHORT, UNRELATED]),
        ({"cohort": "x"}, [UNKNOWN_COHORT, UNRELATED]),
        ({"school_id": NOBODY}, [UNKNOWN_SCHOOL]),
        ({"school_id": "x"}, [UNKNOWN_SCHOOL]),
        ({"delivery_partner_id": NOBODY}, [UNKNOWN_PARTNER]),
        ({"delivery_partner_id": "x"}, [UNKNOWN_PARTNER]),
        ({"cohort": "", "school_id": "", "delivery_partner_id": ""}, [COHORT, SCHOOL, PARTNER]),
        (
            {"cohort": "0", "school_id": "x", "delivery_partner_id": "x"},
            [UNKNOWN_COHORT, UNKNOWN_SCHOOL, UNKNOWN_PARTNER],
        ),
        ({"cohort": "1999", "delivery_partner_id": ""}, [PARTNER, UNKNOWN_COHORT]),
    ):
        yield Case(post, 422, {"errors": expected}, send=attributes(**changes))
    for cohort in ("2025", 2025, "2025x"):
        yield Case(post, 200, send=attributes(cohort=cohort))
    yield Case(post, 200, send={"data": {**attributes()["data"], "type": "anything"}})
    yield Case(post, 200, send={"data": {"attributes": {**attributes()["data"]["attributes"], "colour": "blue"}}})


def updates() -> Iterator[Case]:
    for method in ("PUT", "PATCH"):
        for id_, partner, expected in (
            (NOBODY, "{partner}", [PARTNERSHIP]),
            ("x", "{partner}", [PARTNERSHIP]),
            ("{anothers}", "{partner}", [PARTNERSHIP]),
            (NOBODY, "", [PARTNERSHIP, PARTNER]),
            ("{partnership}", "", [PARTNER]),
            ("{partnership}", NOBODY, [UNKNOWN_PARTNER]),
            ("{partnership}", "x", [UNKNOWN_PARTNER]),
        ):
            body = {"data": {"attributes": {"delivery_partner_id": partner}}}
            yield Case(f"{method} {PARTNERSHIPS}/{id_}", 422, {"errors": expected}, send=body)
        body = {"data": {"attributes": {"delivery_partner_id": "{own partner}"}}}
        yield Case(f"{method} {PARTNERSHIPS}/{{partnership}}", 200, send=body)


def server_dates() -> Iterator[Case]:
    for date in ("", " ", "soon", "2025-10-20", "2025-10-20T10:00:00Z", "2025-10-20T10:00:00+01:00", "2099-01-01"):
        yield Case(f"GET {PARTNERSHIPS}", 200, headers={"X-With-Server-Date": date})
    for date in ("2022-13-45", "2025-02-30", "2025-10-20T25:00:00Z"):
        yield Case(f"GET {PARTNERSHIPS}", 400, headers={"X-With-Server-Date": date})


CASES = [
    *without_token(), *with_token(), *unknown_paths(), *unknown_ids(), *known_ids(), *unreadable_queries(),
    *readable_queries(), *bodies(), *new_partnerships(), *updates(), *server_dates(),
]  # fmt: skip


@pytest.fixture(scope="module")
def penhallow() -> Client:
    return client(sandbox())


@pytest.fixture(scope="module")
def put_back(penhallow: Client) -> Iterator[Callable[[], None]]:
    with saved(penhallow.app) as back:
        yield back


@pytest.fixture(scope="module")
def names(penhallow: Client) -> dict[str, str]:
    """The values of the names in braces, as lists show them."""
    everything = "page[per_page]=3000"
    mine = penhallow.get("/partnerships/ecf", f"filter[cohort]=2025&{everything}")
    active = next(one for one in mine if one["attributes"]["status"] == "active")
    anothers = client(penhallow.app, "Quarrington").get("/partnerships/ecf")
    schools = penhallow.get("/schools/ecf", f"filter[cohort]=2025&{everything}")
    before = {
        one["id"] for one in penhallow.get("/schools/ecf", f"filter[cohort]=2024&{everything}") if in_partnership(one)
    }
    free = next(one for one in schools if not in_partnership(one) and one["id"] not in before)
    partners = penhallow.get("/delivery-partners", "filter[cohort]=2025")
    return {
        "token": penhallow.token,
        "partnership": active["id"],
        "own partner": active["attributes"]["delivery_partner_id"],
        "anothers": anothers[0]["id"],
        "school": schools[0]["id"],
        "free": free["id"],
        "partner": partners[0]["id"],
        "participant": penhallow.ids("/participants/ecf")[0],
    }


def in_partnership(school: Any) -> bool:
    return bool(school["attributes"]["in_partnership"])


def filled(text: str, names: Mapping[str, str]) -> str:
    for name, value in names.items():
        text = text.replace(f"{{{name}}}", value)
    return text


def ask(who: Client, case: Case, names: Mapping[str, str]) -> Answer:
    method, _, target = filled(case.request, names).partition(" ")
    path, _, query = target.partition("?")
    headers = {"Authorization": f"Bearer {who.token}", "Content-Type": "application/json", **case.headers}
    sent = {name.lower().encode(): filled(value, names).encode() for name, value in headers.items() if value}
    content = (
        case.send if isinstance(case.send, bytes) else b"" if case.send is None else json.dumps(case.send).encode()
    )
    return who.app.answer(Request(method, path, query, sent, filled(content.decode(), names).encode(), "127.0.0.1"))


@pytest.mark.parametrize("case", CASES, ids=map(str, CASES))
def test_a_request_gets_the_answer_of_the_service(
    penhallow: Client, names: dict[str, str], put_back: Callable[[], None], case: Case
):
    answer = ask(penhallow, case, names)
    if not case.request.startswith("GET") and answer.status == 200:
        put_back()
    assert (answer.status, answer.content_type) == (case.status, case.content_type), answer.body
    if isinstance(case.body, bytes):
        assert answer.body == case.body
    elif case.body is not None:
        assert json.loads(answer.body) == case.body
    if case.status == 401:
        assert (b"www-authenticate", b'Token realm="Application"') in answer.headers


FILTERS: list[tuple[str, str, Callable[[Any], bool]]] = [
    (PARTNERSHIPS, "filter[cohort]=2024", lambda one: one["cohort"] == "2024"),
    (PARTNERSHIPS, "filter[cohort]=2021,2025", lambda one: one["cohort"] in ("2021", "2025")),
    (PARTNERSHIPS, "filter[cohort]=2021x,%202025", lambda one: one["cohort"] in ("2021", "2025")),
    (PARTNERSHIPS, "filter[cohort][]=2024", lambda one: one["cohort"] == "2024"),
    (PARTNERSHIPS, "filter[cohort]=1999", lambda _: False),
    (PARTNERSHIPS, "filter[cohort]=abc", lambda _: False),
    (PARTNERSHIPS, "filter[cohort]=", lambda _: True),
    (PARTNERSHIPS, "filter[delivery_partner_id]=x", lambda _: False),
    (PARTNERSHIPS, f"filter[delivery_partner_id]={NOBODY}", lambda _: False),
    (PARTNERSHIPS, "filter[colour]=blue", lambda _: True),
    (PARTNERSHIPS, "filter[updated_since]=2099-01-01T00:00:00Z", lambda _: False),
    (PARTNERSHIPS, "filter[updated_since]=2025-06-01T00:00:00Z", lambda one: one["updated_at"] >= "2025-06-01"),
    (PARTNERS, "filter[cohort]=2025", lambda one: "2025" in one["cohort"]),
    (PARTNERS, "filter[cohort]=2021,2022", lambda one: bool({"2021", "2022"} & {*one["cohort"]})),
    (PARTNERS, "filter[cohort]=2025.5", lambda one: "2025" in one["cohort"]),
    (PARTNERS, "filter[cohort]=1999", lambda _: False),
    (PARTNERS, "filter[cohort]=abc", lambda _: False),
    (PARTICIPANTS, "filter[from_participant_id]=x", lambda _: False),
    (PARTICIPANTS, f"filter[from_participant_id]={NOBODY}", lambda _: False),
    (PARTICIPANTS, "filter[cohort]=1999", lambda _: False),
    (PARTICIPANTS, "filter[cohort]=", lambda _: True),
    (PARTICIPANTS, "filter[updated_since]=2099-01-01T00:00:00Z", lambda _: False),
    *(
        (
            PARTICIPANTS,
            f"filter[training_status]={status}",
            lambda one, status=status: status in {each["training_status"] for each in one["ecf_enrolments"]},
        )
        for status in ("active", "deferred", "withdrawn")
    ),
    (SCHOOLS, "filter[urn]=1", lambda _: False),
    (SCHOOLS, "filter[updated_since]=2099-01-01T00:00:00Z", lambda _: False),
]  # fmt: skip


def listed(who: Client, path: str, *parts: str) -> list[Any]:
    target, _, query = with_query(path, "page[per_page]=3000", *parts).partition("?")
    found: list[Any] = who.get(target.removeprefix("/api/v3"), query)
    return found


@pytest.mark.parametrize(
    ("path", "query", "is_expected"), FILTERS, ids=[f"{path}?{query}" for path, query, _ in FILTERS]
)
def test_a_filter_returns_what_it_says_in_the_same_order(
    penhallow: Client, path: str, query: str, is_expected: Callable[[Any], bool]
):
    assert listed(penhallow, path, query) == [one for one in listed(penhallow, path) if is_expected(one["attributes"])]


@pytest.mark.parametrize(
    ("cohort", "read_as"), [("2025x", "2025"), ("2021,2022", "2021"), ("1999", None), ("", None), ("abc", None)]
)
def test_the_cohort_of_schools_is_one_year(penhallow: Client, cohort: str, read_as: str | None):
    query = "page[per_page]=3000"
    shown = penhallow.get("/schools/ecf", f"filter[cohort]={cohort}&{query}")
    assert shown == (penhallow.get("/schools/ecf", f"filter[cohort]={read_as}&{query}") if read_as else [])
    assert {one["attributes"]["cohort"] for one in shown} == ({read_as} if read_as else set())


SORTED = [(path, sort) for path in (PARTNERSHIPS, PARTNERS) for sort in ("created_at", "-created_at")]


@pytest.mark.parametrize(("path", "sort"), [*SORTED, (PARTNERS, "updated_at"), (PARTNERS, "-updated_at")])
def test_a_list_is_sorted_by_a_column_in_either_direction(penhallow: Client, path: str, sort: str):
    stamps = [one["attributes"][sort.removeprefix("-")] for one in listed(penhallow, path, f"sort={sort}")]
    assert stamps == sorted(stamps, reverse=sort.startswith("-"))


@pytest.mark.parametrize("path", [PARTNERSHIPS, SCHOOLS, PARTNERS])
@pytest.mark.parametrize("sort", ["", "sort=", "sort=%2Bcolour,created_at", "sort=colour"])
def test_the_oldest_comes_first_without_a_known_column(penhallow: Client, path: str, sort: str):
    stamps = [one["attributes"]["created_at"] for one in listed(penhallow, path, sort)]
    assert stamps == sorted(stamps)


@pytest.mark.parametrize("path", [PARTNERSHIPS, SCHOOLS, PARTNERS, PARTICIPANTS])
@pytest.mark.parametrize("length", [1, 7])
def test_pages_make_up_the_list_and_end_with_an_empty_one(penhallow: Client, path: str, length: int):
    everything = [one["id"] for one in listed(penhallow, path)][: 6 * length]
    found = []
    for page in range(1, 8):
        target, _, query = with_query(path, f"page[page]={page}", f"page[per_page]={length}").partition("?")
        found += penhallow.ids(target.removeprefix("/api/v3"), query)
    assert found[: len(everything)] == everything
    assert listed(penhallow, path, "page[page]=9999") == []


def test_a_page_holds_a_hundred_items_by_default(penhallow: Client):
    everything = listed(penhallow, SCHOOLS)
    assert len(everything) > 100
    assert penhallow.get("/schools/ecf", "filter[cohort]=2025") == everything[:100]


def test_a_challenged_partnership_shows_its_time_with_milliseconds(penhallow: Client):
    challenged = [one["attributes"] for one in listed(penhallow, PARTNERSHIPS) if one["attributes"]["challenged_at"]]
    assert challenged
    assert all(one["challenged_at"].endswith(".000Z") and one["status"] == "challenged" for one in challenged)


SHAPES: dict[str, list[str]] = {
    PARTNERSHIPS: [
        "cohort", "urn", "school_id", "delivery_partner_id", "delivery_partner_name", "status", "challenged_reason",
        "challenged_at", "induction_tutor_name", "induction_tutor_email", "created_at", "updated_at",
    ],
    PARTNERS: ["name", "created_at", "updated_at", "cohort"],
    SCHOOLS: ["name", "urn", "cohort", "in_partnership", "induction_programme_choice", "created_at", "updated_at"],
    PARTICIPANTS: ["full_name", "teacher_reference_number", "updated_at", "ecf_enrolments", "participant_id_changes"],
}  # fmt: skip
TYPES = {PARTNERSHIPS: "partnership", PARTNERS: "delivery-partner", SCHOOLS: "school", PARTICIPANTS: "participant"}


@pytest.mark.parametrize("path", SHAPES)
def test_an_item_has_the_attributes_of_its_kind_and_is_the_same_when_it_is_shown(penhallow: Client, path: str):
    item, *_ = listed(penhallow, path)
    assert sorted(item["attributes"]) == sorted(SHAPES[path])
    assert (list(item), item["type"]) == (["id", "type", "attributes"], TYPES[path])
    assert penhallow.get(f"{path}/{item['id']}".removeprefix("/api/v3"), NEEDS.get(path, "")) == item


@pytest.mark.parametrize(("headers", "day"), [({}, "2025-10-15"), ({"X-With-Server-Date": "2025-12-24"}, "2025-12-24")])
def test_a_server_date_is_the_time_of_its_request_alone(
    penhallow: Client, names: dict[str, str], put_back: Callable[[], None], headers: Mapping[str, str], day: str
):
    answer = ask(penhallow, Case(f"POST {PARTNERSHIPS}", 200, send=attributes(), headers=headers), names)
    put_back()
    assert json.loads(answer.body)["data"]["attributes"]["created_at"][:10] == day
