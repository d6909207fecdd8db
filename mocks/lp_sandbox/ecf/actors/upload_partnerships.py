"""A lead provider uploads a file of schools, and confirms a partnership with each of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import msgspec

from lp_contract.contract import Rule
from lp_sandbox.ecf.actors.joined_cohort import trained_cohort
from lp_sandbox.ecf.actors.parse_urns import parse_urns
from lp_sandbox.ecf.actors.rules.uploads import NewUpload
from lp_sandbox.ecf.confirm_partnership import confirm
from lp_sandbox.ecf.new_partnership_lookups import commitments_of
from lp_sandbox.ecf.partnership_lookups import works_with_you
from lp_sandbox.ecf.records import EcfCohort, EcfPartnership, EcfSchool, PartnershipUpload
from lp_sandbox.ecf.rules.partnerships import NewPartnership
from lp_sandbox.programme.records import DeliveryPartner, LeadProvider
from lp_sandbox.request.call import Call
from lp_sandbox.request.json_documents import document, one
from lp_sandbox.request.query import one as text_of
from lp_sandbox.request.rules import BoundRule, Check, bound_rules, broken
from lp_sandbox.worlds.ids import make_id, read_id
from lp_sandbox.worlds.records import required
from lp_sandbox.worlds.store import Where

NO_SCHOOL = ""
"""The id of the school of a row whose URN is not valid. A file can have hundreds of thousands of these rows."""


@dataclass(frozen=True, slots=True)
class Row:
    """A URN of a file, with the school that it names and the first rule that forbids a partnership with it."""

    number: int
    urn: str
    school: EcfSchool | None
    broken: Rule | None


class Uploads:
    """Uploads of partnerships, under the rules of the operation that creates one partnership."""

    def __init__(self, rules: Sequence[Rule], checks: Mapping[str, Check]) -> None:
        """Take the rules of that operation and their functions. Only rules with a message for files apply to rows."""
        of_rows = [rule for rule in rules if rule.in_file]
        self._bound_rules: Sequence[BoundRule] = bound_rules(of_rows, checks)

    def upload(self, call: Call) -> bytes:
        """Read a file of URNs, and say with which schools partnerships can be confirmed."""
        cohort, delivery_partner_id = trained_cohort(call), read_id(text_of(call.parameters.get("delivery_partner_id")))
        call.judge(NewUpload(works_with_you(call, cohort, delivery_partner_id), call.content))
        urns = parse_urns(call.content)
        theirs = Where("lead_provider_id", "=", call.lead_provider_id)
        earlier = len(call.store.rows(PartnershipUpload, ("id",), call.world.id, theirs))
        upload = PartnershipUpload(
            id=make_id(call.world.seed, "partnership-upload", call.lead_provider_id, earlier),
            lead_provider_id=call.lead_provider_id,
            cohort=cohort,
            delivery_partner_id=delivery_partner_id,
            urns=",".join(urns),
            row_count=len(urns),
            confirmed_at=None,
            partnership_ids="",
            created_at=call.stamp,
        )
        call.store.add(call.world.id, [upload])
        return _answer(upload, self._rows(call, upload))

    def show(self, call: Call) -> bytes:
        """Say with which schools of a file partnerships can be confirmed now, or were confirmed."""
        upload = _own_upload(call)
        return _answer(upload, self._rows(call, upload), _confirmed(call, upload))

    def confirm(self, call: Call) -> bytes:
        """Confirm a partnership with each school of a file that is still free, and that the request does not remove."""
        upload = _own_upload(call)
        call.judge(upload)
        removed = _removed(call)
        rows = [row for row in self._rows(call, upload) if not (row.school and row.school.id in removed)]
        schools = dict.fromkeys(row.school.id for row in rows if row.school and not row.broken)
        cohort = required(call.store.get(EcfCohort, call.world.id, upload.cohort))
        confirmed = {id_: confirm(call, id_, cohort, upload.delivery_partner_id).id for id_ in schools}
        done = msgspec.structs.replace(upload, confirmed_at=call.stamp, partnership_ids=",".join(confirmed.values()))
        call.store.put(call.world.id, done)
        return _answer(done, rows, confirmed)

    def _rows(self, call: Call, upload: PartnershipUpload) -> Sequence[Row]:
        """Return the rows of a file as the rules see them now."""
        urns = upload.urns.split(",") if upload.row_count else []
        schools = _schools_by_urn(call, urns)
        found = [schools.get(urn) or schools.get(urn.lstrip("0")) for urn in urns]
        facts = _facts(call, upload, {school.id: school for school in schools.values()})
        broken_rules = {school_id: self._first_broken(each) for school_id, each in facts.items()}
        return [
            Row(number, urn, school, broken_rules[school.id if school else NO_SCHOOL])
            for number, (urn, school) in enumerate(zip(urns, found, strict=True), start=1)
        ]

    def _first_broken(self, facts: NewPartnership) -> Rule | None:
        return next((each.rule for each in broken(self._bound_rules, facts)), None)


def _own_upload(call: Call) -> PartnershipUpload:
    upload = call.store.get(PartnershipUpload, call.world.id, read_id(call.path["id"]))
    if upload is None or upload.lead_provider_id != call.lead_provider_id:
        raise call.problem("upload_is_found")
    return upload


def _confirmed(call: Call, upload: PartnershipUpload) -> Mapping[str, str] | None:
    """Return the ids of the confirmed partnerships by their school; None before the confirmation."""
    if upload.confirmed_at is None:
        return None
    among = Where("id", "in", tuple(upload.partnership_ids.split(",")))
    return dict(call.store.rows(EcfPartnership, ("school_id", "id"), call.world.id, among))


def _schools_by_urn(call: Call, urns: Sequence[str]) -> Mapping[str, EcfSchool]:
    wanted = {*urns, *(urn.lstrip("0") for urn in urns)}
    return {school.urn: school for school in call.store.find(EcfSchool, call.world.id, Where("urn", "in", (*wanted,)))}


def _facts(call: Call, upload: PartnershipUpload, schools: Mapping[str, EcfSchool]) -> Mapping[str, NewPartnership]:
    """Return the facts about each school by its id, and the facts of the rows without a school."""
    store, world = call.store, call.world.id
    commitments = commitments_of(call, upload.cohort, schools.keys())
    shared = NewPartnership(
        cohort=str(upload.cohort),
        school_id=NO_SCHOOL,
        lead_provider_id=upload.lead_provider_id,
        delivery_partner_id=upload.delivery_partner_id,
        found_cohort=store.get(EcfCohort, world, upload.cohort),
        found_school=None,
        found_lead_provider=store.get(LeadProvider, world, upload.lead_provider_id),
        found_delivery_partner=store.get(DeliveryPartner, world, upload.delivery_partner_id),
        works_with_you=True,
        present_partnership=None,
        had_provider_last_year=False,
        has_chosen_programme=False,
    )
    found = {
        id_: replace(shared, school_id=id_, found_school=school, **commitments[id_]._asdict())
        for id_, school in schools.items()
    }
    return {NO_SCHOOL: shared, **found}


def _removed(call: Call) -> Collection[str]:
    """Return the ids of the schools that the request removes. The contract guarantees the shape of the body."""
    body = msgspec.json.decode(call.content or b"{}")
    return {read_id(id_) for id_ in body.get("data", {}).get("attributes", {}).get("remove_school_ids", ())}


def _answer(upload: PartnershipUpload, rows: Sequence[Row], confirmed: Mapping[str, str] | None = None) -> bytes:
    """Render an upload. A school that it has confirmed has a partnership by now, which is no error."""
    offered = {row.school.id for row in rows if row.school and not row.broken} if confirmed is None else confirmed
    schools = [row.school for row in rows if row.school and row.school.id in offered]
    failed = [(row, row.broken) for row in rows if row.broken and not (row.school and row.school.id in offered)]
    attributes = {
        "cohort": str(upload.cohort),
        "delivery_partner_id": upload.delivery_partner_id,
        "row_count": upload.row_count,
        "errors": [_error(row, rule) for row, rule in failed],
        "schools": [{"school_id": school.id, "urn": school.urn, "name": school.name} for school in schools],
        "partnership_ids": None if confirmed is None else [confirmed[school.id] for school in schools],
    }
    return one(document("partnership-upload", upload.id, attributes))


def _error(row: Row, rule: Rule) -> Mapping[str, object]:
    return {
        "row_number": row.number,
        "urn": row.urn,
        "school_name": row.school.name if row.school else "",
        "message": rule.in_file,
        "remedy": rule.in_file_remedy,
    }
