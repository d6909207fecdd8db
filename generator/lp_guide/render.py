"""Renders a page: first the Jinja in its Markdown, then the Markdown, then the template around it."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from markdown_it.token import Token
from markupsafe import Markup

from lp_contract.contract import Contract
from lp_contract.published_document import usual_address
from lp_contract.readable_code import readable_code
from lp_contract.yaml_source import Complaint, ContractError, Place
from lp_guide import (
    code_in_prose,
    downloads,
    glossary,
    page_request_runner,
    proofread,
    recorded_answers,
    request_options,
    views,
)
from lp_guide.answer_cache import AnswerCache
from lp_guide.coverage.contract_items import Shown, Thing
from lp_guide.coverage.detector import Detector
from lp_guide.heading_links import link_headings
from lp_guide.hidden_mistakes import blame, hidden_mistakes, mistakes_in_options
from lp_guide.jinja_in_markdown import ContentTemplates
from lp_guide.lint import UNCLOSED
from lp_guide.markdown import Markdown
from lp_guide.navigation import Navigation
from lp_guide.packed_text import PackedText
from lp_guide.pages import Page
from lp_guide.protect_html_in_markdown import Placeholders
from lp_guide.recorded_answers import Answered, Block
from lp_guide.reference_urls import Addresses, holder, homes
from lp_guide.rendered_views import ViewRenderer
from lp_guide.requests_and_answers import Exchange
from lp_guide.sandbox_client import Sandbox
from lp_guide.seed_ids_by_name import Seeded
from lp_guide.writer_mistakes import Mistake, find, placed

_HEADING = re.compile(r'<h2(?=[^>]*\bid="([^"]+)")[^>]*>(.*?)</h2>', re.DOTALL)
_MARK_UP = re.compile(r"<[^>]+>")
_ADDRESS_SLOT = "<!--sandbox:address-->{}<!--/sandbox-->"
"""The slot for the address of the sandbox that serves the page. A plain file host shows the usual address."""


@dataclass(frozen=True, slots=True)
class Body:
    """The content of a page as HTML, its requests with answers, and what it shows of the contract."""

    packed: PackedText
    """The HTML. It stays in memory, because a change of another page's title changes the frame of each page."""
    answered: tuple[Answered, ...] = ()
    shown: Shown = field(default_factory=Shown)
    opt_outs: tuple[code_in_prose.OptOut, ...] = ()
    """Code that is not a name in the contract, with the reasons."""
    misfits: tuple[Complaint, ...] = ()
    """Complaints about answers that differ from the contract."""

    @property
    def html(self) -> Markup:
        """The HTML."""
        return Markup(self.packed.text)  # noqa: S704 - it is HTML


class Renderer:
    """Renders the pages of a site."""

    def __init__(
        self,
        contracts: Sequence[Contract],
        templates: Path,
        settings: Mapping[str, Any],
        sandbox: Sandbox,
        others: Mapping[str, Renderer] | None = None,
        *,
        answers: AnswerCache | None = None,
    ) -> None:
        """Take the contracts of an edition, first the contract that the sandbox serves.

        `others` are the renderers by edition, for pages about two editions. `answers` is the cache of the
        sandbox's answers.
        """
        self.contract, self._sandbox = contracts[0], sandbox
        self.terms: Sequence[glossary.Term] = ()
        """The terms that pages explain."""
        self._others = {} if others is None else others
        self._addresses = Addresses(contracts, homes(settings))
        self._detector = Detector(self._addresses)
        self._answers = answers or AnswerCache()
        self.views = ViewRenderer(self._addresses, templates, settings, sandbox, self._detector, earlier=self._answers)
        self.seeded = Seeded(contracts[0])
        self._words: dict[tuple[str, ...], code_in_prose.Words] = {}
        self._markdown: dict[tuple[str, ...], Markdown] = {}
        self._content = ContentTemplates()
        self._usual_address = usual_address(contracts[0])
        self._address: str = settings.get("api_address", self._usual_address)

    def body(self, page: Page, answered: list[Answered] | None = None) -> Body:
        """Render the content of a page. Raises ContractError with the file and line of every mistake in it.

        Adds every answer to `answered` as it arrives, so that a later mistake on the page does not lose it.
        """
        self.views.refuse_language(page)
        renderers = {name: self._of(name) for name in page.editions}
        slips = [
            *proofread.complaints(page.source, page.file, [each.contract for each in renderers.values()]),
        ]
        is_closed = not any(slip.check == UNCLOSED for slip in slips)  # else answers look like prose
        if is_closed and not page.date:  # a release note keeps the ids of its version
            slips += [slip for each in renderers.values() for slip in each.seeded.typed(page.text, page.file)]
        sides = {name: Side(each, each.converse(page)) for name, each in renderers.items()}
        try:
            _refuse(slips)
            body = self._body(page, sides, [] if answered is None else answered)
        except ContractError as error:
            raise ContractError(*{*error.complaints, *self._hidden_mistakes(page)}) from None
        finally:
            for side in sides.values():
                side.conversation.close()
        for side in sides.values():
            side.renderer.remember(page, side.conversation)
        return body

    def _hidden_mistakes(self, page: Page) -> list[Complaint]:
        tried = {name: partial(self.views.view, lambda _: None, page, name) for name in views.VIEWS}
        try:
            text, blocks = self._set_blocks_aside(page)
        except ContractError as error:
            return [*error.complaints]
        found = hidden_mistakes(page, text, self._markdown_of(page), tried, self.seeded.helpers())
        return [*found, *mistakes_in_options(page, blocks)]

    def _of(self, edition: str) -> Renderer:
        return self if edition == self.contract.of_edition else find(self._others, edition, "edition")

    def converse(self, page: Page) -> page_request_runner.Conversation:
        """Return a conversation of a page with a world of this edition."""
        own = [contract for contract in page.contracts if contract.of_edition == self.contract.of_edition]
        clock, before = self.contract.seeds["world"]["clock"], self._answers.conversation(self._name(page))
        return page_request_runner.Conversation(own, self._sandbox, clock, before)

    def remember(self, page: Page, conversation: page_request_runner.Conversation) -> None:
        """Cache a conversation, so that a page with the same requests does not send them again."""
        self._answers.keep(self._name(page), conversation.said if conversation.is_repeatable else ())

    def scenarios(self, conversation: page_request_runner.Conversation) -> Sequence[Mapping[str, Any]]:
        """List the scenarios that every world has."""
        return self._answers.fact(f"scenarios {self.contract.of_edition}", conversation.scenarios)

    def _name(self, page: Page) -> str:
        return f"{self.contract.of_edition} {page.url}"

    def frame(self, page: Page, body: Body, navigation: Navigation) -> str:
        """Render a whole page: its content, and the links to other pages."""
        content = body.html
        contents = [(name, _MARK_UP.sub("", words).strip()) for name, words in _HEADING.findall(content)]
        html, used = glossary.explain(content, self._terms_for(page))
        known = {
            "body": link_headings(html) + self.views.terms(used, page.lang),
            "contents": contents,
            "navigation": navigation,
        }
        return readable_code(self._with_address_slots(self.views.page(page, known)))

    def _terms_for(self, page: Page) -> Sequence[glossary.Term]:
        return [term for term in self.terms if page.explains_terms and term.page != page.url]

    def _with_address_slots(self, html: str) -> str:
        """Replace the usual address by that of the settings, outside of tags in a slot for the address of a sandbox."""
        *pieces, last = html.split(self._usual_address)
        written, is_in_tag = [], False
        for piece in pieces:
            begun, ended = piece.rfind("<"), piece.rfind(">")
            is_in_tag = begun > ended or (is_in_tag and begun == ended)
            written += [piece, self._address if is_in_tag else _ADDRESS_SLOT.format(self._address)]
        return "".join([*written, last])

    def _body(self, page: Page, sides: Mapping[str, Side], answered: list[Answered]) -> Body:
        placeholders, shown = Placeholders(), list[Shown]()
        helpers = self._helpers(page, placeholders, shown)
        text, blocks = self._set_blocks_aside(page)
        misfits: list[Complaint] = []

        def run(number: int) -> str:
            block = blocks[number]
            _refuse_many(page, block, answered)
            side, exchange = self._exchange(page, block, sides, helpers)
            answered.append(Answered(block, exchange, side.conversation.said[-1].response))
            misfits.extend(side.renderer.views.answers.complaints(page.text, answered[-1:], page.file))
            if side.renderer is self:
                shown.append(Shown(sent=self._detector.in_exchange(exchange)))
            html = side.renderer.views.exchange(
                exchange, f"form-{number}", lang=page.lang, names_edition=len(sides) > 1
            )
            return placeholders.add(html)

        known = helpers | sides[page.edition].helpers | dict(page.values)
        written = self._content.fill(text, page.file, {**known, "_run": run})
        placeholders.refuse_blocks_in_sentences(page, written)
        captured = [value for side in sides.values() for value in side.conversation.captured.values()]
        html, opt_outs, named = self._html(page, written, captured)
        return Body(
            PackedText.of(placeholders.fill(html)),
            answered=tuple(answered),
            shown=Shown.union([*shown, Shown(frozenset(named))]),
            opt_outs=tuple(opt_outs),
            misfits=tuple(misfits),
        )

    def _html(
        self, page: Page, written: str, known: Collection[str]
    ) -> tuple[Markup, list[code_in_prose.OptOut], set[Thing]]:
        """Render Markdown. Return the HTML, the code that is not in the contract, and what the sentences show."""
        complaints: list[Complaint] = []
        opt_outs: list[code_in_prose.OptOut] = []
        named: set[Thing] = set()

        blame_writer = blame(page, complaints)

        def look(tokens: Sequence[Token]) -> None:
            if page.not_in_contract:
                opt_outs.append(code_in_prose.OptOut(1, "all of it", page.not_in_contract))
            else:
                opt_outs.extend(code_in_prose.look_over(tokens, self._words_of(page), known, blame_writer))
            named.update(self._detector.in_words(tokens))

        warning = self.views.texts(page.lang).box.warning
        html = self._markdown_of(page).render(written, blame_writer, look, warning=warning)
        _refuse(complaints)
        return html, opt_outs, named

    def _markdown_of(self, page: Page) -> Markdown:
        names = tuple(contract.edition for contract in page.contracts)
        if names not in self._markdown:
            self._markdown[names] = Markdown(replace(self._addresses, contracts=page.contracts))
        return self._markdown[names]

    def _words_of(self, page: Page) -> code_in_prose.Words:
        if page.editions not in self._words:
            self._words[page.editions] = code_in_prose.Words(page.contracts)
        return self._words[page.editions]

    def _helpers(self, page: Page, placeholders: Placeholders, shown: list[Shown]) -> dict[str, Any]:
        def show(name: str, *arguments: Any, **named: Any) -> str:
            return placeholders.add(self.views.view(shown.append, page, name, *arguments, **named))

        return {name: partial(show, name) for name in views.VIEWS} | {
            "rule_message": lambda name: holder(page.contracts, "rules", name).rules[name].message,
            "download": partial(_download, page.contracts[0]),
        }

    def requests(self, page: Page) -> list[Block]:
        """Return the requests of a page. Raises ContractError for an answer without a request."""
        fences, lines = self._markdown_of(page).fences(page.text), page.text.split("\n")
        return recorded_answers.blocks(fences, lines, request_options.LANGUAGE, page.file)

    def _set_blocks_aside(self, page: Page) -> tuple[str, list[Block]]:
        """Replace every request and its answer by a call that sends it, on as many lines."""
        lines, blocks = page.text.split("\n"), self.requests(page)
        for number, block in enumerate(blocks):
            call, empty = f"{{{{ _run({number}) }}}}", block.margin.rstrip()
            opens_item = block.opening != block.margin
            first = [block.opening + call, empty] if opens_item else [empty, block.margin + call]  # its own paragraph
            lines[block.begin : block.last] = [*first, *[empty] * (block.last - block.begin - 2)]
        return "\n".join(lines), blocks

    def _exchange(
        self, page: Page, block: Block, sides: Mapping[str, Side], helpers: Mapping[str, Any]
    ) -> tuple[Side, Exchange]:
        place = Place(page.file, block.line)
        with placed(place):
            taken = helpers.keys() | sides[page.edition].helpers.keys()
            claimed = request_options.claims(block.info, taken=taken)
            side = find(sides, claimed.edition or page.edition, "edition")
        known = {**helpers, **side.helpers, **dict(page.values), **side.conversation.captured}
        written = self._content.fill(block.text, page.file, known, skip=block.line)
        with placed(place):
            request = page_request_runner.read_request(written, side.conversation.contracts)
            return side, side.conversation.hold(claimed, request)


def _download(contract: Contract, kind: str) -> str:
    """Return the address of a file for other tools: `flat` names the document for client generators."""
    paths = {each: downloads.path(contract.edition, each) for each in downloads.DOWNLOADS}
    found = contract.publications[0].flat_files[0] if kind == "flat" else find(paths, kind, "download")
    return f"{usual_address(contract)}/{found}"


@dataclass(frozen=True)
class Side:
    """An edition in which a page sends requests."""

    renderer: Renderer
    conversation: page_request_runner.Conversation

    @cached_property
    def helpers(self) -> dict[str, Any]:
        """The functions for writers that need the page's world in this edition."""
        return {
            **self.renderer.seeded.helpers(),
            "clock": self.conversation.clock,
            "captured": self.conversation.captured,
            "scenarios": partial(self.renderer.scenarios, self.conversation),
        }


def _refuse(complaints: Sequence[Complaint]) -> None:
    if complaints:
        raise ContractError(*complaints)


def _refuse_many(page: Page, block: Block, answered: Sequence[Answered]) -> None:
    """Raise ContractError for a request that is sent more than once, because only one answer can be recorded."""
    if page.values or any(block is each.block for each in answered):
        message = "This request is sent several times, but only one answer can be recorded."
        raise Mistake("example", message, "Write each of the requests in a block of its own.").at(
            Place(page.file, block.line)
        )
