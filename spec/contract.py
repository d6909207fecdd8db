"""`load(edition)` reads the hand-written documents of an edition and gives them as frozen values.

The documents are merged into one OpenAPI document (`Contract.document`), in which a component is named by
`#/components/...` and nothing refers to another file. `Operation` holds its schemas with every reference resolved.
Everything can be traced back to its file and line with `Contract.place`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from prance.util.resolver import RefResolver
from prance.util.url import ResolutionError

from spec import SPEC
from spec.example import example_of
from spec.kept import kept
from spec.source import Complaint, ContractError, Place, Pointer, Source, mapping, read

T = TypeVar("T")

TABLE_OF_CONTENTS = "openapi.yaml"
READS = ("GET", "HEAD", "OPTIONS")
"""The methods that change nothing."""
METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
EVERYTHING = "everything"
OWN_SECTIONS = ("rules", "problems", "differences")
"""What our documents hold beside OpenAPI's own sections."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A business rule: what it guards, what a client is told, and a request that breaks it."""

    name: str
    field: str
    """The `title` of the error: the field that is wrong."""
    detail: str
    """The exact message; `{name}` stands for what the facts of that name hold."""
    when: str
    """The condition under which a request breaks the rule, in plain English."""
    broken_by: Mapping[str, Any]
    """What differs from the operation's example request: attributes, or path parameters by their name."""
    needs_clean: tuple[str, ...]
    """The fields that must have no error yet for the rule to be asked; EVERYTHING stands for all."""
    brings: tuple[str, ...] = ()
    """Rules that `broken_by` cannot but break as well."""
    at: str | None = None
    """The server date of the request that breaks it, where the rule depends on the date."""
    shows: Mapping[str, str] = dataclasses.field(default_factory=dict)
    """What stands in the message for `{name}` when `broken_by` is sent."""

    @property
    def message(self) -> str:
        """The message that `broken_by` is answered with."""
        return self.detail.format_map(self.shows) if self.shows else self.detail


@dataclass(frozen=True, slots=True)
class Problem:
    """What any request can meet before a rule is asked."""

    name: str
    status: int
    when: str
    title: str | None = None
    detail: str | None = None
    error: str | None = None
    """The whole message, where the answer is `{"error": ...}`."""
    text: str | None = None
    """The whole message, where the answer is plain text."""
    broken_by: Mapping[str, Any] | None = None
    """A request that meets it: `operation`, and `path`, `query`, `headers`, `body` or `padding` in bytes."""

    @property
    def body(self) -> Mapping[str, Any] | str:
        """The body of the answer: an object, or plain text."""
        if self.text is not None:
            return self.text
        if self.error is not None:
            return {"error": self.error}
        return {"errors": [{"title": self.title, "detail": self.detail}]}


@dataclass(frozen=True, slots=True)
class Difference:
    """Where the sandbox answers otherwise than the department's service or guidance."""

    subject: str
    theirs: str
    ours: str


@dataclass(frozen=True, slots=True)
class Transition:
    """A step from one state to another."""

    source: str | None
    """None for the state in which things begin."""
    target: str
    by: str
    """An operationId, `time`, or an actor of the sandbox."""
    when: str
    """The condition, in plain English."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one path."""

    id: str
    method: str
    """In capitals."""
    path: str
    tag: str
    summary: str
    description: str
    parameters: tuple[Mapping[str, Any], ...]
    """Every parameter object, those of the path first, resolved."""
    request: Mapping[str, Any] | None
    """The JSON schema of the body, resolved."""
    request_example: Mapping[str, Any] | None
    responses: Mapping[str, Mapping[str, Any]]
    """The response objects by status, resolved."""
    rules: tuple[Rule, ...]
    """In the order in which they are asked."""
    is_one_answer: bool = False
    """Whether identical requests that come at the same moment get the answer of one."""

    @property
    def is_write(self) -> bool:
        """Whether it changes something."""
        return self.method not in READS

    @property
    def success(self) -> str:
        """The status of the answer when all is well."""
        return next((status for status in self.responses if status.startswith("2")), "200")

    @property
    def response(self) -> Mapping[str, Any] | None:
        """The JSON schema of the answer when all is well, resolved; None where it has no body."""
        return self._answer.get("schema")

    @property
    def answer_example(self) -> Any:
        """An answer when all is well: the one written for the operation, or one composed from its schema."""
        answer = self._answer
        return answer["example"] if "example" in answer else example_of(answer.get("schema", {"const": None}))

    @property
    def _answer(self) -> Mapping[str, Any]:
        content = mapping(mapping(self.responses.get(self.success)).get("content"))
        return mapping(content.get("application/json"))

    @property
    def attributes(self) -> Mapping[str, Any]:
        """The schemas of the fields that the body can have, by name; empty where it takes no body."""
        return MappingProxyType(dict(attribute_schemas(self.request or {})))

    @property
    def path_example(self) -> Mapping[str, str]:
        """The example of each path parameter, by name."""
        return {p["name"]: p["example"] for p in self.parameters if p["in"] == "path"}

    @property
    def filters(self) -> tuple[str, ...]:
        """The keys that `filter[...]` takes."""
        return tuple(key for p in self.parameters if p["name"] == "filter" for key in p["schema"]["properties"])

    @property
    def needed_filters(self) -> tuple[str, ...]:
        """The keys that `filter[...]` must have."""
        return tuple(key for p in self.parameters if p["name"] == "filter" for key in p["schema"].get("required", ()))


def attribute_schemas(request: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the fields under `data.attributes`, through every alternative."""
    for data in _alternatives(mapping(request.get("properties")).get("data", {})):
        for attributes in _alternatives(mapping(data.get("properties")).get("attributes", {})):
            yield from mapping(attributes.get("properties")).items()


def _alternatives(schema: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield schema
    for keyword in ("anyOf", "oneOf", "allOf"):
        for part in schema.get(keyword, ()):
            yield from _alternatives(part)


@dataclass(frozen=True, eq=False)
class Contract:
    """An edition of the contract."""

    edition: str
    document: Mapping[str, Any]
    """One OpenAPI document, merged from all; `x-rules` and `x-problems` stand in it as written."""
    operations: Mapping[str, Operation]
    rules: Mapping[str, Rule]
    problems: Mapping[str, Problem]
    differences: tuple[Difference, ...]
    transitions: Mapping[str, tuple[Transition, ...]]
    """The steps between the values of an enum, by `Schema.property`."""
    seeds: Mapping[str, Any]
    """The data of each seed file by its name without ending; seeds.schema holds their JSON schema."""
    sources: Mapping[str, Source] = dataclasses.field(repr=False)
    """Every file read, by its name in the edition's folder."""

    def place(self, pointer: Pointer) -> Place:
        """Return the file and line of a value in the document, or of `("rules", name, ...)` and the like."""
        return place(self.sources, pointer)


def load(edition: str, root: Path = SPEC) -> Contract:
    """Read an edition from the folder of its name under `root`.

    Raises ContractError, with every complaint at hand, when the documents do not make a contract.
    """
    folder = root / edition
    files = [folder / name for name in _document_names(folder)]
    if not all(file.is_file() for file in files):
        return _load(edition, root)
    return kept(folder, files, _shown(folder), lambda: _load(edition, root))


def _load(edition: str, root: Path) -> Contract:
    sources, unread = read_all(edition, root)
    _refuse(unread)
    _refuse(tuple(doubled_names(sources)))
    document, misplaced = merge(sources)
    _refuse(misplaced)
    rules = {name: _rule(sources, name, entry) for name, entry in entries(sources, "rules")}
    resolved = _resolve(sources, document)
    return Contract(
        edition=edition,
        document=MappingProxyType(document),
        operations=MappingProxyType({operation.id: operation for operation in _operations(sources, resolved, rules)}),
        rules=MappingProxyType(rules),
        problems=MappingProxyType(
            {name: _value(sources, Problem, "problems", name, entry) for name, entry in entries(sources, "problems")}
        ),
        differences=tuple(
            Difference(**entry)
            for _, source in documents(sources)
            for entry in mapping(source.data).get("differences", ())
        ),
        transitions=MappingProxyType(dict(_transitions(document))),
        seeds=MappingProxyType({Path(name).stem: source.data for name, source in sources.items() if _is_seed(name)}),
        sources=MappingProxyType(sources),
    )


def editions(root: Path = SPEC) -> list[str]:
    """Name every edition that has a folder under `root`."""
    return sorted(path.parent.name for path in root.glob(f"*/{TABLE_OF_CONTENTS}"))


def read_all(edition: str, root: Path = SPEC) -> tuple[dict[str, Source], tuple[Complaint, ...]]:
    """Read every file of an edition; one that cannot be used is left out and complained of.

    Raises ContractError when there is no such edition.
    """
    folder = root / edition
    if not (folder / TABLE_OF_CONTENTS).is_file():
        known = ", ".join(editions(root))
        raise ContractError(
            Complaint(Place(_shown(folder), 1), "edition", f"There is no edition `{edition}`.", f"Known: {known}.")
        )
    sources: dict[str, Source] = {}
    unread: list[Complaint] = []
    for name in _document_names(folder):
        try:
            sources[name] = _usable(name, read(folder / name, _shown(folder / name)))
        except ContractError as error:
            unread += error.complaints
    return sources, tuple(unread)


def _usable(name: str, source: Source) -> Source:
    if not _is_seed(name) and not isinstance(source.data, Mapping):
        raise ContractError(
            Complaint(
                source.place(),
                "readable",
                "The document holds no mapping.",
                f"Write `paths:`, `components:`, {', '.join(f'`{section}:`' for section in OWN_SECTIONS)}.",
            )
        )
    return source


def _refuse(complaints: tuple[Complaint, ...]) -> None:
    if complaints:
        raise ContractError(*complaints)


def _shown(file: Path) -> Path:
    """Name a file as someone who stands here would open it."""
    return file.relative_to(Path.cwd()) if file.is_relative_to(Path.cwd()) else file


def _document_names(folder: Path) -> list[str]:
    """Name the table of contents, then the documents, then the seeds."""
    documents = sorted(path.name for path in folder.glob("*.yaml") if path.name != TABLE_OF_CONTENTS)
    seeds = sorted(f"seeds/{path.name}" for path in (folder / "seeds").glob("*.yaml"))
    return [TABLE_OF_CONTENTS, *documents, *seeds]


def _is_seed(name: str) -> bool:
    return name.startswith("seeds/")


def documents(sources: Mapping[str, Source]) -> Iterator[tuple[str, Source]]:
    """Yield the name and source of every file that is no seed."""
    return ((name, source) for name, source in sources.items() if not _is_seed(name))


def entries(sources: Mapping[str, Source], section: str) -> Iterator[tuple[str, Any]]:
    """Yield the name and entry of every rule, or of every problem, over all documents."""
    for _, source in documents(sources):
        yield from mapping(source.data.get(section)).items()


def _named_things(source: Source) -> Iterator[tuple[str, ...]]:
    """Yield the pointer of everything in a document that must be named once over all documents."""
    for kind, components in mapping(mapping(source.data).get("components")).items():
        yield from (("components", kind, name) for name in mapping(components))
    for section in OWN_SECTIONS[:2]:
        yield from ((section, name) for name in mapping(mapping(source.data).get(section)))


def doubled_names(sources: Mapping[str, Source]) -> Iterator[Complaint]:
    """Complain of everything that two documents name alike."""
    first: dict[tuple[str, ...], Source] = {}
    for _, source in documents(sources):
        for pointer in _named_things(source):
            if pointer in first:
                yield Complaint(
                    source.place(pointer),
                    "doubled-name",
                    f"`{'/'.join(pointer)}` stands at {first[pointer].place(pointer)} too.",
                    "Remove or rename one of the two.",
                )
            first.setdefault(pointer, source)


def place(sources: Mapping[str, Source], pointer: Pointer) -> Place:
    """Return the file and line of a value in the merged document, or of `("rules", name, ...)`."""
    return sources[_home(sources, pointer)].place(pointer)


def _home(sources: Mapping[str, Source], pointer: Pointer) -> str:
    """Name the document in which a value of the merged document stands."""
    depth = {"components": 3, "paths": 2, "rules": 2, "problems": 2}.get(str(pointer[0]) if pointer else "", 0)
    if depth and len(pointer) >= depth:
        for name, source in documents(sources):
            if name != TABLE_OF_CONTENTS and _holds(source.data, pointer[:depth]):
                return name
    return TABLE_OF_CONTENTS


def _holds(data: Any, pointer: Pointer) -> bool:
    for step in pointer:
        if not isinstance(data, Mapping) or step not in data:
            return False
        data = data[step]
    return True


def merge(sources: Mapping[str, Source]) -> tuple[dict[str, Any], tuple[Complaint, ...]]:
    """Make one document of all: components side by side, and each path in place of the reference to it.

    A path that is not where its reference says is left out and complained of.
    """
    contents = mapping(sources[TABLE_OF_CONTENTS].data) if TABLE_OF_CONTENTS in sources else {}
    components: dict[str, dict[str, Any]] = {}
    for _, source in documents(sources):
        for kind, named in mapping(mapping(source.data).get("components")).items():
            components.setdefault(kind, {}).update(mapping(named))
    paths: dict[str, Any] = {}
    misplaced: list[Complaint] = []
    for path, item in mapping(contents.get("paths")).items():
        try:
            paths[path] = _path_item(sources, path, item)
        except ContractError as error:
            misplaced += error.complaints
    merged = {key: value for key, value in contents.items() if key not in OWN_SECTIONS}
    local: dict[str, Any] = _with_local_references(merged | {"paths": paths, "components": components})
    return local, tuple(misplaced)


def _path_item(sources: Mapping[str, Source], path: str, item: Any) -> Any:
    if not isinstance(item, Mapping) or "$ref" not in item:
        return item
    name = str(item["$ref"]).partition("#")[0]
    way = steps(str(item["$ref"]))
    value: Any = sources[name].data if name in sources else None
    for step in way:
        value = mapping(value).get(step)
    if value is None or way != ("paths", path):
        raise ContractError(
            Complaint(
                sources[TABLE_OF_CONTENTS].place(("paths", path, "$ref")),
                "reference",
                f"`{item['$ref']}` does not lead to the path {path}.",
                "Refer to the document that holds the path, by the same path.",
            )
        )
    return value


def _with_local_references(value: Any) -> Any:
    """Drop the file from every reference: in the merged document all components are at home."""
    if isinstance(value, dict):
        return {
            key: _local(item) if key == "$ref" and isinstance(item, str) else _with_local_references(item)
            for key, item in value.items()
        }
    if isinstance(value, list):
        return [_with_local_references(item) for item in value]
    return value


def _local(reference: str) -> str:
    return "#" + reference.partition("#")[2] if "#/components/" in reference else reference


def _resolve(sources: Mapping[str, Source], document: dict[str, Any]) -> dict[str, Any]:
    try:
        return resolve(document)
    except ResolutionError as error:
        top = sources[TABLE_OF_CONTENTS].place()
        recursive = Complaint(top, "reference", str(error), "Break the circle.")
        raise ContractError(*(tuple(_dangling(sources, document)) or (recursive,))) from None


def resolve(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return a document with what is referred to in place of each reference.

    Raises prance's ResolutionError where one leads nowhere or into itself.
    """
    resolver = RefResolver(dict(document), "file:///openapi.yaml")
    resolver.resolve_references()
    resolved: dict[str, Any] = resolver.specs
    return resolved


def references(value: Any, pointer: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Yield the pointer and the target of every reference in a document."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            if key == "$ref" and isinstance(item, str):
                yield (*pointer, key), item
            else:
                yield from references(item, (*pointer, key))
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from references(item, (*pointer, index))


def steps(reference: str) -> tuple[str, ...]:
    """Return the pointer in a reference, as in `common.yaml#/components/schemas/Error`."""
    _, _, fragment = reference.partition("#")
    return tuple(step.replace("~1", "/").replace("~0", "~") for step in fragment.split("/")[1:])


def _dangling(sources: Mapping[str, Source], document: Mapping[str, Any]) -> Iterator[Complaint]:
    for pointer, target in references(document):
        if not target.startswith("#/") or not _holds(document, steps(target)):
            where = place(sources, pointer)
            yield Complaint(where, "reference", f"`{target}` leads nowhere.", "Name a component that exists.")


def _operations(
    sources: Mapping[str, Source], resolved: Mapping[str, Any], rules: Mapping[str, Rule]
) -> Iterator[Operation]:
    for path, item in resolved["paths"].items():
        for method in METHODS:
            if method in item:
                yield _operation(sources, rules, path, method, item)


def _operation(
    sources: Mapping[str, Source], rules: Mapping[str, Rule], path: str, method: str, item: Mapping[str, Any]
) -> Operation:
    entry = item[method]
    unknown = [name for name in entry.get("x-rules", ()) if name not in rules]
    if unknown:
        pointer = ("paths", path, method, "x-rules", entry["x-rules"].index(unknown[0]))
        raise ContractError(
            Complaint(
                place(sources, pointer),
                "unknown-rule",
                f"There is no rule `{unknown[0]}`.",
                "Write it under `rules`, or mend its name.",
            )
        )
    body = mapping(mapping(mapping(entry.get("requestBody")).get("content")).get("application/json"))
    return Operation(
        id=entry.get("operationId", f"{method} {path}"),
        method=method.upper(),
        path=path,
        tag=next(iter(entry.get("tags", ())), ""),
        summary=entry.get("summary", ""),
        description=entry.get("description", ""),
        parameters=(*item.get("parameters", ()), *entry.get("parameters", ())),
        request=body.get("schema"),
        request_example=body.get("example"),
        responses=MappingProxyType(entry.get("responses", {})),
        rules=tuple(rules[name] for name in entry.get("x-rules", ())),
        is_one_answer=bool(entry.get("x-one-answer")),
    )


def _transitions(document: Mapping[str, Any]) -> Iterator[tuple[str, tuple[Transition, ...]]]:
    """Read `x-transitions`, which stands beside the `enum` of a property."""
    for name, schema in mapping(mapping(document.get("components")).get("schemas")).items():
        for field, part in mapping(mapping(schema).get("properties")).items():
            steps = mapping(part).get("x-transitions", ())
            if steps:
                yield (
                    f"{name}.{field}",
                    tuple(Transition(step["from"], step["to"], step["by"], step["when"]) for step in steps),
                )


def _rule(sources: Mapping[str, Source], name: str, entry: Mapping[str, Any]) -> Rule:
    given = dict(mapping(entry))
    given["needs_clean"] = tuple(given.get("needs_clean", (given.get("field"),)))
    given["brings"] = tuple(given.get("brings", ()))
    return _value(sources, Rule, "rules", name, given)


def miswordings(sources: Mapping[str, Source]) -> Iterator[Complaint]:
    """Complain of every word of a rule or problem that is missing or not known."""
    for section, kind in (("rules", Rule), ("problems", Problem)):
        for name, entry in entries(sources, section):
            given = {"needs_clean": ()} if kind is Rule else {}
            yield from _miswordings(sources, kind, section, name, given | dict(mapping(entry)))


def _value(sources: Mapping[str, Source], kind: type[T], section: str, name: str, entry: Mapping[str, Any]) -> T:
    """Make a value of an entry in a document, or say which of its words is missing or not known."""
    _refuse(tuple(_miswordings(sources, kind, section, name, entry)))
    return kind(**entry | {"name": name})  # type: ignore[operator]


def _miswordings(
    sources: Mapping[str, Source], kind: type, section: str, name: str, entry: Mapping[str, Any]
) -> Iterator[Complaint]:
    fields = {field.name: field for field in dataclasses.fields(kind) if field.name != "name"}
    for word in entry.keys() - fields.keys():
        yield Complaint(
            place(sources, (section, name, word)),
            "unknown-word",
            f"`{name}` says `{word}`, which means nothing here.",
            f"Known words: {', '.join(sorted(fields))}.",
        )
    for word, field in fields.items():
        if word not in entry and dataclasses.MISSING is field.default is field.default_factory:
            yield Complaint(
                place(sources, (section, name)), "missing-word", f"`{name}` does not say `{word}`.", "Add it."
            )
