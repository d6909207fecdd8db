"""`lp-guide lint`: every defect of guidance is found with its line, and what is sound draws no complaint."""

import collections
import json
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner
from hypothesis import example, given, settings
from hypothesis import strategies as st

from lp_guide.__main__ import lp_guide
from lp_guide.lint import LINTS, lint, lint_file, look_over, name_of

HERE = Path(__file__).parent
CASES = yaml.load((HERE / "cases" / "guidance-defects.yaml").read_text(encoding="utf-8"), yaml.CSafeLoader)
OURS = sorted([*(HERE.parent / "site" / "content").rglob("*.md"), *HERE.parent.glob("*.md")])
SEEDS = HERE.parents[1] / "shared" / "seeds"
PAGE = Path("page.md")
MARK = "«"

HOW_TO, RULES, PARTNERSHIPS, REGISTER = (
    "ecf-how-to-guides.md",
    "ecf-lead-provider-service-rules.md",
    "ecf-partnerships-documentation.md",
    "register-partnerships-guidance.md",
)
DEFECTS = {
    HOW_TO: {
        "placeholder": [8, 239, 244, 286, 307, 368, 430, 598, 709, 750, 797, 801, 822],
        "not-a-uuid": [88, 139, 687, 692, 693, 727, 732, 733, 766, 771, 772, 840, 873],
        "missing-verb": [185],
        "curly-quotes": [386, 403, 448, 464],
        "malformed-json": [392, 454],
        "answer-differs": [345, 347, 407, 468, 690, 692, 693],
        "doubled-resource": [530],
        "quoted-null": [696, 697],
        "list-for-one": [764, 871],
        "doubled-slash": [862],
        "other-operation": [805],
        "misspelling": [366],
        "doubled-stop": [709, 750, 801],
        "wrong-type": [690, 730, 769],
    },
    RULES: {
        "skipped-heading": [5],
        "nothing-follows": [7, 36, 73, 111, 131, 157, 209, 232, 237, 243, 249, 255, 265, 277, 327],
        "misspelling": [60, 320],
        "proxied-link": [359],
    },
    PARTNERSHIPS: {"mojibake": [15], "proxied-link": [33], "misspelling": [105, 183]},
    REGISTER: {
        "capital-boolean": [43, 49, 50, 51, 52, 97],
        "filter-value": [104],
        "unversioned-path": [149],
        "fence-content": [207],
        "not-a-uuid": [209],
        "wrong-type": [212],
    },
}
beside_the_seeds = pytest.mark.skipif(not SEEDS.is_dir(), reason="the seeds do not stand beside this checkout")


def found_in(text, edition=None):
    return [(c.check, c.place.line) for c in lint(text, PAGE, edition)]


def run(*arguments):
    return CliRunner().invoke(lp_guide, ["lint", *map(str, arguments)])


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_a_defect_draws_its_complaint_and_no_other(case):
    before, _, after = case["text"].partition(MARK)

    assert found_in(before + after, case.get("edition")) == [(case["lint"], before.count("\n") + 1)]


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_the_clean_neighbour_of_a_defect_draws_none(case):
    assert found_in(case["clean"], case.get("edition")) == []


def test_every_lint_has_a_case():
    assert {case["lint"] for case in CASES} == {name_of(each) for each in LINTS}


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_line_numbers_count_from_the_top_of_the_file(case):
    before, _, after = case["text"].partition(MARK)
    if before.startswith("---"):
        return
    above = "---\ntitle: A page\n---\r\n\r\nWords.\r\n\r\n# Heading\n\n"

    found = found_in(above + before + after, case.get("edition"))

    assert (case["lint"], (above + before).count("\n") + 1) in found


PIECES = [
    "```",
    "```json\n",
    "{",
    "}",
    "[",
    "]",
    '"a"',
    ":",
    ",",
    "“",
    "\n",
    "\n\n",
    "# ",
    "| ",
    "|-|-|\n",
    "](",
    ")",
    "GET ",
]
PIECES += [
    "/api/v3/schools",
    "//api/",
    "`",
    "the ",
    "...",
    "{{",
    "null",
    "1",
    "\\",
    "'",
    "---\n",
    "<!--",
    ">",
    "- ",
    "\t",
    "\0",
]


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join) | st.text())
@example("```http\nGET /x")
@example("{#")
@example("a\r|b\r\n|-|-|")
def test_nothing_that_is_written_can_break_it_and_no_line_is_made_up(text):
    lines = text.replace("\r\n", "\n").count("\n") + 1

    assert all(1 <= line <= lines for _, line in found_in(text))


@pytest.mark.parametrize("file", OURS, ids=[file.relative_to(HERE.parent).as_posix() for file in OURS])
def test_our_own_pages_draw_no_complaint(file):
    assert lint_file(file) == ()


DESCRIBED = {
    "a path of one edition": ("`GET /api/v3/partnerships/ecf`", ["ecf"]),
    "a path of the other edition": ("```\nPUT /api/v3/participants/{id}/withdraw\n```", ["register"]),
    "a path in any version": ("```\n/api/v{n}/participants/ecf/{id}/resume\n```", ["ecf"]),
    "a path that both have": ("`GET /api/v3/statements`", ["ecf", "register"]),
    "paths of both": ("Not `GET /api/v3/participants/ecf`, but `GET /api/v3/participants`.", ["ecf", "register"]),
    "a path of one beside a path of both": ("`GET /api/v3/statements`, `GET /api/v3/participants/ecf`", ["ecf"]),
    "a link into Swagger UI": ("[More](/api/docs/v3#/Schools/get_api_v3_schools)", ["register"]),
    "a link to a published reference": ("[More](/api-reference/reference-v3.html#api-v3-schools-ecf-get)", ["ecf"]),
    "a link to the service": (
        "[Sign in](https://sb.manage-training-for-early-career-teachers.education.gov.uk/users/sign_in)",
        ["ecf"],
    ),
    "the front matter of a page of this site": ("---\ntitle: A page\ncontract: ecf/sandbox\n---\nWords.", ["ecf"]),
    "nothing": ("Words, and `GET /elsewhere`.", []),
    "mostly paths of another API": (
        "`GET /api/v3/schools`, `GET /api/v3/pupils`, `POST /api/v3/pupils`, `GET /api/v3/pupils/{id}`",
        [],
    ),
    "two mistakes": ("`GET /api/v3/schools`, `GET /api/v3/school`, `GET /api/v3/partnership`", ["register"]),
}


@pytest.mark.parametrize("case", DESCRIBED)
def test_the_editions_that_a_page_describes_are_found_by(case, tmp_path):
    text, expected = DESCRIBED[case]
    file = tmp_path / "page.md"
    file.write_text(text, encoding="utf-8")

    assert [contract.edition for contract in look_over(file).contracts] == expected


def test_on_a_page_about_both_editions_a_name_of_either_is_right_and_a_name_of_neither_is_not():
    both = "Not `GET /api/v3/participants/ecf`, but `GET /api/v3/participants`.\n\n"

    of_either = "`GET /api/v1/participant-declarations?filter[participant_id]=1`, `POST /api/v3/partnerships`"
    assert found_in(both + of_either) == []
    assert found_in(both + "`GET /api/v3/partnership`\n\n`GET /api/v3/statements?filter[cohorts]=2021`") == [
        ("unknown-path", 3),
        ("unknown-parameter", 5),
    ]


@beside_the_seeds
@pytest.mark.parametrize("name", DEFECTS)
def test_a_seed_draws_its_defects_with_their_lines_and_nothing_else(name):
    found = collections.defaultdict(list)
    for complaint in lint_file(SEEDS / name):
        found[complaint.check].append(complaint.place.line)

    assert found == DEFECTS[name]


@beside_the_seeds
def test_every_link_of_the_seeds_into_swagger_lands():
    text = (SEEDS / REGISTER).read_text(encoding="utf-8")
    assert text.count("/api/docs/v3#/") == 8

    assert "unknown-operation" not in dict(found_in(text))
    assert "unknown-operation" in dict(found_in(text.replace("v3_schools", "v3_school")))


@beside_the_seeds
def test_the_names_of_a_seed_are_compared_with_its_own_edition_or_the_requested_one():
    text = (SEEDS / HOW_TO).read_text(encoding="utf-8")

    assert "unknown-path" not in dict(found_in(text))
    assert ("unknown-path", 714) in found_in(text, "register")
    assert {("wrong-type", 690), ("wrong-type", 730), ("wrong-type", 769)} <= set(found_in(text, "register"))


def test_the_method_is_proposed_that_the_link_in_the_section_names():
    text = "```\n/api/v3/x/{id}\n```\n\n[More](/api-reference/reference-v3.html#api-v3-x-id-put)"

    assert "Write `PUT /api/v3/x/{id}`" in lint(text, PAGE)[0].remedy


def test_a_file_that_is_not_utf_8_is_told_with_the_line(tmp_path):
    file = tmp_path / "page.md"
    file.write_bytes(b"One.\nTwo \x96 three.\n")

    assert [(c.check, c.place.line) for c in lint_file(file)] == [("readable", 2)]


def test_the_command_praises_what_is_sound(tmp_path):
    file = tmp_path / "page.md"
    file.write_text("# Sound\n", encoding="utf-8")

    result = run(file)

    assert (result.exit_code, result.output) == (0, "Nothing is wrong with 1 file.\n")
    assert json.loads(run(file, "--format", "json").output) == []


def test_the_command_reports_every_file_and_fails(tmp_path):
    files = [tmp_path / "a.md", tmp_path / "b.md"]
    for file in files:
        file.write_text("The the end.\n", encoding="utf-8")

    result = run(*files)
    entries = json.loads(run(*files, "--format", "json").output)

    assert result.exit_code == 1
    assert f"{files[1]}:1: [repeated-word] `the` occurs twice in a row." in result.output
    assert [(entry["file"], entry["line"]) for entry in entries] == [(file.as_posix(), 1) for file in files]
    assert run(*files, "--format", "github").output.startswith(f"::error file={files[0].as_posix()},line=1,")


@beside_the_seeds
@pytest.mark.parametrize(
    ("name", "edition"), [(HOW_TO, "ecf"), (RULES, "ecf"), (PARTNERSHIPS, "ecf"), (REGISTER, "register")]
)
def test_each_seed_describes_its_edition(name, edition):
    assert [contract.edition for contract in look_over(SEEDS / name).contracts] == [edition]


def test_the_command_says_which_editions_a_file_describes(tmp_path):
    file = tmp_path / "page.md"
    file.write_text("`GET /api/v3/partnerships/ecf`\n", encoding="utf-8")

    assert run(file).output == f"{file} describes the edition ecf.\nNothing is wrong with 1 file.\n"
    assert run(file, "--format", "json").output == "[]\n"
    file.write_text("`GET /api/v3/statements`\n", encoding="utf-8")
    assert run(file).output.startswith(f"{file} describes the editions ecf and register.\n")


def test_the_command_says_once_that_a_page_is_about_another_api(tmp_path):
    file = tmp_path / "page.md"
    paths = "".join(f"`GET /api/v3/pupils/{name}?filter[x]=1`\n" for name in ("a", "b", "c", "d"))
    file.write_text(f"`GET /api/v3/schools`\n{paths}", encoding="utf-8")

    assert f"{file} is about another API: most of its paths are in no edition" in run(file).output
    assert run(file).exit_code == 0
    assert run(file, "--edition", "register").output.count("[unknown-path]") == 4


def test_the_command_takes_an_edition(tmp_path):
    file = tmp_path / "page.md"
    file.write_text("`GET /api/v3/partnerships/ecf`\n", encoding="utf-8")

    assert run(file).exit_code == 0
    assert "[unknown-path]" in run(file, "--edition", "register").output
    assert "There is no edition `nowhere`" in run(file, "--edition", "nowhere").output
