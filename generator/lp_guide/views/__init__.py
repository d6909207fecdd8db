"""The views: parts of pages that show a contract. The template with the name of a view renders it.

A writer calls a view by its name: `{{ error_table('createPartnership') }}`. The first of the contracts is that
of the page.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from lp_guide import directive_samples
from lp_guide.reference_urls import SCHEMES
from lp_guide.views import changes_differences_limits, downloads, editions, errors, operations, seeds, states, versions
from lp_guide.views.view_types import Contracts, Known, View
from lp_guide.writer_mistakes import Mistake

GIVEN = ("contracts", "_")
"""The arguments of a view that come from the page and not from a writer."""


def way_list(_: Contracts, ways: Sequence[Mapping[str, str]]) -> Known:
    """Offer ways on, each with `href`, `title` and `text`."""
    return {"ways": ways}


LANGUAGES = {"conf": "nginx", "mjs": "js"}
"""The languages of files whose ending is not the name of their language."""


def example_file(_: Contracts, file: str) -> Known:
    """Show a file of `site/assets/examples`, with a link to download it. The tests run these files."""
    ending = file.rpartition(".")[2]
    return {"file": file, "language": LANGUAGES.get(ending, ending)}


def directive_list(_: Contracts) -> Known:
    """Show every directive: its arguments, its description, and a sample of its output."""
    return {"directives": [_directive(name, view) for name, view in VIEWS.items()]}


def _directive(name: str, view: View) -> Known:
    if name not in directive_samples.CALLS and name not in directive_samples.SEEN:
        raise Mistake(
            "directive",
            f"There is no sample for the directive `{name}`.",
            "Add one to generator/lp_guide/directive_samples.py.",
        )
    arguments = directive_samples.CALLS.get(name, ())
    taken = [str(each) for each in inspect.signature(view).parameters.values() if each.name not in GIVEN]
    return {
        "name": name,
        "signature": f"{name}({', '.join(each.partition(':')[0] + _default(each) for each in taken if each != '*')})",
        "words": inspect.cleandoc(view.__doc__ or ""),
        "call": f"{name}({', '.join(map(repr, arguments))})",
        "arguments": arguments,
        "seen": directive_samples.SEEN.get(name, ""),
    }


def _default(parameter: str) -> str:
    _, equals, default = parameter.partition(" = ")
    return f"={default.lower()}" if equals else ""


def link_list(_: Contracts) -> Known:
    """Show every kind of link into the contract, with an example."""
    kinds = [
        (kind, directive_samples.LINKS[kind], inspect.cleandoc(f"{lead.__doc__}")) for kind, lead in SCHEMES.items()
    ]
    return {"links": [(kind, name, _lead(words)) for kind, name, words in kinds]}


def _lead(words: str) -> str:
    """Describe the target of a link, with the docstring of the function for its address."""
    return words.removeprefix("Return the address of ").split(";")[0].removesuffix(".")


_VIEWS: Sequence[View] = (
    downloads.download_list,
    editions.edition_changes,
    editions.edition_fields,
    editions.edition_paths,
    editions.step_differences,
    errors.error_list,
    errors.error_reference,
    errors.error_table,
    errors.file_error_table,
    errors.problem_table,
    operations.endpoint,
    operations.example,
    operations.field_table,
    operations.operation,
    operations.operation_list,
    operations.operation_reference,
    operations.operation_summary,
    operations.parameter_table,
    operations.request_fields,
    operations.request_table,
    operations.response_table,
    operations.tag_list,
    seeds.cohort_table,
    seeds.evidence_table,
    seeds.how_sent,
    seeds.milestone_list,
    seeds.milestone_table,
    seeds.scenario_list,
    seeds.seed_names,
    seeds.seeded_schools,
    seeds.statement_months,
    seeds.statement_table,
    states.enum_list,
    states.state_diagram,
    states.state_table,
    states.state_tables,
    versions.version_fields,
    versions.version_operations,
    versions.version_parameters,
    changes_differences_limits.contract_changes,
    changes_differences_limits.difference_table,
    changes_differences_limits.rate_limit,
    directive_list,
    example_file,
    link_list,
    way_list,
)
VIEWS: Mapping[str, View] = MappingProxyType({view.__name__: view for view in sorted(_VIEWS, key=lambda v: v.__name__)})
"""Every view by its name."""
