"""What changed between two contracts: `changes(old, new)`.

Contracts are compared by what a client meets: operations by their id, fields by their way through the body, rules and
problems by name, transitions by their two states. So a component that is renamed, split or moved changes nothing, nor
do examples, comments and the order of fields.

Whether a change breaks clients is judged by its direction:

- A **request** breaks when less is taken: a field, parameter or value is removed, a field becomes required, null is no
  longer taken, a type, format or limit gets narrower. What is merely added can be left out, and breaks nothing.
- An **answer** breaks when less is told or when something new can come: a field is removed, can be absent or null, a
  type or limit gets wider. A **new enum value** in an answer breaks too: clients that know the old values meet one that
  they do not know. A value that never comes again breaks nothing, nor does a new field: clients pass over it.
- A **default** breaks where it changes in a request: what is left out then means something else.
- A **status** breaks when it goes, and when it is a new way to refuse. A new status for success does not.
- A **rule** breaks when it is new to an operation, and when its condition reads otherwise: the service may refuse more.
  Its removal, its order and the request that shows it break nothing. The same holds for problems.
- A **message** breaks clients that match on it, and so does the field that an error names.
- A **transition** breaks when it goes, or comes under another condition: what clients wait for may not happen.
- A **cohort, schedule or milestone** breaks when it goes, closes, or opens later. Dates of payment break nothing.
- The **sandbox's data** break tests only: when something is removed or gets another id.
- Words (descriptions, summaries, tags) and `deprecated` break nothing.
"""

from __future__ import annotations

from lp_contract.contract import Contract
from lp_guide.changes.breaking_change import Change, ordered
from lp_guide.changes.operations import operation_changes, pairs
from lp_guide.changes.rules import rule_changes
from lp_guide.changes.seeds import seed_changes
from lp_guide.changes.whole_service import document_changes

__all__ = ["Change", "changes"]


def changes(old: Contract, new: Contract) -> tuple[Change, ...]:
    """Say what changed, once each: what breaks clients first, then by resource."""
    both = pairs(old, new)
    found = [
        *document_changes(old, new),
        *operation_changes(old, new, both),
        *rule_changes(old, new, both),
        *seed_changes(old.seeds, new.seeds),
    ]
    tags = [tag["name"] for contract in (new, old) for tag in contract.document.get("tags", ())]
    return ordered(found, tags)
