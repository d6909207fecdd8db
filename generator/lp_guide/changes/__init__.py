"""What changed between two contracts: `changes(old, new)`.

Contracts are compared by what clients can observe: operations by id, fields by their path in the body, rules and
problems by name, transitions by their two states. Renaming, splitting or moving a component is not a change. Neither
are examples, comments, the order of fields, a default that is written out, and `allOf` with one part.

The direction of a change decides whether it breaks clients:

- A **request** breaks when the service accepts less: a field, parameter or value is removed, a field becomes required,
  null is no longer allowed, or a type, format or limit gets narrower. An optional addition breaks nothing.
- An **answer** breaks when a field is removed, can be absent or null, or when a type or limit gets wider. A **new enum
  value** breaks too, because clients handle only the values that they know. Removing a value breaks nothing. A new
  field breaks nothing, because clients ignore unknown fields.
- A changed **default** of a request breaks: a request without the value then means something else.
- **Authentication** breaks when something that was enough no longer is. The charset of a media type breaks clients
  only when a text that is no JSON changes from one charset to another.
- A **status** breaks when it is removed, and when it is a new error. A new status for success does not.
- A **rule** breaks when it is new to an operation: the service may refuse more. Its removal, its order and its example
  request break nothing. The same holds for problems.
- A **condition** of a rule, a problem or a transition is in words, and other words can mean the same. So a changed
  condition has a group of its own, and a person must compare both texts.
- A changed **message** breaks clients that match on it. So does a change of the field that an error names.
- A **transition** breaks when it is removed: what clients wait for does not happen.
- A **cohort, schedule or milestone** breaks when it is removed, closes, or opens later. Payment dates break nothing.
- The **sandbox's data** break only tests, when something is removed or gets another id.
- Changed descriptions, summaries, tags and `deprecated` break nothing.
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
    """Return each change once, by group and resource. Those that break clients come first."""
    both = pairs(old, new)
    found = [
        *document_changes(old, new),
        *operation_changes(old, new, both),
        *rule_changes(old, new, both),
        *seed_changes(old.seeds, new.seeds),
    ]
    tags = [tag["name"] for contract in (new, old) for tag in contract.document.get("tags", ())]
    return ordered(found, tags)
