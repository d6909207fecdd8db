"""Renders views of the contracts, each once for all pages about the same contract."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from markupsafe import Markup

from lp_contract.contract import Contract, Operation
from lp_contract.file_reading import visible
from lp_contract.merge_documents import shown
from lp_contract.published_document import usual_address
from lp_contract.yaml_source import read
from lp_guide import contract_links, page_request_runner, request_options, requests_and_answers, texts, views
from lp_guide.answer_cache import AnswerCache
from lp_guide.answers_against_contract import Answers
from lp_guide.coverage.contract_items import Shown
from lp_guide.coverage.detector import Detector
from lp_guide.glossary import Term
from lp_guide.markdown import Markdown
from lp_guide.pages import Page
from lp_guide.redirects import FormerPage
from lp_guide.reference_urls import Addresses
from lp_guide.requests_and_answers import Exchange
from lp_guide.sandbox_client import Sandbox
from lp_guide.search_entries import edition_of
from lp_guide.templates import Templates
from lp_guide.templates import about as known_of
from lp_guide.writer_mistakes import Mistake, find, placed, suggestion

SIDE_BY_SIDE = "side-by-side.yaml"
"""The file of a site in which tests record what differs between editions, step by step."""
EXAMPLES = "assets/examples"
"""The folder of a site with files that readers can download and that the tests run."""
Record = Callable[[Shown], object]
"""A function that records what a view shows of the contract."""


def _recorded_steps(file: Path) -> Mapping[str, Any]:
    """Return the steps for templates. Without steps, templates that need them fail."""
    return {"steps": read(file, shown(file)).data["steps"]} if file.is_file() else {}


def _example(folder: Path, name: str) -> str:
    """Return the text of a file for download. Raises Mistake with a suggestion if there is none."""
    return find({file.name: file for file in visible(folder, "*")}, name, "example").read_text(encoding="utf-8")


class About(Protocol):
    """A page: what it is about, and its language."""

    @property
    def contracts(self) -> Sequence[Contract]:
        """The contracts, first that of the page."""

    @property
    def lang(self) -> str:
        """The language; empty for that of the site."""


@dataclass(frozen=True, slots=True)
class RenderedView:
    """A view as HTML."""

    html: Markup
    shown: Shown
    """What it shows of the contract, with the views inside it."""


MOST_VIEWS = 200
"""The number of views that are kept, the latest: those of a page that somebody writes, or that many pages show."""


class ViewRenderer:
    """Renders views and whole pages with the templates of a site."""

    def __init__(
        self,
        addresses: Addresses,
        templates: Path,
        settings: Mapping[str, Any],
        sandbox: Sandbox,
        detector: Detector,
        *,
        earlier: AnswerCache,
    ) -> None:
        """Take the contracts with their addresses, first the contract of the site, which the sandbox serves."""
        self._addresses, self._contract = addresses, addresses.contracts[0]
        self._sandbox, self._detector, self._earlier = sandbox, detector, earlier
        self.answers = Answers(addresses.contracts)
        self._rendered: dict[str, RenderedView] = {}
        self._shared = settings["search"].get("shared", ())
        self._templates = Templates(templates, Markdown(addresses, contract_links.unresolved(addresses)))
        self._languages, self._language = texts.languages(templates.parent), settings["language"]
        clock = self._contract.seeds["world"]["clock"]
        self._templates.know(
            site=settings,
            edition=self._contract,
            publications=[each for each in self._contract.publications if each.files],
            examples_only=self._contract.operations.keys()
            - earlier.fact(f"stateful {self._contract.edition}", lambda: sandbox.stateful(clock)),
            sandbox_address=usual_address(self._contract),
            example_text=partial(_example, templates.parent / EXAMPLES),
            **_recorded_steps(templates.parent / SIDE_BY_SIDE),
        )

    def refuse_language(self, page: Page) -> None:
        """Raise ContractError for a page in a language for which the site has no texts."""
        if page.lang:
            with placed(page.place_of_front("lang")):
                find(self._languages, page.lang, f"file in `{texts.FOLDER}` for the language")

    def view(self, record: Record, about: About, name: str, *arguments: Any, **named: Any) -> Markup:
        """Render a view, and record what it shows."""
        key = f"{about.lang} {[each.edition for each in about.contracts]} {name} {arguments} {named}"
        rendered = self._rendered.pop(key, None) or self._render(about, name, *arguments, **named)
        self._rendered[key] = rendered
        if len(self._rendered) > MOST_VIEWS:
            del self._rendered[next(iter(self._rendered))]
        record(rendered.shown)
        return rendered.html

    def _render(self, about: About, name: str, *arguments: Any, **named: Any) -> RenderedView:
        values = dict(views.VIEWS[name](about.contracts, *arguments, **named))
        seen = [Shown(self._detector.in_view(values))]
        html = self._templates.render(f"parts/{name}.html", self._known(about, seen.append) | values)
        return RenderedView(Markup(html.strip()), Shown.union(seen))  # noqa: S704 - its template escapes

    def exchange(self, exchange: Exchange, name: str, *, lang: str = "", names_edition: bool = False) -> Markup:
        """Render a request with its answer. `name` is that of the group of its forms on the page.

        Where a page sends requests to several editions, each request names its own.
        """
        known = {"exchange": exchange, "name": name, "names_edition": names_edition, **self._texts(lang)}
        html = self._templates.render("parts/exchange.html", known)
        return Markup(html)  # noqa: S704 - its template escapes

    def terms(self, terms: Sequence[Term], lang: str) -> Markup:
        """Render what explains the terms of a page."""
        html = self._templates.render("parts/terms.html", {"terms": terms, **self._texts(lang)})
        return Markup(html)  # noqa: S704 - its template escapes

    def page(self, page: Page, known: Mapping[str, Any]) -> str:
        """Render a whole page with its template."""
        if page.template not in self._templates.names:
            message = f"There is no template `{page.template}`."
            remedy = suggestion(page.template, self._templates.names)
            raise Mistake("front-matter", message, remedy).at(page.place_of_front("template"))
        common = self._known(page, lambda _: None)
        own = {"page": page, "searched_edition": edition_of(page, self._shared)}
        return self._templates.render(page.template, {**common, **page.values, **own, **known})

    def former_page(self, page: FormerPage) -> str:
        """Render the page that redirects from a former address."""
        return self._templates.render(
            "moved.html", {"old": page.old, "new": page.new, "parts": page.parts, **self._texts()}
        )

    def layout(self, template: str, known: Mapping[str, Any]) -> str:
        """Render the layout of the pages that the sandbox makes for each request."""
        return self._templates.render(template, {**self._texts(), **known})

    def check_served(self, name: str) -> None:
        """Check a template that the sandbox fills in. Raises ContractError when it cannot be read."""
        self._templates.parse(name)

    def texts(self, lang: str = "") -> Any:
        """Return the texts of a language, or of that of the site."""
        return self._languages[lang or self._language]

    def _texts(self, lang: str = "") -> dict[str, Any]:
        return {texts.VARIABLE: self.texts(lang), "language": lang or self._language}

    def _known(self, about: About, record: Record) -> dict[str, Any]:
        """Return the variables of templates: texts, contracts, and their views."""
        named = {name: partial(self.view, record, about, name) for name in views.VIEWS}
        return (
            self._texts(about.lang)
            | known_of(replace(self._addresses, contracts=about.contracts))
            | named
            | {"view": lambda name, arguments: named[name](*arguments), "answered": self._answered}
        )

    def _answered(self, op: Operation) -> Exchange:
        """Send an operation's example request to a fresh world. For a control, return the contract's example.

        Controls are about the worlds of a reader's own sandbox, and the sandbox of a build has other worlds.
        """
        if op.id not in self._contract.operations:
            return requests_and_answers.example(op)
        clock = self._contract.seeds["world"]["clock"]
        name = f"{self._contract.edition} {op.id}"
        before = self._earlier.conversation(name)
        conversation = page_request_runner.Conversation([self._contract], self._sandbox, clock, before)
        try:
            exchange = conversation.hold(
                request_options.Claims(int(op.success), show=1), requests_and_answers.example_request(op)
            )
            self.answers.refuse_misfit(exchange.request, conversation.said[-1].response)
        except Mistake as mistake:
            path = ("paths", op.path, op.method.lower())
            raise mistake.at(self._contract.place(path)) from None
        finally:
            conversation.close()
        self._earlier.keep(name, conversation.said)
        return exchange
