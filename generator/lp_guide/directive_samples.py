"""The samples on the page for writers: the arguments of each directive, or a page that uses it."""

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
"""The arguments of directives with little output."""

SEEN: Mapping[str, str] = {
    "contract_changes": "/versions/",
    "difference_table": "/differences/",
    "edition_changes": "/guidance/moving-from-ecf/changes-by-resource/",
    "edition_fields": "/guidance/moving-from-ecf/",
    "edition_paths": "/guidance/moving-from-ecf/changes/",
    "directive_list": "/writing/directives/",
    "download_list": "/testing/downloads/",
    "error_list": "/errors/",
    "error_reference": "/errors/school_is_eligible/",
    "example_file": "/testing/test-with-pytest/",
    "file_error_table": "/ecf/guidance/confirm-schools-with-a-file/",
    "milestone_list": "/reference/milestones/",
    "operation_list": "/reference/",
    "operation_reference": "/reference/declarations/createDeclaration/",
    "operation_summary": "/reference/declarations/",
    "scenario_list": "/scenarios/",
    "seed_names": "/writing/directives/",
    "seeded_schools": "/guidance/schools-in-the-sandbox/",
    "state_tables": "/reference/declarations/",
    "statement_table": "/ecf/guidance/statements/",
    "step_differences": "/guidance/moving-from-ecf/journey/",
    "tag_list": "/reference/",
    "version_fields": "/ecf/versions/",
    "version_operations": "/ecf/versions/",
    "version_parameters": "/ecf/versions/",
    "way_list": "/",
}
"""Pages that use directives with much output."""

LINKS: Mapping[str, str] = {
    "op": "voidDeclaration",
    "rule": "school_is_eligible",
    "problem": "requests_are_few",
    "state": "Declaration.paid",
    "field": "Declaration.evidence_held",
    "scenario": "withdrawn-ect",
    "swagger": "voidDeclaration",
}
"""A target for each kind of link."""
