"""The pages of the site: Markdown files with front matter under site/content/."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import jinja2
import yaml

from generator.addresses import slug
from generator.mistakes import Mistake, find, placed
from spec.contract import Contract
from spec.source import Loader, Place, mapping

FENCE = "---"


@dataclass(frozen=True, slots=True)
class Front:
    """What a page says of itself before it begins."""

    title: str
    description: str
    url: str = ""
    """Where it stands; made of the file's path where it is not said."""
    template: str = "page.html"
    each: str = ""
    """`tag` or `operation`, when one file makes a page for each of those that the contract has."""
    contract: str = ""
    """The contract that it is about; that of the site where it is not said."""


@dataclass(frozen=True)
class Page:
    """A page to be made."""

    url: str
    title: str
    description: str
    template: str
    file: Path
    """As complaints name it."""
    text: str
    """The file with its front matter blanked, so that line numbers hold."""
    contracts: Sequence[Contract] = ()
    """The one that it is about first, and then those that it can link to."""
    values: Mapping[str, Any] = field(default_factory=dict)
    """What the page is about, where one file makes many."""

    @cached_property
    def parents(self) -> tuple[str, ...]:
        """The addresses above this one, from the top."""
        steps = self.url.strip("/").split("/")[:-1]
        above = ("/" + "".join(f"{step}/" for step in steps[:depth]) for depth in range(len(steps) + 1))
        return () if self.url == "/" else tuple(above)

    @property
    def output(self) -> str:
        """The file it is written to."""
        return self.url.removeprefix("/") + ("index.html" if self.url.endswith("/") else "")

    def place_of(self, words: str) -> Place | None:
        """Return where in the file words stand, if they do."""
        lines = self.text.splitlines()
        return next((Place(self.file, n) for n, line in enumerate(lines, 1) if words in line), None)


def read_pages(contracts: Sequence[Contract], folder: Path, shown: Path) -> list[Page]:
    """Read every page under a folder, which complaints name as `shown`."""
    return [page for file in content_files(folder) for page in read_file(contracts, file, folder, shown)]


def content_files(folder: Path) -> list[Path]:
    """List the files under a folder of which pages are made."""
    return sorted(folder.rglob("*.md"))


def read_file(contracts: Sequence[Contract], source: Path, folder: Path, shown_folder: Path) -> Iterator[Page]:
    """Read the pages that are made of one file.

    A page is about the first of the contracts, unless it names another.
    """
    file = shown_folder / source.relative_to(folder)
    text = source.read_text(encoding="utf-8")
    with placed(Place(file, 1)):
        front, body = _split(text)
        named = {contract.edition: contract for contract in contracts}
        own = find(named, front.contract or contracts[0].edition, "contract")
        for values in find(_EACH, front.each, "thing to make a page of for each")(own):
            yield Page(
                url=_fill(front.url, values) or _url(source.relative_to(folder)),
                title=_fill(front.title, values),
                description=_fill(front.description, values),
                template=front.template,
                file=file,
                text=body,
                contracts=(own, *(contract for contract in contracts if contract is not own)),
                values=values,
            )


def _url(file: Path) -> str:
    steps = file.with_suffix("").parts
    return "/" + "".join(f"{step}/" for step in (steps[:-1] if steps[-1] == "index" else steps))


def _tags(contract: Contract) -> Iterator[Mapping[str, Any]]:
    for tag in contract.document["tags"]:
        operations = [op for op in contract.operations.values() if op.tag == tag["name"]]
        yield {"tag": {**tag, "slug": slug(tag["name"])}, "operations": operations}


def _operations(contract: Contract) -> Iterator[Mapping[str, Any]]:
    for values in _tags(contract):
        yield from ({"tag": values["tag"], "operation": operation} for operation in values["operations"])


_EACH: Mapping[str, Any] = {"": lambda _: [{}], "tag": _tags, "operation": _operations}


def _split(text: str) -> tuple[Front, str]:
    """Take the front matter off a text, and leave empty lines in its place."""
    lines = text.splitlines()
    if not lines or lines[0] != FENCE or FENCE not in lines[1:]:
        raise Mistake(
            "front-matter",
            "The page does not begin with front matter.",
            "Begin with a line `---`, then `title:` and `description:`, then a line `---`.",
        )
    end = lines.index(FENCE, 1)
    front = _front("\n".join(lines[1:end]))
    return front, "\n".join([""] * (end + 1) + lines[end + 1 :]) + "\n"


def _front(text: str) -> Front:
    try:
        given = mapping(yaml.load(text, Loader=Loader))  # noqa: S506 - a safe loader of our own
    except yaml.YAMLError as error:
        message = f"The front matter is not YAML: {error}."
        raise Mistake("front-matter", message, "Put quotes around the value.") from None
    words = {word.name: word for word in dataclasses.fields(Front)}
    for word in given:
        find(words, word, "word for front matter called")
    for word in ("title", "description"):
        if not given.get(word):
            raise Mistake("front-matter", f"The front matter has no `{word}`.", "Add it.")
    return Front(**given)


def _fill(text: str, values: Mapping[str, Any]) -> str:
    if "{" not in text:
        return text
    environment = jinja2.Environment(undefined=jinja2.StrictUndefined, autoescape=False)  # noqa: S701 - plain text
    try:
        return environment.from_string(text).render(values)
    except jinja2.TemplateError as error:
        raise Mistake("front-matter", f"`{text}` cannot be filled in: {error}.", "Mend it.") from None
