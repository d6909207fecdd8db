"""Checks a contract before anything uses it.

Each check is a small pure function from a draft of the contract to findings. Complaints show the name of the function.
To add a check, write the function, list it here, and add its mistake to tests/cases/mistakes.yaml.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lp_contract import SPEC
from lp_contract.contract import Contract, load
from lp_contract.yaml_source import Complaint, ContractError
from lp_guide.contract_checks import (
    descriptions,
    examples,
    openapi_structure,
    readable_files,
    references,
    rules,
    schema_keywords,
    seed_files,
    service_conventions,
    transitions,
    yaml_scalars,
)
from lp_guide.contract_checks.unchecked_contract import Draft, Finding, read_draft

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path


@dataclass(frozen=True)
class Check:
    """A check, and the checks that must pass before it runs."""

    find: Callable[[Draft], Iterable[Finding]]
    after: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The name of the function, as complaints show it."""
        return self.find.__name__.replace("_", "-")


WHOLE = ("readable", "doubled-name", "misplaced-path", "unlisted-path")
"""The checks that must pass before others can find what is missing or not used."""
LANDED = (*WHOLE, "reference", "circular-reference")
"""The checks that must pass before schemas can be resolved."""

PROBLEMS = ("unknown-word", "missing-word", "word-form", "problem-answer", "unknown-problem", "problem-status")
"""The checks that must pass before the answer of a problem can be rendered."""

HOUSE = (
    Check(readable_files.readable),
    Check(readable_files.doubled_name),
    Check(readable_files.misplaced_path),
    Check(readable_files.unlisted_path, ("readable",)),
    Check(yaml_scalars.unquoted_word),
    Check(yaml_scalars.key_is_text),
    Check(references.reference),
    Check(references.circular_reference),
    Check(references.reference_sibling),
    Check(references.unused_component, LANDED),
    Check(references.unknown_security_scheme, WHOLE),
    Check(references.unknown_tag, WHOLE),
    Check(references.unused_tag, (*WHOLE, "unknown-tag")),
    Check(references.unknown_operation, WHOLE),
    Check(references.unknown_header, (*WHOLE, "unknown-operation")),
    Check(references.link_parameter, WHOLE),
    Check(references.link_expression, LANDED),
    Check(openapi_structure.operation_id),
    Check(openapi_structure.path_parameter, WHOLE),
    Check(openapi_structure.doubled_parameter),
    Check(openapi_structure.ambiguous_path),
    Check(openapi_structure.unknown_property, LANDED),
    Check(openapi_structure.doubled_item),
    Check(openapi_structure.missing_status),
    Check(openapi_structure.missing_rules),
    Check(openapi_structure.schema_title),
    Check(openapi_structure.unknown_extension),
    Check(schema_keywords.unknown_keyword),
    Check(schema_keywords.keyword_without_effect),
    Check(schema_keywords.read_only_request, LANDED),
    Check(schema_keywords.write_only_answer, LANDED),
    Check(schema_keywords.discriminator, LANDED),
    Check(service_conventions.convention),
    Check(service_conventions.publication, WHOLE),
    Check(service_conventions.page_limit, LANDED),
    Check(service_conventions.filter_list),
    Check(descriptions.missing_description),
    Check(descriptions.enum_description),
    Check(descriptions.rate_limit),
    Check(descriptions.proofread),
    Check(transitions.transition),
    Check(rules.unknown_word),
    Check(rules.missing_word),
    Check(rules.unreachable),
    Check(rules.word_form),
    Check(rules.difference),
    Check(rules.unknown_rule, WHOLE),
    Check(rules.unused_rule, (*WHOLE, "unknown-rule")),
    Check(rules.unknown_field, WHOLE),
    Check(rules.broken_by, LANDED),
    Check(rules.timestamp),
    Check(rules.unknown_problem, WHOLE),
    Check(rules.problem_status, WHOLE),
    Check(rules.problem_answer),
    Check(examples.example, LANDED),
    Check(examples.unnamed_field, (*LANDED, "example")),
    Check(examples.problem_fits, (*LANDED, "convention", *PROBLEMS)),
    Check(examples.default, LANDED),
    Check(examples.missing_example, LANDED),
    Check(examples.composed_example, (*LANDED, "example", "missing-example", "unknown-property")),
    Check(examples.example_agrees, (*LANDED, "example")),
    Check(seed_files.seed),
    Check(seed_files.doubled_seed),
    Check(seed_files.seed_name, ("readable",)),
)
OTHERS = (
    Check(openapi_structure.openapi),
    Check(openapi_structure.second_opinion, (*(check.name for check in HOUSE), "openapi")),
)
"""Checks by libraries. If our own check finds a mistake on the same line, only ours is reported: it is clearer."""

CHECKS = (*HOUSE, *OTHERS)


def check(edition: str, root: Path = SPEC) -> tuple[Complaint, ...]:
    """Return every complaint about an edition, sorted by file and line.

    Raises ContractError when there is no such edition.
    """
    return judge(read_draft(edition, root))


def sound(edition: str, root: Path = SPEC) -> Contract:
    """Check and load an edition. Raises ContractError with every complaint."""
    complaints = check(edition, root)
    if complaints:
        raise ContractError(*complaints)
    return load(edition, root)


def judge(of: Draft) -> tuple[Complaint, ...]:
    """Return every complaint about a draft, sorted by file and line."""
    found: dict[str, list[Complaint]] = {}
    for each in CHECKS:
        if not any(found.get(name) for name in each.after):
            found[each.name] = [Complaint(where, each.name, *words) for where, *words in each.find(of)]
    house = {complaint for each in HOUSE for complaint in found.get(each.name, ())}
    lines = {complaint.place for complaint in house}
    others = {c for each in OTHERS for c in found.get(each.name, ()) if c.place not in lines}
    return tuple(sorted(house | others))
