"""A page's Markdown, with Jinja in it, to HTML.

Jinja comes first: what a view gives stands as a token in the Markdown, on one line, until the Markdown is HTML.
So what the contract says is never read as Markdown, and line numbers hold.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import jinja2
from markdown_it.token import Token
from markupsafe import Markup

from lp_contract.contract import Contract, Operation
from lp_contract.published import usual_address
from lp_contract.source import Complaint, ContractError, Place
from lp_guide import exchanges, page_requests, proofread, prose, recorded_answers, views
from lp_guide.addresses import holder
from lp_guide.answer_checks import Answers
from lp_guide.coverage import Shown, Watch
from lp_guide.exchanges import Exchange
from lp_guide.markdown import Markdown
from lp_guide.mistakes import Mistake, placed, suggestion
from lp_guide.navigation import Navigation
from lp_guide.pages import Page
from lp_guide.recorded_answers import Answered, Block
from lp_guide.sandbox_client import Sandbox
from lp_guide.seed_names import Seeded
from lp_guide.template_errors import blamed
from lp_guide.templates import Templates, about

_BLOCK = re.compile(r"\s*<(?:div|table|section|details|figure|svg|pre|ul|ol|dl|p|h\d)\b")
_BLOCK_TOKEN = re.compile(r'<p class="govuk-body">\ue000(\d+)\ue001</p>')
_TOKEN = re.compile(r"\ue000(\d+)\ue001")
_HEADING = re.compile(r'<h2(?=[^>]*\bid="([^"]+)")[^>]*>(.*?)</h2>', re.DOTALL)
_MARK_UP = re.compile(r"<[^>]+>")
_ADDRESS_SLOT = "<!--sandbox:address-->{}<!--/sandbox-->"
"""The sandbox that serves the page puts its own address here; a host of files shows the usual one."""
_JINJA = ("{{", "{%", "{*")


MANY = 1000
"""How many texts of a site are compiled before those of long ago are forgotten: a writer saves all day."""


@dataclass
class Kept:
    """The HTML that stands as tokens in the Markdown of a page until that is HTML too."""

    parts: list[Markup] = field(default_factory=list)

    def keep(self, html: Markup) -> str:
        """Keep HTML, and return the token for it."""
        self.parts.append(html)
        return f"\ue000{len(self.parts) - 1}\ue001"

    def put_back(self, html: str) -> Markup:
        """Put what was kept in place of its tokens."""
        for token in (_BLOCK_TOKEN, _TOKEN):
            html = token.sub(lambda match: self.parts[int(match[1])], html)
        return Markup(html)  # noqa: S704 - all of it is HTML


@dataclass(frozen=True, slots=True)
class Body:
    """What a page says, as HTML, the requests that were sent for it, and what of the contract it shows."""

    html: Markup
    answered: tuple[Answered, ...] = ()
    shown: Shown = field(default_factory=Shown)
    opt_outs: tuple[prose.OptOut, ...] = ()
    """Code that is no name of a contract, and why."""
    misfits: tuple[Complaint, ...] = ()
    """What is wrong with the answers, held against the contract."""


class Renderer:
    """Renders the pages of a site."""

    def __init__(
        self,
        contracts: Sequence[Contract],
        templates: Path,
        settings: Mapping[str, Any],
        sandbox: Sandbox,
    ) -> None:
        """Take the contracts, that which the site is about and the sandbox keeps first."""
        self._contract, self._sandbox = contracts[0], sandbox
        self._seeded = Seeded(contracts[0])
        self._words = prose.Words(contracts)
        self._watch = Watch(contracts)
        self._markdown = Markdown(contracts)
        self._answers = Answers(contracts)
        self._content = jinja2.Environment(
            undefined=jinja2.StrictUndefined,
            autoescape=False,  # noqa: S701 - Markdown
            comment_start_string="{*",  # because `{#name}` names a heading
            comment_end_string="*}",
        )
        self._compiled: dict[tuple[str, str], jinja2.Template] = {}
        self._said: dict[str, Sequence[page_requests.Said]] = {}
        self._viewed: dict[str, tuple[Markup, Shown]] = {}
        self._templates = Templates(templates, self._markdown)
        self._address = usual_address(contracts[0])
        self._templates.know(
            site=settings, edition=contracts[0], examples_only=self._examples_only(), sandbox_address=self._address
        )

    def _examples_only(self) -> frozenset[str]:
        """Name the operations that the sandbox answers from an example."""
        return frozenset(self._contract.operations) - self._sandbox.stateful()

    def body(self, page: Page) -> Body:
        """Return what a page says. Raises ContractError with the file and line of what is wrong in it."""
        slips = [
            *proofread.complaints(page.source, page.file, self._contract),
            *self._seeded.typed(page.text, page.file),
        ]
        if slips:
            raise ContractError(*slips)
        clock = self._contract.seeds["world"]["clock"]
        before = self._said.pop(page.url, ())
        conversation = page_requests.Conversation(page.contracts, self._sandbox, clock, before)
        try:
            body = self._body(page, conversation)
        finally:
            conversation.close()
        self._said[page.url] = conversation.said if conversation.is_repeatable else ()
        return body

    def frame(self, page: Page, body: Body, navigation: Navigation) -> str:
        """Return a whole page: what it says, and the way from it to the other pages."""
        contents = [(name, _MARK_UP.sub("", words).strip()) for name, words in _HEADING.findall(body.html)]
        self._refuse_unknown_template(page)
        whole = self._templates.render(
            page.template,
            {
                **self._known(page.contracts),
                **page.values,
                "page": page,
                "body": body.html,
                "contents": contents,
                "navigation": navigation,
            },
        )
        return self._with_address_slots(whole)

    def _with_address_slots(self, html: str) -> str:
        """Have the sandbox put its own address wherever its usual one is written, other than inside a tag."""
        *pieces, last = html.split(self._address)
        written, is_in_tag = [], False
        for piece in pieces:
            begun, ended = piece.rfind("<"), piece.rfind(">")
            is_in_tag = begun > ended or (is_in_tag and begun == ended)
            written += [piece, self._address if is_in_tag else _ADDRESS_SLOT.format(self._address)]
        return "".join([*written, last])

    def moved(self, old: str, new: str) -> str:
        """Return the page that leads from the address of one that has moved to its new one."""
        return self._templates.render("moved.html", {"old": old, "new": new})

    def judge(self, name: str) -> None:
        """Judge a template that the sandbox fills in. Raises ContractError when it cannot be read."""
        self._templates.parse(name)

    def _refuse_unknown_template(self, page: Page) -> None:
        if page.template not in self._templates.names:
            message = f"There is no template `{page.template}`."
            remedy = suggestion(page.template, self._templates.names)
            raise Mistake("front-matter", message, remedy).at(page.place_of_front("template"))

    def _known(self, contracts: Sequence[Contract]) -> dict[str, Any]:
        """Return what a template knows: the contracts, and the views of them."""
        named = {name: partial(self._view, contracts, name) for name in views.VIEWS}
        return (
            about(contracts)
            | named
            | {"view": lambda name, arguments: named[name](*arguments), "answered": self._answered}
        )

    def _answered(self, op: Operation) -> Exchange:
        """Send an operation's example request to a fresh world. What a control answers is in the contract only.

        Controls are about the worlds of a reader's own sandbox, and where pages are made there are others.
        """
        if op.id not in self._contract.operations:
            return exchanges.example(op)
        conversation = page_requests.Conversation(
            [self._contract], self._sandbox, self._contract.seeds["world"]["clock"]
        )
        try:
            exchange = conversation.hold(page_requests.Claims(int(op.success), show=1), exchanges.example_request(op))
            self._answers.refuse_misfit(exchange.request, conversation.said[-1].response)
        except Mistake as mistake:
            path = ("paths", op.path, op.method.lower())
            raise mistake.at(self._contract.place(path)) from None
        finally:
            conversation.close()
        return exchange

    def _view(self, contracts: Sequence[Contract], name: str, *arguments: Any, **named: Any) -> Markup:
        """Show a view. It is the same on every page about a contract, and so made once."""
        key = f"{contracts[0].edition} {name} {arguments} {named}"
        if key not in self._viewed:
            before = self._watch.take()
            viewed = dict(views.VIEWS[name](contracts, *arguments, **named))
            self._watch.view(viewed)
            known = self._known(contracts) | viewed
            html = Markup(self._templates.render(f"parts/{name}.html", known).strip())  # noqa: S704
            self._viewed[key] = html, self._watch.take()
            self._watch.note(before)
        html, shown = self._viewed[key]
        self._watch.note(shown)
        return html

    def _body(self, page: Page, conversation: page_requests.Conversation) -> Body:
        self._watch.take()
        kept = Kept()
        helpers = self._helpers(page, kept, conversation) | dict(page.values)
        text, blocks = self._set_blocks_aside(page)
        answered: list[Answered] = []

        def run(block: int) -> str:
            _refuse_many(page, blocks[block], answered)
            exchange = self._exchange(page, blocks[block], conversation, helpers)
            answered.append(Answered(blocks[block], exchange, conversation.said[-1].response))
            self._watch.exchange(exchange)
            known = {"exchange": exchange, "name": f"form-{block}"}
            return kept.keep(Markup(self._templates.render("parts/exchange.html", known)))  # noqa: S704 - its template escapes

        written = self._fill(text, page.file, {**helpers, "_run": run})
        _refuse_tables_in_sentences(page, kept, written)
        html, opt_outs = self._html(page, written, conversation.captured.values())
        misfits = tuple(self._answers.complaints(page.text, answered, page.file))
        return Body(kept.put_back(html), tuple(answered), self._watch.take(), tuple(opt_outs), misfits)

    def _html(self, page: Page, written: str, known: Collection[str]) -> tuple[Markup, list[prose.OptOut]]:
        complaints: list[Complaint] = []
        opt_outs: list[prose.OptOut] = []

        def blame(mistake: Mistake, words: str, line: int = 0) -> None:
            place = Place(page.file, line) if line else page.place_of(words) or Place(page.file, 1)
            complaints.extend(mistake.at(place).complaints)

        def look(tokens: Sequence[Token]) -> None:
            if page.not_in_contract:
                opt_outs.append(prose.OptOut(1, "all of it", page.not_in_contract))
            else:
                opt_outs.extend(prose.look_over(tokens, self._words, known, blame))
            for child in (child for token in tokens for child in token.children or ()):
                if child.type == "link_open":
                    self._watch.link(str(child.attrGet("href")))
                elif child.type == "code_inline":
                    self._watch.code(child.content)

        html = Markdown(page.contracts).render(written, blame, look)
        if complaints:
            raise ContractError(*complaints)
        return html, opt_outs

    def _helpers(self, page: Page, kept: Kept, conversation: page_requests.Conversation) -> dict[str, Any]:
        def show(name: str, *arguments: Any, **named: Any) -> str:
            return kept.keep(self._view(page.contracts, name, *arguments, **named))

        return {name: partial(show, name) for name in views.VIEWS} | {
            **self._seeded.helpers(),
            "clock": conversation.clock,
            "captured": conversation.captured,
            "scenarios": conversation.scenarios,
            "rule_message": lambda name: holder(page.contracts, "rules", name).rules[name].message,
        }

    def _set_blocks_aside(self, page: Page) -> tuple[str, list[Block]]:
        """Put a call in place of every request that is to be run and of the answer under it, on as many lines."""
        lines = page.text.split("\n")
        blocks = recorded_answers.blocks(self._markdown.fences(page.text), lines, page_requests.LANGUAGE, page.file)
        for number, block in enumerate(blocks):
            call = f"{{{{ _run({number}) }}}}"
            lines[block.begin : block.last] = ["", call, *[""] * (block.last - block.begin - 2)]  # its own paragraph
        return "\n".join(lines), blocks

    def _exchange(
        self, page: Page, block: Block, conversation: page_requests.Conversation, helpers: Mapping[str, Any]
    ) -> Exchange:
        written = self._fill(block.text, page.file, {**helpers, **conversation.captured}, skip=block.line)
        with placed(Place(page.file, block.line)):
            claimed = page_requests.claims(block.info, taken=helpers)
            return conversation.hold(claimed, page_requests.read_request(written))

    def _fill(self, text: str, file: Path, helpers: Mapping[str, Any], skip: int = 0) -> str:
        """Run the Jinja in a text that begins after `skip` lines of a file."""
        if not any(mark in text for mark in _JINJA):
            return text
        with blamed(file, skip, helpers):
            return self._template_of(text, str(file)).render(helpers)

    def _template_of(self, text: str, file: str) -> jinja2.Template:
        """Compile a text once: it may be that of many pages, and of the same page again."""
        if (text, file) not in self._compiled:
            if len(self._compiled) == MANY:
                self._compiled.clear()
            code = self._content.compile(text, file, file)
            self._compiled[text, file] = jinja2.Template.from_code(self._content, code, self._content.make_globals({}))
        return self._compiled[text, file]


def _refuse_tables_in_sentences(page: Page, kept: Kept, written: str) -> None:
    """Complain of what is more than words and has no line between empty ones: within a paragraph it is no HTML."""
    lines = ["", *written.split("\n"), ""]
    for number, (above, line, below) in enumerate(zip(lines, lines[1:], lines[2:], strict=False), 1):
        for match in _TOKEN.finditer(line):
            is_alone = line.strip() == match[0] and not above.strip() and not below.strip()
            if _BLOCK.match(kept.parts[int(match[1])]) and not is_alone:
                message = "What these braces show does not fit into a sentence."
                remedy = "Put them on a line of their own, with an empty line above and below."
                raise Mistake("jinja", message, remedy).at(Place(page.file, number))


def _refuse_many(page: Page, block: Block, answered: Sequence[Answered]) -> None:
    """Under a request stands one answer."""
    if page.values or any(block is each.block for each in answered):
        message = "A request that is sent many times has many answers, and one can stand under it."
        raise Mistake("example", message, "Write the request out, where and as often as you mean it.").at(
            Place(page.file, block.line)
        )
