"""The pages of the site: Markdown files with front matter under site/content/."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import jinja2

from lp_contract import file_reading
from lp_contract.contract import Contract
from lp_contract.file_reading import NotYaml
from lp_contract.yaml_source import Place, mapping, named, read_text
from lp_guide.page_dates import is_day, next_review, refuse_no_day
from lp_guide.things_with_pages import EACH
from lp_guide.writer_mistakes import Mistake, find, placed

FENCE = "---"
NOTES = "/release-notes/"
"""The pages below this address are release notes."""
RELEASE = "release.html"
UNRELEASED = "unreleased"
_ADDRESS = re.compile(r"/(?:(?!\.+/)[\w.~-]+/)*(?:[\w~-][\w.~-]*)?", re.ASCII)
"""The addresses that a page can have: valid on every file system, inside the folder of the site."""
_PLAIN = jinja2.Environment(undefined=jinja2.StrictUndefined, autoescape=False)  # noqa: S701 - plain text


@dataclass(frozen=True, slots=True)
class Front:
    """The front matter of a page."""

    title: str
    description: str
    url: str = ""
    """Its address; by default made from the path of the file."""
    template: str = "page.html"
    each: str = ""
    """`tag`, `operation` or `error`, if one file makes a page for each in the contract."""
    contract: str = ""
    """The contract of the page; that of the site by default."""
    beside: str = ""
    """A second edition, whose names the page can use and to which it can send requests."""
    listed: bool = True
    """Whether searches find it, on this site and in search engines."""
    in_menu: bool = True
    """Whether the menu of its section lists it."""
    explain_terms: bool = True
    """Whether the page explains terms of the glossary where it first uses them."""
    date: str = ""
    """The day of release of a release note: `2026-11-22`, or `unreleased`."""
    tags: str = ""
    """The tags of a release note, with commas between them."""
    not_in_contract: str = ""
    """The reason why the code on the page is not checked against the contract."""
    owner: str = ""
    """The person or team that is responsible for the page."""
    reviewed: str = ""
    """The day of the last review, such as `2026-11-22`."""
    review_in: str = ""
    """The time from one review to the next, such as `6 months`."""
    lang: str = ""
    """Its language, such as `cy`; that of the site by default."""
    changed: str = ""
    """The day on which it was last changed, if that is not to be the day of its last commit."""


@dataclass(frozen=True)
class Page:
    """A page to be made."""

    url: str
    title: str
    description: str
    template: str
    file: Path
    """The path of the file in complaints."""
    path: Path
    """The path of the file."""
    name: str
    """Its file by the path in the content."""
    source: str
    """The content of the file."""
    text: str
    """The content with empty lines in place of the front matter, so that line numbers stay the same."""
    contracts: Sequence[Contract] = ()
    """The contract of the page, then the others of its edition, then those of the second edition."""
    values: Mapping[str, Any] = field(default_factory=dict)
    """The subject of the page, if one file makes many pages."""
    is_listed: bool = True
    """Whether searches find it."""
    is_in_menu: bool = True
    """Whether the menu of its section lists it."""
    explains_terms: bool = True
    """Whether it explains terms of the glossary where it first uses them."""
    date: str = ""
    """The day of release: `2026-11-22` or `unreleased`; empty if it is not a release note."""
    tags: Sequence[str] = ()
    not_in_contract: str = ""
    """The reason why its code is not checked against the contract."""
    owner: str = ""
    """The person or team that is responsible for the page."""
    reviewed: str = ""
    """The day of the last review."""
    review_due: str = ""
    """The day of the next review."""
    lang: str = ""
    """Its language; empty for that of the site."""
    changed: str = ""
    """The day on which it was last changed; empty if that is not known."""

    @property
    def edition(self) -> str:
        """The edition of the page."""
        return self.contracts[0].of_edition

    @property
    def editions(self) -> tuple[str, ...]:
        """The edition of the page, and the second edition if there is one."""
        return tuple(dict.fromkeys(contract.of_edition for contract in self.contracts))

    @cached_property
    def parents(self) -> tuple[str, ...]:
        """The addresses of the pages above this page, from the top."""
        steps = self.url.strip("/").split("/")[:-1]
        above = ("/" + "".join(f"{step}/" for step in steps[:depth]) for depth in range(len(steps) + 1))
        return () if self.url == "/" else tuple(above)

    @property
    def output(self) -> str:
        """The name of the built file."""
        return self.url.removeprefix("/") + ("index.html" if self.url.endswith("/") else "")

    @property
    def markdown(self) -> str:
        """The address of the page as Markdown; empty for a page that searches do not find."""
        return f"{self.url}index.md" if self.is_listed and self.url.endswith("/") else ""

    def place_of(self, words: str) -> Place | None:
        """Return the place of words in the file, or None."""
        return self._place_of(re.escape(words))

    def place_of_link(self, target: str) -> Place | None:
        """Return the place of a link in the file, or None: a longer link can begin with the same target."""
        return self._place_of(rf"{re.escape(target)}(?![\w/?#&=-])")

    def _place_of(self, pattern: str) -> Place | None:
        lines = self.text.splitlines()
        return next((Place(self.file, n) for n, line in enumerate(lines, 1) if re.search(pattern, line)), None)

    def place_of_front(self, word: str) -> Place:
        """Return the place of a word in the front matter."""
        return _place_in(self.source.split("\n")[1:], word, self.file)


def read_pages(contracts: Sequence[Contract], folder: Path, shown: Path) -> list[Page]:
    """Read every page under a folder, which complaints call `shown`."""
    return [page for file in content_files(folder) for page in read_file(contracts, file, folder, shown)]


def content_files(folder: Path) -> list[Path]:
    """List the Markdown files under a folder."""
    return list(file_reading.visible(folder, "**/*.md"))


def read_file(contracts: Sequence[Contract], source: Path, folder: Path, shown_folder: Path) -> Iterator[Page]:
    """Read the pages of one file.

    A page is about the first of the contracts, unless it names another.
    """
    file = shown_folder / source.relative_to(folder)
    text = read_text(source, file)
    front, body = _split(text, file)
    with placed(Place(file, 1)):
        named = {contract.edition: contract for contract in contracts}
        own = find(named, front.contract or contracts[0].edition, "contract")
        editions = [own.of_edition, *([find(named, front.beside, "contract").of_edition] if front.beside else [])]
        for values in find(EACH, front.each, "`each` value")(own):
            url = _fill(front.url, values) or _url(source.relative_to(folder))
            _refuse_address(url, text, file)
            _refuse_day(front, url, text, file)
            review_due = _next_review(front, text, file)
            yield Page(
                url=url,
                title=_fill(front.title, values),
                description=_fill(front.description, values),
                template=front.template,
                file=file,
                path=source,
                name=source.relative_to(folder).as_posix(),
                source=text,
                text=body,
                contracts=(own, *(each for name in editions for each in contracts if _is_other(each, own, name))),
                values=values,
                is_listed=front.listed,
                is_in_menu=front.in_menu,
                explains_terms=front.explain_terms,
                date=front.date,
                tags=tuple(tag.strip() for tag in front.tags.split(",") if tag.strip()),
                not_in_contract=front.not_in_contract,
                owner=front.owner,
                reviewed=front.reviewed,
                review_due=review_due,
                lang=front.lang,
                changed=front.changed,
            )


def _is_other(contract: Contract, own: Contract, edition: str) -> bool:
    return contract is not own and contract.of_edition == edition


def _url(file: Path) -> str:
    steps = file.with_suffix("").parts
    return "/" + "".join(f"{step}/" for step in (steps[:-1] if steps[-1] == "index" else steps))


def _split(text: str, file: Path) -> tuple[Front, str]:
    """Split off the front matter, and leave empty lines in its place."""
    lines = text.split("\n")
    with placed(Place(file, 1)):
        if lines[0].rstrip() != FENCE or FENCE not in (line.rstrip() for line in lines[1:]):
            message = "The page does not begin with front matter."
            if lines[0].rstrip() == FENCE:
                message = "The front matter that begins here does not end."
            raise Mistake(
                "front-matter",
                message,
                "Begin with a line `---`, then `title:` and `description:`, then a line `---`.",
            )
    end = next(n for n, line in enumerate(lines) if n and line.rstrip() == FENCE)
    front = _front(lines[1:end], file)
    return front, "\n".join([""] * (end + 1) + lines[end + 1 :])


def _refuse_address(url: str, text: str, file: Path) -> None:
    if not _ADDRESS.fullmatch(url):
        message = f"`{url}` cannot be the address of a page."
        remedy = "Use letters, digits, `-`, `_` and `.` between slashes, in the name of the file or in `url:`."
        raise Mistake("address", message, remedy).at(_place_in(text.split("\n")[1:], "url", file))


def _refuse_day(front: Front, url: str, text: str, file: Path) -> None:
    """Refuse a release note without a day, and a day that is not in the calendar."""
    is_note = front.template == RELEASE or (url.startswith(NOTES) and url != NOTES)
    if front.date == UNRELEASED or not (is_note or front.date) or is_day(front.date):
        return
    message = f"`{front.date}` is not a day." if front.date else "A release note needs a `date`."
    remedy = f"Write `date: '2026-11-22'` or `date: {UNRELEASED}`."
    raise Mistake("front-matter", message, remedy).at(_place_in(text.split("\n")[1:], "date", file))


def _next_review(front: Front, text: str, file: Path) -> str:
    """Return the day of the next review; empty for a page without one."""
    lines = text.split("\n")[1:]
    for word in ("reviewed", "changed"):
        with placed(_place_in(lines, word, file)):
            refuse_no_day(word, getattr(front, word))
    if not front.review_in:
        return ""
    with placed(_place_in(lines, "review_in", file)):
        return next_review(front.reviewed, front.review_in)


def _front(lines: Sequence[str], file: Path) -> Front:
    with named(file):
        given = _parsed(lines, file)
    words = {word.name: word for word in dataclasses.fields(Front)}
    for key, value in given.items():
        word = str(key)
        with placed(_place_in(lines, word, file)):
            find(words, word, "line of front matter called")
            if words[word].default is True and not isinstance(value, bool):
                raise Mistake("front-matter", f"`{word}` is either true or false.", f"Write `{word}: false`.")
            if words[word].default is not True and not isinstance(value, str):
                message = f"`{word}` must be text."
                raise Mistake("front-matter", message, f"Put quotes around it: `{word}: '...'`.")
    with placed(Place(file, 1)):
        for word in ("title", "description"):
            if not given.get(word):
                raise Mistake("front-matter", f"The front matter has no `{word}`.", f"Add a line `{word}: ...`.")
    return Front(**given)


def _parsed(lines: Sequence[str], file: Path) -> Mapping[Any, Any]:
    try:
        return mapping(file_reading.parse("\n".join(["", *lines])))  # the empty line stands for the fence above
    except NotYaml as error:
        line = lines[min(error.line - 2, len(lines) - 1)] if lines else ""
        word, _, value = (part.strip() for part in line.partition(":"))
        remedy = f"If the words have a colon or a quote in them, put quotes around them: `{word}: '{value}'`."
        raise Mistake("front-matter", f"`{line.strip()}` cannot be read.", remedy).at(Place(file, error.line)) from None


def _place_in(lines: Sequence[str], word: str, file: Path) -> Place:
    """Return the place of a word of the front matter, whose first line is the second of the file."""
    return Place(file, next((n for n, line in enumerate(lines, 2) if line.startswith(f"{word}:")), 1))


@lru_cache(maxsize=256)
def _template(text: str) -> jinja2.Template:
    return _PLAIN.from_string(text)


def _fill(text: str, values: Mapping[str, Any]) -> str:
    if "{" not in text:
        return text
    try:
        return _template(text).render(values)
    except Exception as error:  # noqa: BLE001 - an expression of a writer can raise anything
        raise Mistake("front-matter", f"`{text}` cannot be filled in: {error}.", "Correct it.") from None
