"""The templates in site/templates/, and the Design System's macros that they call."""

from __future__ import annotations

import json
import re
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import lru_cache, partial
from pathlib import Path
from string import Formatter
from typing import Any

import jinja2
from jinja2 import pass_context
from jinja2.loaders import split_template_path
from jinja2.runtime import Context
from markupsafe import Markup, escape

from lp_contract.contract import Problem, Rule
from lp_contract.merge_documents import shown
from lp_contract.service_conventions import is_json
from lp_contract.texts import month_name, written_day
from lp_contract.yaml_source import ContractError, Place, read_text
from lp_guide import reference_urls
from lp_guide.code_snippets import snippets
from lp_guide.markdown import Markdown, coloured
from lp_guide.reference_urls import Addresses
from lp_guide.requests_and_answers import MORE, Response, printed
from lp_guide.template_cache import Bytecode
from lp_guide.texts import VARIABLE as TEXTS
from lp_guide.writer_mistakes import Mistake

_Environment = partial(jinja2.Environment, autoescape=True, trim_blocks=True, lstrip_blocks=True)
"""An environment that parses templates as ours are written."""
_HOLE = Markup('<var class="app-hole">{}</var>')
_MORE_TOKEN = re.compile(rf'<span[^>]*>"{MORE}"</span>')


class Components:
    """The Design System's macros: `govuk.tag({...})`."""

    def __init__(self, kept: Bytecode) -> None:
        """Create a separate environment, because the macros use undefined values as empty."""
        package = jinja2.PackageLoader("govuk_frontend_jinja")
        self._environment = jinja2.Environment(
            loader=jinja2.PrefixLoader({"govuk_frontend_jinja": package}),
            undefined=jinja2.ChainableUndefined,
            bytecode_cache=kept,
            autoescape=True,
            auto_reload=False,
        )
        self._macros: dict[str, Any] = {}

    def __getattr__(self, name: str) -> Any:
        """Return the macro of a component by its name with underscores: `generic_header`."""
        if name not in self._macros:
            file = f"govuk_frontend_jinja/components/{name.replace('_', '-')}/macro.html"
            macro = "govuk" + "".join(word.title() for word in name.split("_"))
            self._macros[name] = getattr(self._environment.get_template(file).module, macro)
        return self._macros[name]


class Templates:
    """The templates in a folder. Errors in them become complaints with file and line."""

    def __init__(self, folder: Path, markdown: Markdown) -> None:
        """Take the folder, and the renderer for the Markdown in contracts."""
        self._folder = folder
        self._environment = environment(folder, markdown)
        self.names = [name for name in self._environment.list_templates(["html"]) if "/" not in name]
        """The templates for whole pages."""

    def know(self, **known: Any) -> None:
        """Add variables for every template."""
        self._environment.globals |= known

    def render(self, name: str, known: Mapping[str, Any]) -> str:
        """Render a template. Raises ContractError for a mistake in it."""
        with self._blamed(self._folder / name):
            return self._environment.get_template(name).render(known)

    def parse(self, name: str) -> None:
        """Check the syntax of a template that the sandbox renders. Raises ContractError."""
        with self._blamed(self._folder / name):
            _parse(_read(self._folder / name))

    @contextmanager
    def _blamed(self, top: Path) -> Iterator[None]:
        """Turn errors into complaints at the line of the innermost template."""
        try:
            yield
        except (ContractError, Mistake):
            raise
        except jinja2.TemplateSyntaxError as error:
            place = Place(shown(Path(error.filename or top)), error.lineno)
            raise _broken(f"The template cannot be read: {error.message}").at(place) from None
        except jinja2.TemplateNotFound as error:
            raise _broken(f"There is no template `{error}`").at(self._innermost(error, top)) from None
        except Exception as error:
            said = str(error) if isinstance(error, jinja2.UndefinedError) else f"{type(error).__name__}: {error}"
            raise _broken(f"The template cannot be filled in: {said}").at(self._innermost(error, top)) from error

    def _innermost(self, error: Exception, top: Path) -> Place:
        frames = [(Path(frame.f_code.co_filename), line) for frame, line in traceback.walk_tb(error.__traceback__)]
        file, line = [(top, 1), *(each for each in frames if each[0].is_relative_to(self._folder))][-1]
        return Place(shown(file), line)


def _broken(said: str) -> Mistake:
    return Mistake("template", f"{said.removesuffix('.')}.", "Correct the template, or give it what it asks for.")


class _Loader(jinja2.FileSystemLoader):
    """Finds templates in a folder."""

    def get_source(self, environment: jinja2.Environment, template: str) -> tuple[str, str, Callable[[], bool]]:  # noqa: ARG002 - Jinja passes it
        """Read a template. Raises ContractError if it exists and cannot be read."""
        file = Path(self.searchpath[0], *split_template_path(template))
        if not (file.exists() or file.is_symlink()):
            raise jinja2.TemplateNotFound(template)
        return _read(file), str(file), lambda: True


def _read(file: Path) -> str:
    return read_text(file, shown(file))


@lru_cache(maxsize=256)  # When a page or a setting has changed, most templates are the same.
def _parse(source: str) -> None:
    """Check the syntax of a template. Raises TemplateSyntaxError."""
    _Environment().parse(source)


def environment(folder: Path, markdown: Markdown) -> jinja2.Environment:
    """Return what renders the templates in a folder."""
    kept = Bytecode(folder)
    made = _Environment(
        loader=_Loader(folder), bytecode_cache=kept, undefined=jinja2.StrictUndefined, auto_reload=False
    )
    made.filters |= {
        "md": markdown.inline,
        "paragraphs": markdown.render,
        "coloured": coloured,
        "answer": _answer,
        "message": _message,
        "body_line": _body_line,
        "day": _day,
        "day_element": _day_element,
        "month": _month,
        "month_name": _month_name,
        "snippets": snippets,
    }
    made.globals |= {
        "govuk": Components(kept),
        "deep_link": reference_urls.deep_link,
        "path_deep_link": reference_urls.path_deep_link,
        "slug": reference_urls.slug,
        "is_json": is_json,
    }
    return made


def about(known: Addresses) -> dict[str, Any]:
    """Return the variables of templates for the contracts, first the contract of the page."""
    return {
        "contract": known.contracts[0],
        "home": known.home(known.contracts[0]),
        "address": _schemes(known) | {"tag": known.tag},
        "address_in": {each.edition: _schemes(replace(known, contracts=[each])) for each in known.contracts},
    }


def _schemes(known: Addresses) -> dict[str, Callable[[str], str]]:
    return {name: partial(give, known) for name, give in reference_urls.SCHEMES.items()}


@pass_context
def _message(context: Context, source: Rule | Problem) -> Markup:
    """Show a message, and mark the parts that depend on the request. A link to a problem without one needs words."""
    if not source.shows or source.detail is None:
        return escape(source.message or context[TEXTS].answer.no_message)
    parts = [(text, source.shows[name] if name else "") for text, name, _, _ in Formatter().parse(source.detail)]
    return Markup("").join(escape(text) + (_HOLE.format(shown) if shown else "") for text, shown in parts)


@pass_context
def _day(context: Context, day: str) -> Markup:
    """Write a day, such as `2026-11-22`, in words."""
    return written_day(context[TEXTS], day)


@pass_context
def _day_element(context: Context, day: str) -> Markup:
    """Write a day in words that programs can read too."""
    return Markup('<time datetime="{}">{}</time>').format(day, _day(context, day))


@pass_context
def _month(context: Context, month: str) -> Markup:
    """Write a month of a year, such as `2026-11`, in words."""
    year, number = month.split("-")
    words: Markup = context[TEXTS].date.month(month=month_name(context[TEXTS], int(number)), year=year)
    return words


@pass_context
def _month_name(context: Context, month: int) -> Markup:
    return month_name(context[TEXTS], month)


def _body_line(problem: Problem) -> str:
    """Write the body of a problem on one line."""
    return json.dumps(problem.body, ensure_ascii=False) if isinstance(problem.body, Mapping) else problem.message


@pass_context
def _answer(context: Context, response: Response) -> Markup:
    """Show the body of an answer, with a note for the items left out."""
    if response.body is None or isinstance(response.body, str):
        return escape(printed(response))
    left_out = f'<span class="app-more">{context[TEXTS].answer.left_out(number=response.hidden)}</span>'
    return Markup(_MORE_TOKEN.sub(left_out, coloured(printed(response), "json")))  # noqa: S704 - both are HTML
