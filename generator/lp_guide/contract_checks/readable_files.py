"""Checks that the files can be read and merged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lp_contract import merge_documents
from lp_contract.yaml_source import Complaint, mapping
from lp_guide.contract_checks.unchecked_contract import Draft, Finding, meant

if TYPE_CHECKING:
    from collections.abc import Iterator

DOUBLED = "doubled-name"
"""The check of complaints by the YAML reader about a name that occurs twice in a mapping."""


def readable(draft: Draft) -> Iterator[Finding]:
    """Every file is YAML, and every document a mapping."""
    return (_as_finding(complaint) for complaint in draft.unread if complaint.check != DOUBLED)


def doubled_name(draft: Draft) -> Iterator[Finding]:
    """No name occurs twice in a mapping, or as a component, rule or problem of two documents."""
    yield from (_as_finding(complaint) for complaint in draft.unread if complaint.check == DOUBLED)
    yield from (_as_finding(complaint) for complaint in merge_documents.doubled_names(draft.sources))


def misplaced_path(draft: Draft) -> Iterator[Finding]:
    """Every path of the table of contents refers to the document that contains it."""
    if not draft.unread:
        yield from (_as_finding(complaint) for complaint in draft.misplaced)


def unlisted_path(draft: Draft) -> Iterator[Finding]:
    """Every path of a document is in the table of contents: other paths are not loaded."""
    for name, source in merge_documents.documents(draft.sources):
        if name == merge_documents.TABLE_OF_CONTENTS or merge_documents.is_of_actors(name):
            continue
        for path in mapping(source.data.get("paths")):
            if path not in _listed(draft):
                yield Finding(
                    source.place(("paths", path)),
                    f"The table of contents does not list {path}.",
                    f"Add it to {merge_documents.TABLE_OF_CONTENTS}. {meant(path, _listed(draft))}",
                )


def _listed(draft: Draft) -> list[str]:
    contents = draft.sources.get(merge_documents.TABLE_OF_CONTENTS)
    return [str(path) for path in mapping(contents.data.get("paths"))] if contents else []


def _as_finding(complaint: Complaint) -> Finding:
    return Finding(complaint.place, complaint.message, complaint.remedy)
