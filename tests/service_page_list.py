"""The pages of the service, by the email address of a user who sees them: empty for pages that anybody sees."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ecf_client import partnership_id, scenario, seed_id

FEEDBACK = "/lead-providers/feedback"
ECT = scenario("ect-in-training")["participants"]["ect"]
CHALLENGED = partnership_id("challenged", "penhallow", 2025)
SCHOOL, PARTNERSHIP = seed_id("schools", "partnered"), partnership_id("partnered", "penhallow", 2025)
STATEMENT = "d7c4b1e9-5a02-4f6d-8b37-91e0a6c2f845"
PAGES: Mapping[str, Sequence[str]] = {
    "": ["/lead-providers", "/lead-providers/partnership-guide", FEEDBACK, f"{FEEDBACK}/sent"],
    "morwenna.tresize@example.com": [
        "/dashboard",
        "/lead-providers/your-schools",
        f"/lead-providers/partnerships/{CHALLENGED}",
    ],
    "rosalind.ainscough@example.com": [
        "/admin/schools?search=jessamy",
        f"/admin/schools/{SCHOOL}",
        f"/admin/schools/{SCHOOL}/cohorts/2025/programme",
        f"/admin/schools/{SCHOOL}/partnerships/{PARTNERSHIP}/challenge-partnership",
        "/admin/suppliers",
        "/admin/suppliers/new",
    ],
    "dominic.featherstone@example.com": [
        f"/finance/participants?search={ECT}",
        f"/finance/participants/{ECT}",
        "/finance/statements",
        "/finance/statements?lead_provider=Penhallow+Teaching+Institute",
        f"/finance/statements/{STATEMENT}",
    ],
}
