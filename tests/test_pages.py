"""What the pages say is what the contract says and what the sandbox does."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner
from site_helpers import (
    FRONT,
    SANDBOX,
    SITE,
    addresses,
    all_contracts,
    close_sandbox,
    contract,
    contract_with,
    contracts,
    render,
    small_site,
    whole_site,
    write_page,
)

from lp_contract.contract import Contract, load
from lp_contract.yaml_source import ContractError, read
from lp_guide import requests_and_answers
from lp_guide.__main__ import lp_guide
from lp_guide.build import build, make
from lp_guide.pages import read_pages
from lp_guide.reference_urls import deep_link, path_deep_link, slug
from lp_guide.render import Renderer
from lp_guide.sandbox_client import Sandbox
from lp_guide.site import Site

PARTNERSHIPS = {
    "Partnerships": ["create-a-partnership", "view-partnerships", "change-a-delivery-partner"],
    "Schools": ["find-schools-and-delivery-partners"],
    "Delivery Partners": ["find-schools-and-delivery-partners"],
}
"""The pages of the guidance about the operations of a tag."""
CREATE_PAGE = "reference/partnerships/createPartnership/index.html"
CREATE = """```http {claims}
POST /api/v3/partnerships

{{
  "data": {{
    "type": "partnership",
    "attributes": {{
      "cohort": "2026",
      "school_id": "{school}",
      "delivery_partner_id": "{{{{ delivery_partner('harbour-hub') }}}}"
    }}
  }}
}}
```
"""


@pytest.fixture(autouse=True, scope="module")
def _one_sandbox():
    yield
    close_sandbox()


NEW = f'{{"id": "default", "size": "small", "clock": "{contract().seeds["world"]["clock"]}"}}'
Send = Callable[[requests_and_answers.Request], requests_and_answers.Response]
STATES = {
    "declarations": ["DeclarationAttributes.state"],
    "participants": ["ParticipantECFEnrolment.training_status", "ParticipantECFEnrolment.participant_status"],
    "statements": ["StatementAttributes.paid"],
}
READ = {"declarations": "getDeclaration", "participants": "getParticipant", "statements": "getStatement"}


def create(claims: str, school: str = "{{ school('fresh') }}") -> str:
    return CREATE.format(claims=claims, school=school)


def page(name: str) -> str:
    """Return a page, without the places at which its long names can break."""
    return whole_site()[name].decode().replace("<wbr>", "")


def words(markup: str) -> str:
    """Return the text of a page as a reader has it."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", "", markup)).split())


def plain(markdown: str) -> str:
    """Return the text of a condition or remedy as a reader has it."""
    return " ".join(re.sub(r"\[([^]]+)\]\([^)]+\)", r"\1", markdown).replace("`", "").split())


def everything() -> str:
    return " ".join(words(data.decode()) for name, data in whole_site().items() if name.endswith(".html"))


# What is shown


def test_the_home_page_shows_a_first_request_then_four_next_steps_and_the_release_note_last():
    home = page("index.html")
    places = [home.index(f'id="{name}"') for name in ("first-request", "start", "more", "editions", "latest")]
    assert places == sorted(places)
    assert home.count('class="app-card"') == 4


def guidance(tag: str) -> str:
    return "".join(page(f"guidance/{name}/index.html") for name in PARTNERSHIPS[tag])


def test_every_rule_of_partnerships_is_on_the_guidance_pages_with_its_condition():
    text = words(guidance("Partnerships"))
    for name in ("createPartnership", "updatePartnership"):
        for rule in contract().operations[name].rules:
            assert rule.message in text
            assert " ".join(rule.when.split()) in text
            for value in rule.broken_by.values():
                assert str(value) in text


def test_pages_of_an_edition_have_examples_of_its_own():
    others = {provider["full_name"] for provider in contract().seeds["lead-providers"]}
    found = {
        name: words(data.decode())
        for name, data in whole_site().items()
        if name.startswith("ecf/") and name.endswith(".html")
    }
    assert [(name, other) for name, text in found.items() for other in others if other in text] == []


def test_every_table_has_rows():
    pages = (name for name in whole_site() if name.endswith(".html"))
    assert [name for name in pages if re.search(r"<tbody[^>]*>\s*</tbody>", page(name))] == []


def test_every_error_is_listed_under_its_name_and_links_to_its_page():
    for each in all_contracts():
        home = addresses([each]).home(each).errors
        text = page(f"{home.strip('/')}/index.html")
        for name in (*each.rules, *each.problems):
            assert f'<dt id="{name}"><a class="govuk-link" href="{home}{name}/">' in text


def test_errors_are_listed_under_each_operation_and_those_of_the_sandbox_alone_come_last():
    *_, rest = page("errors/index.html").partition('id="problems"')
    groups = re.findall(r'<h[23][^>]* id="([^"]+)".*?</h[23]>(.*?)(?=<h[23]|</main>)', rest, re.DOTALL)
    listed = {name: re.findall(r'href="/errors/(\w+)/"', text) for name, text in groups}
    for op in contract().operations.values():
        assert listed.get(op.id, []) == [rule.name for rule in op.rules]
    assert [*listed][-1] == "sandbox-only"
    assert {*listed["sandbox-only"]} == {each.name for each in contract().problems.values() if each.sandbox_only}


def test_the_page_of_an_error_has_its_message_condition_and_remedy():
    for each in all_contracts():
        home = addresses([each]).home(each).errors.strip("/")
        for error in (*each.rules.values(), *each.problems.values()):
            html_of_page = page(f"{home}/{error.name}/index.html")
            text = words(html_of_page)
            assert " ".join(error.message.split()) in words(re.search("<h1.*?</h1>", html_of_page, re.DOTALL)[0])
            for said in (error.name, plain(error.when), plain(error.remedy or "")):
                assert said in text, error.name


def test_every_error_of_the_api_says_what_to_do():
    for each in (load("register"), load("ecf")):
        assert [error.name for error in (*each.rules.values(), *each.problems.values()) if not error.remedy] == []


def test_a_message_with_values_in_it_is_shown_as_it_is_sent_and_they_are_marked():
    rule = contract().rules["cohort_of_today_is_not_frozen"]
    for name in (
        f"errors/{rule.name}/index.html",
        "errors/index.html",
        "reference/declarations/createDeclaration/index.html",
    ):
        assert rule.message in words(page(name))
        assert "{frozen_cohort}" not in page(name)
        assert '<var class="app-hole">2022</var>' in page(name)


def test_the_page_of_an_error_shows_the_request_that_breaks_a_rule_and_its_date():
    text = words(page("errors/cohort_has_started/index.html"))
    rule = contract().rules["cohort_has_started"]
    assert f"X-With-Server-Date: {rule.at}" in text
    assert '"title": "cohort"' in text


def test_every_operation_is_on_the_page_of_its_tag_under_its_own_name_and_has_a_page():
    for each in contracts():
        for op in each.operations.values():
            folder = f"{addresses([each]).home(each).reference.strip('/')}/{slug(op.tag)}"
            assert f'id="{op.id}"' in page(f"{folder}/index.html")
            assert op.path in words(page(f"{folder}/{op.id}/index.html"))


def test_every_field_of_every_operation_is_on_its_reference_page():
    for op in contract().operations.values():
        shown = page(f"reference/{slug(op.tag)}/{op.id}/index.html")
        for name in [*op.attributes, *op.filters]:
            assert f">{name}<" in shown or f"filter[{name}]<" in shown


def test_operations_that_are_answered_from_an_example_are_marked(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(Sandbox, "stateful", lambda *_: frozenset(contract().operations) - {"getStatement"})
    (tmp_path / "trial.md").write_text(FRONT + "{{ operation_reference('getStatement') }}\n")
    with Sandbox(SANDBOX) as opened:
        own = Renderer(contracts(), SITE / "templates", read(SITE / "site.yaml").data, opened)
        assert "Example only" in own.body(read_pages(contracts(), tmp_path, Path("content"))[0]).html
    built = (data for name, data in whole_site().items() if name.endswith(".html") and not name.startswith("ecf/"))
    assert not any(b"Example only" in data for data in built)


def test_every_step_between_states_is_on_the_page_of_its_tag_beside_the_field():
    for tag, fields in STATES.items():
        text = page(f"reference/{tag}/index.html")
        for field in fields:
            name = field.rpartition(".")[2]
            assert f'id="states-{name}"' in text
            assert f'href="/reference/{tag}/#states-{name}"' in page(f"reference/{tag}/{READ[tag]}/index.html")
            for step in contract().transitions[field]:
                assert " ".join(step.when.split()) in words(text)
    assert {field for fields in STATES.values() for field in fields} == set(contract().transitions)


def test_a_state_that_an_actor_changes_links_to_the_sandbox_control():
    assert 'href="/sandbox/actors/payStatement/"' in page("reference/statements/index.html")


def test_every_scenario_is_on_its_page_with_its_story_and_its_ids():
    text = words(page("scenarios/index.html"))
    for recipe in contract().seeds["scenarios"]:
        assert f'id="{recipe["name"]}"' in page("scenarios/index.html")
        assert recipe["story"] in text
        for person in recipe.get("people", {}).values():
            assert person.get("id") is None or person["id"] in text


def test_a_participant_that_a_rule_names_links_to_their_scenario():
    assert 'href="/scenarios/#withdrawn-mentor"' in page("reference/declarations/createDeclaration/index.html")


def test_an_error_that_cannot_come_alone_is_listed_in_the_table_of_errors():
    assert "This also breaks" in page("reference/partnerships/createPartnership/index.html")


def test_every_difference_is_on_its_page():
    text = words(page("differences/index.html"))
    for difference in contract().differences:
        assert " ".join(difference.ours.split()).replace("`", "") in text


def test_both_published_forms_of_deep_link_have_a_place_to_land():
    text = page("api/docs/v3/index.html")
    for op in contract().operations.values():
        assert f'id="{deep_link(op)}"' in text
        assert f'id="{path_deep_link(op)}"' in text
    for written in (
        "/Partnerships/post_api_v3_partnerships",
        "/Partnerships/put_api_v3_partnerships__id_",
        "/Delivery%20Partners/get_api_v3_delivery_partners__id_",
        "/Schools/get_api_v3_schools",
    ):
        assert f'id="{written}"' in text


def test_the_guidance_links_every_endpoint_of_partnerships_to_swagger():
    for operation in contract().operations.values():
        if operation.tag in PARTNERSHIPS:
            assert f'href="/api/docs/v3/#{deep_link(operation)}"' in guidance(operation.tag)


def test_titles_are_unique_and_every_page_has_a_description_and_a_language():
    pages = [data.decode() for name, data in whole_site().items() if name.endswith(".html")]
    titles = [re.search("<title>(.*?)</title>", text)[1] for text in pages]
    own = [title for title in titles if not title.startswith("Moved from ")]  # one address can have two spellings
    assert len(set(own)) == len(own)
    for text in pages:
        assert re.search('<meta name="description" content="[^"]{20,}">', text)
        assert '<html lang="en-GB"' in text


def test_no_page_has_a_script_or_a_style_of_its_own():
    for name, data in whole_site().items():
        if name.endswith(".html"):
            assert b"<style" not in data
            assert not re.search(rb"<[^>]+\sstyle=", data), name
            assert not re.search(rb"<[^>]+\son[a-z]+=", data), name
            assert not re.search(rb"<script(?![^>]*\ssrc=)", data), name


def test_no_stylesheet_loads_a_typeface_or_another_file():
    for name, data in whole_site().items():
        if name.endswith(".css"):
            assert b"@font-face" not in data
            assert b"GDS Transport" not in data
            assert not re.search(rb"""url\(["']?(?!["']?data:)""", data), name


# What is run


def test_the_answer_on_the_page_is_the_one_that_the_sandbox_gave(tmp_path: Path):
    shown = words(render(tmp_path, "```http\nGET /api/v3/schools/{{ school('fresh') }}?filter[cohort]=2026\n```\n"))
    assert "Bearer YOUR_TOKEN" in shown
    assert "200 OK" in shown
    assert '"name": "Ashgrove Primary School"' in shown


def test_each_page_has_a_world_of_its_own(tmp_path: Path):
    assert "200 OK" in render(tmp_path, create("status=200"))
    assert "200 OK" in render(tmp_path, create("status=200"))


def test_what_was_captured_is_used_in_later_requests(tmp_path: Path):
    text = (
        create("capture=made:data.id")
        + "\n```http\nGET /api/v3/partnerships/{{ made }}\n```\n\n`{{ captured.made }}`\n"
    )
    page = render(tmp_path, text)
    made = re.search(r'"id": "([^"]+)"', words(page))[1]
    assert f"GET /api/v3/partnerships/{made}" in words(page)
    assert f'<code class="app-code">{made}</code>' in page


def test_a_long_list_is_cut_with_a_note_of_how_much_is_left_out(tmp_path: Path):
    shown = words(render(tmp_path, "```http show=2\nGET /api/v3/schools?filter[cohort]=2026\n```\n"))
    assert shown.count('"type": "school"') == 2
    assert re.search(r"… \d+ more", shown)


def test_a_page_that_claims_the_rule_it_breaks_is_built(tmp_path: Path):
    assert "422" in render(tmp_path, create("rule=school_is_eligible", "{{ school('closed') }}"))


def test_what_the_contract_says_is_not_read_as_markdown_or_html(tmp_path: Path):
    changed = contract_with(
        tmp_path,
        "This school has only registered school-led participants. Contact the school for more information.",
        "A <b>bold</b> | *starred* message.",
    )
    site = small_site(tmp_path)
    write_page(site, "table.md", f"{FRONT}{{{{ error_table('createPartnership') }}}}\n")
    with Site(changed, site, SANDBOX) as opened:
        files = opened.make().files  # with complaints: the pages to which the table links are not there
    assert b"A &lt;b&gt;bold&lt;/b&gt; | *starred* message." in files["table/index.html"]


SCENARIOS = [
    ("interested", 2026, True),
    ("partnered-all-left", 2025, True),
    ("fresh", 2026, False),
    ("all-left", 2025, False),
]


@pytest.mark.parametrize(("school", "cohort", "shown"), SCENARIOS)
def test_the_schools_named_for_expression_of_interest_are_as_the_page_says(school, cohort, shown, tmp_path: Path):
    text = f"```http\nGET /api/v3/schools/{{{{ school('{school}') }}}}?filter[cohort]={cohort}\n```\n"
    assert f'"expression_of_interest": {str(shown).lower()}' in words(render(tmp_path, text))


@pytest.fixture
def send() -> Iterator[Send]:
    with Sandbox(SANDBOX) as sandbox:
        made = sandbox.send(requests_and_answers.Request("POST", "/_sandbox/worlds", body=NEW), "").body
        yield partial(sandbox.send, token=made["tokens"][0]["token"])


@pytest.mark.parametrize("contract", contracts(), ids=lambda contract: contract.edition)
def test_the_pages_of_errors_show_for_every_rule_what_the_sandbox_answers(contract: Contract, send: Send):
    for op in contract.operations.values():
        for rule in op.breakable_rules:
            shown = requests_and_answers.refused(op, rule)
            assert send(shown.request) == shown.response, rule.name


@pytest.mark.parametrize("contract", contracts(), ids=lambda contract: contract.edition)
def test_the_pages_of_errors_show_for_every_problem_what_the_sandbox_answers(contract: Contract, send: Send):
    for problem in contract.problems.values():
        shown = requests_and_answers.meeting(contract, problem)
        if shown:
            assert send(shown.request) == shown.response, problem.name


# The whole


def test_a_second_build_removes_what_it_no_longer_makes_and_nothing_else(tmp_path: Path):
    site, out = small_site(tmp_path), tmp_path / "out"
    write_page(site, "gone.md", f"{FRONT}Not for long.\n")
    report: list[str] = []
    build(out, edition="register", site=site, sandbox=SANDBOX, report=report.append)
    assert (out / "gone" / "index.html").is_file()
    (out / "mine.txt").write_text("kept")
    (site / "content" / "gone.md").unlink()
    build(out, edition="register", site=site, sandbox=SANDBOX, report=report.append)
    assert not (out / "gone" / "index.html").exists()
    assert (out / "mine.txt").exists()
    assert (out / "next" / "index.html").is_file()


CANNOT = {
    "an edition that has no world": (["--edition", "register/sandbox", "--out", "x"], "has no world of its own."),
    "an edition that nobody wrote": (["--edition", "nix", "--out", "x"], "There is no edition `nix`."),
    "a folder that cannot be made": (["--out", "/proc/x"], "/proc/x:1: [output] Cannot write this file: No such file"),
}


@pytest.mark.parametrize("case", CANNOT)
def test_the_build_refuses_in_words(case: str, tmp_path: Path):
    given, expected = CANNOT[case]
    ended = CliRunner().invoke(lp_guide, ["build", "--site", str(small_site(tmp_path)), *given])
    assert ended.exit_code == 1
    assert isinstance(ended.exception, SystemExit)
    assert expected in ended.output


@pytest.mark.parametrize("address", ["lp_sandbox.nowhere:app", "lp_sandbox.app:nothing", "http://127.0.0.1:9"])
def test_a_sandbox_that_cannot_be_reached_is_named(address: str):
    with pytest.raises(ContractError, match=re.escape(address)):
        make(contract(), SITE, address)
