"""Reads the settings of a site, and checks them against their schema."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from lp_contract.merge_documents import shown
from lp_contract.yaml_source import Complaint, ContractError, Place, Source, mapping, read
from lp_guide.writer_mistakes import suggestion

FILE = "site.yaml"
FOR_WRITERS = "for_writers"
SCHEMA = Path(__file__).with_name("settings.schema.yaml")
CHECK = "settings"
LONGEST = 200
"""The number of characters of jsonschema's message that a complaint repeats."""


def read_settings(folder: Path, shown: Path) -> Source:
    """Read the settings of the site in a folder. Raises ContractError with every complaint."""
    source = read(folder / FILE, shown / FILE)
    complaints = [_complaint(source, error) for error in _validator().iter_errors(source.data)]
    if complaints:
        raise ContractError(*complaints)
    return source


def edition_of(folder: Path) -> str:
    """Return the name of the contract of a site. Raises ContractError for invalid settings."""
    name: str = read_settings(folder, shown(folder)).data["edition"]
    return name


def page_for_writers(folder: Path) -> str:
    """Return the address of the page for new writers of a site, if it has one."""
    return str(read_settings(folder, shown(folder)).data.get(FOR_WRITERS, ""))


def links_on_pages(settings: Source) -> dict[str, Place]:
    """Return the place of each link that the settings put on many pages, by its address."""
    lists = {("switch",): settings.data["switch"], ("footer", "links"): settings.data["footer"]["links"]}
    return {
        link["href"]: settings.place((*names, index, "href"))
        for names, links in lists.items()
        for index, link in enumerate(links)
    }


@cache
def _validator() -> Draft202012Validator:
    return Draft202012Validator(read(SCHEMA).data)


def _complaint(source: Source, error: ValidationError) -> Complaint:
    way = tuple(error.absolute_path)
    remedy = "Read the comments in the file."
    if error.validator == "additionalProperties":
        known = mapping(mapping(error.schema).get("properties"))
        unknown = next((str(word) for word in mapping(error.instance) if word not in known), "")
        way, remedy = (*way, unknown), suggestion(unknown, known)
    elif error.validator == "required":
        remedy = "Add it."
    where = ".".join(map(str, way)) or "the file"
    return Complaint(source.place(way), CHECK, f"`{where}` is not valid: {_said(error)}.", remedy)


def _said(error: ValidationError) -> Any:
    return error.message if len(error.message) <= LONGEST else f"{error.message[:LONGEST]}…"
