"""Reads the documents of an edition and merges them into one OpenAPI document without references to other files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from lp_contract import SPEC
from lp_contract.file_reading import visible
from lp_contract.json_references import holds, steps
from lp_contract.yaml_source import MAPPINGS, Complaint, ContractError, Place, Pointer, Source, mapping, read

TABLE_OF_CONTENTS = "openapi.yaml"
CONTROLS = "sandbox"
"""The contract of the sandbox's own controls. `register/sandbox` is that of an edition, which has its actors too."""
ACTORS = "actors/"
"""The folder of an edition with the documents of its actors, and how their names begin in the merged contract."""
FROM_ACTORS = f"../../{CONTROLS}/"
"""How a reference in such a document names the folder of the shared documents."""
METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
OWN_SECTIONS = ("rules", "problems", "differences")
"""The sections of our documents beside those of OpenAPI."""


def editions(root: Path = SPEC) -> list[str]:
    """Name every contract under `root`: each edition, and where `root` has controls those of each one with actors."""
    folders = sorted(path.parent.name for path in root.glob(f"*/{TABLE_OF_CONTENTS}"))
    names = [name for name in folders if name != CONTROLS]
    if CONTROLS not in folders:
        return names
    with_actors = (name for name in names if any(visible(root / name / ACTORS, "*.yaml")))
    return [*names, *(f"{name}/{CONTROLS}" for name in with_actors)] or [CONTROLS]


def contract_files(name: str, root: Path = SPEC) -> dict[str, Path]:
    """Return the files of a contract by their names in it: the table of contents, the documents, then the seeds.

    The controls of an edition are the shared documents and those of the edition's actors. The edition's definition of
    a component replaces the shared one, and its entry of a rule or problem completes the shared one. What the table of
    contents defines cannot be replaced.
    """
    edition, is_controls, _ = name.partition("/")
    if not is_controls:
        return _files(root / name)
    shared = _files(_shared_folder(root))
    contents = {TABLE_OF_CONTENTS: shared.pop(TABLE_OF_CONTENTS)}
    actors = {f"{ACTORS}{path.name}": path for path in visible(root / edition / ACTORS, "*.yaml")}
    return contents | actors | shared


def _shared_folder(root: Path) -> Path:
    """Return the folder of the shared controls: that of `root`, or our own where `root` holds editions only."""
    own = root / CONTROLS
    return own if own.is_dir() else SPEC / CONTROLS


def cache_folder(name: str, root: Path = SPEC) -> Path:
    """Return the folder beside whose documents a contract is cached."""
    edition, is_controls, _ = name.partition("/")
    folder = root / edition / ACTORS if is_controls else root / name
    return folder if folder.is_dir() else _shared_folder(root)


def _exists(name: str, root: Path) -> bool:
    edition, is_controls, controls = name.partition("/")
    return (root / edition / TABLE_OF_CONTENTS).is_file() and (not is_controls or controls == CONTROLS)


def read_all(edition: str, root: Path = SPEC) -> tuple[dict[str, Source], tuple[Complaint, ...]]:
    """Read every file of an edition. Leave out each file that cannot be used, and complain of it.

    Raises ContractError when there is no such edition.
    """
    if not _exists(edition, root):
        known = ", ".join(editions(root))
        raise ContractError(
            Complaint(
                Place(shown(root / edition), 1), "edition", f"There is no edition `{edition}`.", f"Known: {known}."
            )
        )
    sources: dict[str, Source] = {}
    unread: list[Complaint] = []
    for name, file in contract_files(edition, root).items():
        try:
            sources[name] = _usable(name, read(file, shown(file)))
        except ContractError as error:
            unread += error.complaints
    return sources, tuple(unread)


def _usable(name: str, source: Source) -> Source:
    if not is_seed(name) and not isinstance(source.data, MAPPINGS):
        raise ContractError(
            Complaint(
                source.place(),
                "readable",
                "The document is not a mapping.",
                f"Write `paths:`, `components:`, {', '.join(f'`{section}:`' for section in OWN_SECTIONS)}.",
            )
        )
    return source


def shown(file: Path) -> Path:
    """Return a file's path relative to the current folder, where it is below it."""
    return file.relative_to(Path.cwd()) if file.is_relative_to(Path.cwd()) else file


def _files(folder: Path) -> dict[str, Path]:
    documents = [path.name for path in visible(folder, "*.yaml") if path.name != TABLE_OF_CONTENTS]
    seeds = [f"seeds/{path.name}" for path in visible(folder / "seeds", "*.yaml")]
    return {name: folder / name for name in (TABLE_OF_CONTENTS, *documents, *seeds)}


def is_of_actors(name: str) -> bool:
    """Whether a document belongs to the actors of an edition. All paths of such a document are part of the contract."""
    return name.startswith(ACTORS)


def is_seed(name: str) -> bool:
    """Whether a file of this name in an edition's folder is a seed and no document."""
    return name.startswith("seeds/")


def documents(sources: Mapping[str, Source]) -> Iterator[tuple[str, Source]]:
    """Yield the name and source of every file that is no seed."""
    return ((name, source) for name, source in sources.items() if not is_seed(name))


def entries(sources: Mapping[str, Source], section: str) -> Iterator[tuple[str, Any]]:
    """Yield the name and entry of every rule, or of every problem, over all documents."""
    found: dict[str, Any] = {}
    for _, source in documents(sources):
        for name, entry in mapping(source.data.get(section)).items():
            found[name] = {**mapping(entry), **found[name]} if isinstance(found.get(name), MAPPINGS) else entry
    yield from found.items()


def _named_things(source: Source) -> Iterator[tuple[str, ...]]:
    """Yield the pointer of everything in a document that must be named once over all documents."""
    for kind, components in mapping(mapping(source.data).get("components")).items():
        yield from (("components", kind, name) for name in mapping(components))
    for section in OWN_SECTIONS[:2]:
        yield from ((section, name) for name in mapping(mapping(source.data).get(section)))
    for path, item in mapping(mapping(source.data).get("paths")).items():
        if "$ref" not in mapping(item):
            yield "paths", path


def doubled_names(sources: Mapping[str, Source]) -> Iterator[Complaint]:
    """Complain of everything that two documents name alike, unless a document of the actors replaces a shared one's."""
    first: dict[tuple[str, ...], str] = {}
    for name, source in documents(sources):
        for pointer in _named_things(source):
            holder = first.setdefault(pointer, name)
            is_replaced = is_of_actors(holder) and not is_of_actors(name) and pointer[0] != "paths"
            if holder != name and not is_replaced:
                yield Complaint(
                    source.place(pointer),
                    "doubled-name",
                    f"`{'/'.join(pointer)}` is also at {sources[holder].place(pointer)}.",
                    "Remove or rename one of the two.",
                )


def place(sources: Mapping[str, Source], pointer: Pointer) -> Place:
    """Return the file and line of a value in the merged document, or of `("rules", name, ...)`."""
    return sources[_home(sources, pointer)].place(pointer)


def _home(sources: Mapping[str, Source], pointer: Pointer) -> str:
    """Return the name of the document that has a value of the merged document."""
    depth = {"components": 3, "paths": 2, "rules": 2, "problems": 2}.get(str(pointer[0]) if pointer else "", 0)
    if depth and len(pointer) >= depth:
        for name, source in documents(sources):
            if name != TABLE_OF_CONTENTS and holds(source.data, pointer[:depth]):
                return name
    return TABLE_OF_CONTENTS


def merge(sources: Mapping[str, Source]) -> tuple[dict[str, Any], tuple[Complaint, ...]]:
    """Make one document of all: components side by side, and each path in place of the reference to it.

    A path that is not where its reference says is left out and complained of.
    """
    contents = mapping(sources[TABLE_OF_CONTENTS].data) if TABLE_OF_CONTENTS in sources else {}
    components: dict[str, dict[str, Any]] = {}
    for _, source in documents(sources):
        for kind, named in mapping(mapping(source.data).get("components")).items():
            known = components.setdefault(kind, {})
            known |= {name: component for name, component in mapping(named).items() if name not in known}
    paths: dict[str, Any] = {}
    misplaced: list[Complaint] = []
    for path, item in mapping(contents.get("paths")).items():
        try:
            paths[path] = _path_item(sources, path, item)
        except ContractError as error:
            misplaced += error.complaints
    of_actors = dict(_paths_of_actors(sources))
    if of_actors:
        paths = _by_tag(contents, paths | of_actors)
    merged = {key: value for key, value in contents.items() if key not in OWN_SECTIONS}
    local: dict[str, Any] = _with_local_references(merged | {"paths": paths, "components": components})
    return local, tuple(misplaced)


def _paths_of_actors(sources: Mapping[str, Source]) -> Iterator[tuple[str, Any]]:
    for name, source in documents(sources):
        if is_of_actors(name):
            yield from mapping(mapping(source.data).get("paths")).items()


def _by_tag(contents: Mapping[str, Any], paths: Mapping[str, Any]) -> dict[str, Any]:
    """Sort paths in the order in which the table of contents lists their tags."""
    listed = contents.get("tags")
    tags = [mapping(tag).get("name") for tag in listed] if isinstance(listed, list) else []
    places = {tag: place for place, tag in enumerate(tags) if isinstance(tag, str)}
    return dict(sorted(paths.items(), key=lambda item: places.get(_tag(item[1]), len(places))))


def _tag(item: Any) -> str:
    """Return the tag of the first operation of a path; empty when it has none."""
    for method in METHODS:
        tags = mapping(mapping(item).get(method)).get("tags")
        if isinstance(tags, list) and tags:
            return str(tags[0])
    return ""


def _path_item(sources: Mapping[str, Source], path: str, item: Any) -> Any:
    if not isinstance(item, MAPPINGS) or "$ref" not in item:
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
                f"`{item['$ref']}` is not a reference to the path {path}.",
                "Refer to the document that has the path, with the same path.",
            )
        )
    return value


def _with_local_references(value: Any) -> Any:
    """Remove the file from every reference: the merged document holds all components."""
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


def document_of(reference: str, written_in: str) -> str:
    """Return the name of the document to which a reference leads, by the document in which it is written."""
    file = reference.partition("#")[0]
    if not file:
        return written_in
    if is_of_actors(written_in) and file.startswith(FROM_ACTORS):
        return file.removeprefix(FROM_ACTORS)
    return str(PurePosixPath(written_in).parent / file)
