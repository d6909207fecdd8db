"""A user of the service says how satisfied they are with it."""

from __future__ import annotations

from collections.abc import Collection

from lp_sandbox.ecf.actors.rules.feedback import NewFeedback
from lp_sandbox.ecf.emails import FEEDBACK, FEEDBACK_TO, Feedback, send_to_address
from lp_sandbox.request.call import Call
from lp_sandbox.request.json_documents import document, one


def send_feedback(satisfactions: Collection[str], call: Call) -> bytes:
    """Send feedback to DfE as an email. `satisfactions` holds what a user can choose."""
    _ = call.attributes()  # refuse a body that cannot be read
    facts = NewFeedback(call.text("satisfaction"), satisfactions, call.text("comments").replace("\r\n", "\n"))
    call.judge(facts)
    feedback = Feedback(facts.satisfaction, facts.comments)
    to = FEEDBACK_TO, "DfE"
    id_ = send_to_address(call.store, call.world, FEEDBACK, to, sent_at=call.stamp, feedback=feedback).id
    attributes = {"satisfaction": feedback.satisfaction, "comments": feedback.comments or None, "sent_at": call.stamp}
    return one(document("feedback", id_, attributes))
