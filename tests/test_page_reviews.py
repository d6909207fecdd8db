"""A page says who keeps it right and when it was reviewed, and `lp-guide check --due` lists what is due."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from site_helpers import contracts, renderer, small_site, write_page

from lp_contract.yaml_source import ContractError
from lp_guide.__main__ import lp_guide
from lp_guide.commands.check import due_reviews
from lp_guide.navigation import Navigation
from lp_guide.page_dates import next_review
from lp_guide.pages import Page, read_pages

NEXT = [
    ("2026-11-22", "1 day", "2026-11-23"),
    ("2026-12-31", "2 weeks", "2027-01-14"),
    ("2026-11-22", "6 months", "2027-05-22"),
    ("2026-08-31", "6 months", "2027-02-28"),
    ("2024-02-29", "1 year", "2025-02-28"),
    ("2026-01-15", "11 months", "2026-12-15"),
    ("2026-01-15", "12 months", "2027-01-15"),
]
REVIEWED = "reviewed: '2026-05-22'\nreview_in: 6 months"
FOOTS = {
    f"owner: Partnerships team\n{REVIEWED}": (
        "Owner of this page: Partnerships team. Last reviewed on 22 May 2026. Next review by 22 November 2026."
    ),
    "owner: Partnerships team": "Owner of this page: Partnerships team.",
    "reviewed: '2026-05-22'": "Last reviewed on 22 May 2026.",
}


def page_with(folder: Path, front: str) -> Page:
    (folder / "trial.md").write_text(f"---\ntitle: A page\ndescription: What it is about.\n{front}\n---\nText.\n")
    return read_pages(contracts(), folder, Path("content"))[0]


@pytest.mark.parametrize(("reviewed", "review_in", "expected"), NEXT)
def test_the_next_review_is_on_the_same_day_or_the_last_of_a_short_month(reviewed: str, review_in: str, expected: str):
    assert next_review(reviewed, review_in) == expected


@pytest.mark.parametrize("front", FOOTS)
def test_a_page_shows_its_owner_and_reviews_at_its_foot(tmp_path: Path, front: str):
    page = page_with(tmp_path, front)
    html = renderer().frame(page, renderer().body(page), Navigation([page], []))
    foot = re.sub("<[^>]+>", "", html[html.index("<footer") :])
    assert FOOTS[front] in " ".join(foot.split())


@pytest.mark.parametrize(("today", "number"), [("2026-11-21", 0), ("2026-11-22", 1), ("2027-01-01", 1)])
def test_a_review_is_due_from_its_day_on(tmp_path: Path, today: str, number: int):
    page = page_with(tmp_path, f"owner: Partnerships team\n{REVIEWED}")
    expected = (
        "content/trial.md:5: [review-due] This page was due for review on 2026-11-22. "
        "Its owner is Partnerships team. Correct the page if necessary, and set `reviewed` to the day of the review."
    )
    assert [str(each) for each in due_reviews([page], today)] == [expected] * number


def test_a_last_review_in_the_future_is_reported(tmp_path: Path):
    page = page_with(tmp_path, "reviewed: '2062-05-22'")
    expected = "content/trial.md:4: [review-due] The review of this page on 2062-05-22 is in the future."
    assert [str(each).partition(" Write")[0] for each in due_reviews([page], "2026-11-22")] == [expected]


def test_a_next_review_after_the_last_year_of_the_calendar_is_a_mistake(tmp_path: Path):
    with pytest.raises(ContractError, match=re.escape("content/trial.md:5: [front-matter] The next review is after")):
        page_with(tmp_path, "reviewed: '9999-12-31'\nreview_in: 1 month")


def test_the_command_lists_what_is_due_and_fails(tmp_path: Path):
    site = small_site(tmp_path)
    command = ["check", "--due", "--site", str(site)]
    assert CliRunner().invoke(lp_guide, command).output == "No review is due.\n"
    old = "reviewed: '2020-01-01'\nreview_in: 1 month"
    write_page(site, "next.md", f"---\ntitle: Next\ndescription: What comes then.\n{old}\n---\nText.\n")
    done = CliRunner().invoke(lp_guide, [*command, "--format", "json"])
    (due,) = json.loads(done.output)
    assert (done.exit_code, due["check"], due["line"]) == (1, "review-due", 4)
