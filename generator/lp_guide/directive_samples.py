"""How the page for writers shows each directive: with what it is called there, or on which page it can be seen."""

from __future__ import annotations

from collections.abc import Mapping

CALLS: Mapping[str, tuple[str, ...]] = {
    "cohort_table": (),
    "endpoint": ("voidDeclaration",),
    "enum_list": ("Declaration.declaration_type",),
    "error_table": ("updatePartnership",),
    "evidence_table": ("createDeclaration",),
    "example": ("getStatement",),
    "field_table": ("StatementAttributes",),
    "how_sent": (),
    "link_list": (),
    "milestone_table": ("2024", "ecf-standard-september"),
    "operation": ("voidDeclaration",),
    "parameter_table": ("getStatements",),
    "problem_table": ("getStatement",),
    "rate_limit": (),
    "request_fields": ("deferParticipant",),
    "request_table": ("deferParticipant",),
    "response_table": ("getDeliveryPartner",),
    "state_diagram": ("ParticipantECFEnrolment.participant_status",),
    "statement_months": (),
    "state_table": ("Statement.paid",),
}
"""What small directives are called with."""

SEEN: Mapping[str, str] = {
    "contract_changes": "/versions/",
    "difference_table": "/differences/",
    "directive_list": "/writing/directives/",
    "milestone_list": "/reference/milestones/",
    "operation_list": "/reference/",
    "operation_reference": "/reference/declarations/createDeclaration/",
    "operation_summary": "/reference/declarations/",
    "problem_catalogue": "/errors/",
    "rule_catalogue": "/errors/",
    "scenario_list": "/scenarios/",
    "seeded_schools": "/guidance/using-the-sandbox/",
    "state_tables": "/reference/declarations/",
    "tag_list": "/reference/",
    "way_list": "/",
}
"""Where those are that fill a page."""

LINKS: Mapping[str, str] = {
    "op": "voidDeclaration",
    "rule": "school_is_eligible",
    "problem": "requests_are_few",
    "state": "Declaration.paid",
    "field": "Declaration.evidence_held",
    "scenario": "withdrawn-ect",
    "swagger": "voidDeclaration",
}
"""Where a link of each kind can lead."""
