"""The texts of the templates: one file for each language in `texts` of a site. Each file has every text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import chain
from pathlib import Path
from string import Formatter
from types import SimpleNamespace
from typing import Any

import jinja2
from jinja2 import nodes

from lp_contract.file_reading import visible
from lp_contract.merge_documents import shown
from lp_contract.texts import OTHER, texts
from lp_contract.yaml_source import Complaint, ContractError, Place, Source, mapping, read, read_text
from lp_guide import template_cache
from lp_guide.writer_mistakes import find, placed, suggestion

FOLDER = "texts"
VARIABLE = "texts"
"""The name of the texts in templates."""
CHECK = "text"
Name = tuple[str, str]
"""A group of texts, and the name of a text in it."""
_BY_CODE: Mapping[Name, frozenset[str]] = {
    ("answer", "left_out"): frozenset({"number"}),
    ("answer", "no_message"): frozenset(),
    ("box", "warning"): frozenset(),
    ("date", "day"): frozenset({"day", "month", "year"}),
    ("date", "month"): frozenset({"month", "year"}),
    ("where", "parameter"): frozenset({"place"}),
    ("where", "value"): frozenset({"field", "schema"}),
    ("where", "scenario"): frozenset(),
    **{("month", str(number)): frozenset[str]() for number in range(1, 13)},
}
"""The texts that code uses, with the values that it fills in: filters, boxes and the search index."""
_GROUPS_BY_CODE = frozenset(("form_error",))
"""The groups from which the sandbox chooses texts for a service in a browser. Sites without one do not need them."""


def languages(site: Path) -> Mapping[str, SimpleNamespace]:
    """Return the texts of each language. Raises ContractError for a file that cannot be used."""
    return {name: texts(source.data) for name, source in _read(site).items()}


def written(site: Path, language: str) -> Mapping[str, Any]:
    """Return the texts in the file of a language. Raises ContractError for a file that cannot be used."""
    found: Mapping[str, Any] = _read(site)[language].data
    return found


def unused(site: Path, language: str, setting: Place) -> Sequence[Complaint]:
    """Return complaints of texts that no template uses. Pages can be made all the same.

    Raises ContractError with all complaints if a text is missing or cannot be filled in, or if the language has no
    file. `setting` is the place of the setting `language`.
    """
    sources = _read(site)
    with placed(setting):
        find(sources, language, f"file in `{FOLDER}` for the language")
    uses = Uses(site / "templates")
    found = [each for source in sources.values() for each in uses.unused(source)]
    faults = [each for source in sources.values() for each in uses.faults(source, sources[language])]
    if faults:
        raise ContractError(*faults, *found)
    return found


def _read(site: Path) -> Mapping[str, Source]:
    sources = {file.stem: read(file, shown(file)) for file in visible(site / FOLDER, "*.yaml")}
    complaints = [each for source in sources.values() for each in _malformed(source)]
    if complaints:
        raise ContractError(*complaints)
    return sources


def _malformed(source: Source) -> Iterator[Complaint]:
    for group, named in mapping(source.data).items():
        for name, text in mapping(named).items():
            forms = _forms(text)
            if not forms or not all(isinstance(form, str) for form in forms) or not _has_other(text):
                message = f"`{group}.{name}` is not a text."
                remedy = f"Write words in quotes, or a form for each number and one for `{OTHER}`."
                yield Complaint(source.place((group, str(name))), CHECK, message, remedy)
            elif any(_placeholders(form) is None for form in forms):
                message = f"`{group}.{name}` has a single brace, or braces without a name."
                yield Complaint(source.place((group, str(name))), CHECK, message, "Write each placeholder as `{name}`.")
        if not mapping(named):
            yield Complaint(
                source.place((group,)), CHECK, f"`{group}` has no texts.", "Write them below it, or remove it."
            )


def _forms(text: Any) -> Sequence[Any]:
    return [*mapping(text).values()] if mapping(text) else [text]


def _has_other(text: Any) -> bool:
    return isinstance(text, str) or OTHER in mapping(text)


def _placeholders(text: str) -> frozenset[str] | None:
    """Return the names in braces in a text; None if one cannot be read."""
    try:
        parts = [*Formatter().parse(text)]
    except ValueError:
        return None
    names = [name for _, name, form, conversion in parts if name is not None and not form and not conversion]
    is_plain = len(names) == sum(name is not None for _, name, _, _ in parts) and all(map(str.isidentifier, names))
    return frozenset(names) if is_plain else None


def _named(source: Source) -> Mapping[Name, Any]:
    """Return the texts of a language by their names."""
    return {(group, str(name)): text for group, named in source.data.items() for name, text in named.items()}


def _lacking(source: Source, name: str, place: Place, remedy: str) -> Complaint:
    return Complaint(place, CHECK, f"{source.file} has no text `{name}`.", remedy)


@dataclass(frozen=True)
class Use:
    """A place in a template that shows a text."""

    group: str
    name: str
    """Empty where the template chooses one of the group."""
    given: frozenset[str]
    """The values that the template fills in."""
    place: Place


class Uses:
    """The texts that the templates in a folder use."""

    def __init__(self, templates: Path) -> None:
        """Read the templates. A template that cannot be parsed causes a complaint when it is rendered."""
        files = [*visible(templates, "**/*.html"), *visible(templates, "**/*.jinja")]
        sources = [file for file in files if file.parent.name != template_cache.FOLDER]
        found = {shown(file): _lookups(read_text(file, shown(file))) for file in sources}
        self._has_all = None not in found.values()
        self._uses = [
            Use(group, name, given, Place(file, line))
            for file, lookups in found.items()
            for group, name, given, line in lookups or ()
        ]

    @cached_property
    def _groups(self) -> frozenset[str]:
        """The groups from which templates or the sandbox choose a text by name."""
        return _GROUPS_BY_CODE | {use.group for use in self._uses if not use.name}

    @cached_property
    def _given(self) -> Mapping[Name, frozenset[str]]:
        """The values that every use of a text fills in."""
        given = dict(_BY_CODE)
        for use in self._uses:
            name = (use.group, use.name)
            given[name] = given.get(name, use.given) & use.given
        return given

    def faults(self, source: Source, of_site: Source) -> Iterator[Complaint]:
        """Complain of texts that a language lacks, and of those that templates cannot fill in."""
        known = _named(source)
        yield from self._missing(source, known)
        yield from self._missing_choices(source, of_site)
        for name, text in known.items():
            if name in self._given:
                yield from self._unfilled(name, text, source.place(name))

    def unused(self, source: Source) -> Iterator[Complaint]:
        """Complain of unused texts, if all templates could be parsed."""
        known = _named(source)
        for group, name in known if self._has_all else ():
            if (group, name) not in self._given and group not in self._groups:
                message = f"No template shows the text `{group}.{name}`."
                near = suggestion(f"{group}.{name}", map(".".join, self._given.keys() - known.keys()))
                remedy = f"Remove it. {near}" if "Did" in near else "Remove it."
                yield Complaint(source.place((group, name)), CHECK, message, remedy)

    def _missing(self, source: Source, known: Mapping[Name, Any]) -> Iterator[Complaint]:
        names = {".".join(name): name for name in known}
        for use in self._uses:
            name = f"{use.group}.{use.name}" if use.name else use.group
            if name not in names and name not in source.data:
                yield _lacking(source, name, use.place, f"Add it there. {suggestion(name, names)}")
        for name in map(".".join, _BY_CODE):
            if name not in names:
                yield _lacking(source, name, Place(source.file, 1), "Add it: every site needs it.")

    def _missing_choices(self, source: Source, of_site: Source) -> Iterator[Complaint]:
        """Compare a language with that of the site: templates name no text of a group from which they choose."""
        known = _named(source)
        for group, name in _named(of_site):
            if group in self._groups and (group, name) not in known:
                place = of_site.place((group, name))
                yield _lacking(source, f"{group}.{name}", place, "Add it there, as in the language of the site.")

    def _unfilled(self, name: Name, text: Any, place: Place) -> Iterator[Complaint]:
        given = self._given[name]
        for form in _forms(text):
            for unknown in sorted((_placeholders(form) or frozenset()) - given):
                message = f"The template fills in no `{{{unknown}}}` in the text `{'.'.join(name)}`."
                remedy = suggestion(unknown, given) if given else "Remove it, or fill it in."
                yield Complaint(place, CHECK, message, remedy)


_ENVIRONMENT = jinja2.Environment(autoescape=True)


@lru_cache(maxsize=512)
def _lookups(template: str) -> Sequence[tuple[str, str, frozenset[str], int]] | None:
    """Return the group, name, values and line of each text that a template shows; None if it cannot be parsed."""
    if VARIABLE not in template:
        return ()
    try:
        tree = _ENVIRONMENT.parse(template)
    except jinja2.TemplateSyntaxError:
        return None
    given = {id(call.node): frozenset(each.key for each in call.kwargs) for call in tree.find_all(nodes.Call)}
    found: Iterator[nodes.Getattr | nodes.Getitem] = chain(tree.find_all(nodes.Getattr), tree.find_all(nodes.Getitem))
    lookups = []
    for node in found:
        name = node.attr if isinstance(node, nodes.Getattr) else ""
        match node.node:
            case nodes.Getattr(node=nodes.Name(name=variable), attr=group) if variable == VARIABLE:
                lookups.append((group, name, given.get(id(node), frozenset[str]()), node.lineno))
    return lookups
