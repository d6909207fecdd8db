"""The lead provider service in a browser: a client, in the same process, of the operations of the edition.

To add a page:

1. Write a function `(visit) -> Page | Redirect | File` in a module of this package. It reads `visit.request` (`path`,
   `query`, `form`), calls operations with `visit.call("operationId", path=…, query=…, attributes=…)`, and returns
   `visit.page("template", name=value)`. The rules and their messages are those of the operations: show
   `reply.messages` with `visit.page("template", errors=…)`. Raise `NotFound` for what is not there.
2. Put it into `PUBLIC` or into the table of a role below, under its method and path. Pages of a role are for its users
   only; the operations that they call get the token of the user's lead provider, or the world of the user.
3. Write `site/templates/served/service/TEMPLATE.jinja`, which extends `service/layout.jinja` and fills its blocks
   `title` and `main`. The macros of the Design System are in `govuk`. A form has no `action`, so that it goes to the
   address of its page. A form for users includes `service/_made_for.jinja`. A page that changes something ends with a
   `Redirect`.
4. Write the words of the page in `site/texts/en-GB.yaml`, in a group with the name of the template. The group
   `form_error` has what is wrong with a form that no operation refuses: `visit.mistake("field")` returns it.
5. Add a link to `MENUS` in `visit.py` if the menu should have it.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from lp_contract.contract import Contract
from lp_sandbox.ecf.service import (
    administration,
    challenge,
    dashboard,
    feedback,
    finance,
    outbox,
    report_schools,
    sandbox_key,
    sign_in,
    suppliers,
    your_schools,
)
from lp_sandbox.ecf.service.operations_client import Operations
from lp_sandbox.ecf.service.users import ADMINISTRATOR, FINANCE, LEAD_PROVIDER
from lp_sandbox.ecf.service.visit import (
    ServiceContext,
    VisitFunction,
    failed,
    for_role,
    for_users,
    page_function,
    refused,
)
from lp_sandbox.request.edition import ServiceEdges
from lp_sandbox.web.pages import texts_of
from lp_sandbox.web.service_pages import ServicePages

CHALLENGE = "/admin/schools/{school_id}/partnerships/{partnership_id}/challenge-partnership"
TRAINING_STATUS = "/finance/participants/{participant_id}/{participant_type}/training-status"
PUBLIC: Mapping[str, VisitFunction] = {
    "GET /lead-providers": dashboard.landing,
    "GET /dashboard": for_users(dashboard.dashboard),
    "GET /_sandbox/outbox": outbox.show,
    "GET /users/sandbox_key": sandbox_key.show,
    "POST /users/sandbox_key": sandbox_key.enter,
    "GET /nominations": outbox.nominations,
    "GET /lead-providers/partnership-guide": dashboard.partnership_guide,
    "GET /lead-providers/feedback": feedback.describe,
    "POST /lead-providers/feedback": feedback.send,
    "GET /lead-providers/feedback/sent": feedback.thank,
    "GET /report-incorrect-partnership": challenge.show,
    "POST /report-incorrect-partnership": challenge.report,
    "GET /report-incorrect-partnership/already-challenged": challenge.already_challenged,
    "GET /report-incorrect-partnership/link-expired": challenge.link_expired,
    "GET /report-incorrect-partnership/success": challenge.success,
    "GET /users/sign_in": sign_in.show,
    "POST /users/sign_in": sign_in.send,
    "GET /users/check_email": sign_in.check_email,
    "GET /users/confirm_sign_in": sign_in.offer,
    "POST /users/confirm_sign_in": sign_in.sign_in,
    "POST /users/sign_out": sign_in.sign_out,
}
OF_ROLE: Mapping[str, Mapping[str, VisitFunction]] = {
    LEAD_PROVIDER: {
        "GET /lead-providers/report-schools": report_schools.start,
        "GET /lead-providers/report-schools/start": report_schools.start,
        "GET /lead-providers/report-schools/delivery-partner": report_schools.choose,
        "POST /lead-providers/report-schools/delivery-partner": report_schools.chosen,
        "GET /lead-providers/report-schools/csv": report_schools.ask_for_file,
        "POST /lead-providers/report-schools/csv": report_schools.upload,
        "GET /lead-providers/report-schools/csv/errors": report_schools.results,
        "POST /lead-providers/report-schools/csv/proceed": report_schools.proceed,
        "GET /lead-providers/report-schools/confirm": report_schools.check,
        "POST /lead-providers/report-schools/confirm/remove_school": report_schools.remove,
        "POST /lead-providers/report-schools": report_schools.confirm,
        "GET /lead-providers/report-schools/success": report_schools.success,
        "GET /lead-providers/your-schools": your_schools.list_schools,
        "GET /lead-providers/your-schools/{cohort}/schools.csv": your_schools.download_schools,
        "GET /lead-providers/partnerships/{partnership_id}": your_schools.show_school,
    },
    ADMINISTRATOR: {
        "GET /admin": administration.start,
        "GET /admin/schools": administration.list_schools,
        "GET /admin/schools/{school_id}": administration.show_school,
        "GET /admin/schools/{school_id}/cohorts/{cohort}/programme": administration.choose_programme,
        "POST /admin/schools/{school_id}/cohorts/{cohort}/programme": administration.set_programme,
        f"GET {CHALLENGE}": administration.choose_reason,
        f"POST {CHALLENGE}": administration.challenge,
        "GET /admin/suppliers": suppliers.list_suppliers,
        "GET /admin/suppliers/new": suppliers.describe,
        "POST /admin/suppliers/new": suppliers.add,
        "GET /admin/suppliers/{delivery_partner_id}": suppliers.describe,
        "POST /admin/suppliers/{delivery_partner_id}": suppliers.add,
    },
    FINANCE: {
        "GET /finance": finance.start,
        "GET /finance/participants": finance.find_participants,
        "GET /finance/participants/{participant_id}": finance.show_participant,
        f"GET {TRAINING_STATUS}": finance.choose_training_status,
        f"POST {TRAINING_STATUS}": finance.change_training_status,
        "GET /finance/statements": finance.list_statements,
        "GET /finance/statements/{statement_id}": finance.show_statement,
        "POST /finance/statements/{statement_id}": finance.pay_statement,
        "GET /finance/statements/{statement_id}/declarations.csv": finance.download_declarations,
    },
}


def lead_provider_service(contract: Contract, controls: Contract, edges: ServiceEdges) -> ServicePages:
    """Return what answers the requests for pages of the service."""
    words = {name: contract.seeds["emails"][name] for name in ("reasons", "satisfactions")}
    operations = Operations([contract, controls], edges.answer)
    context = ServiceContext(edges, operations, words, texts_of(edges.site))
    guarded = {line: for_role(role, page) for role, pages in OF_ROLE.items() for line, page in pages.items()}
    table = {line: page_function(context, page) for line, page in {**PUBLIC, **guarded}.items()}
    return ServicePages(table, edges.site, partial(refused, context), partial(failed, context))
