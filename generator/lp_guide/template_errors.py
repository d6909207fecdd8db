"""Explains mistakes in the Jinja of a page in plain words."""

from __future__ import annotations

import difflib
import inspect
import re
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import jinja2

from lp_contract.yaml_source import ContractError, Place
from lp_guide import views
from lp_guide.boxes import box_for, how_to_write
from lp_guide.writer_mistakes import Mistake, suggestion

_NAME = re.compile(r"'(\w+)'")
_UNREADABLE = (
    (r"unexpected char '[\u2018\u2019\u201c\u201d]'", "The quotes here are curly.", "Write them straight: `'name'`."),
    (r"unexpected char", "A quote is opened here and not closed.", "Write a name between two quotes: `'name'`."),
    (r"expected '\)'", "A bracket is opened here and not closed.", "Write `)` where it ends."),
    (
        r"unexpected '\}'|end of print statement'\.",
        "Braces are opened here and not closed.",
        "Write `}}` where they end.",
    ),
    (r"unknown tag|[Uu]nexpected end", "A `{% … %}` here is not opened, or not closed.", "Write them in pairs."),
)
"""Patterns of Jinja's messages, each with our message and remedy."""


@contextmanager
def blamed(file: Path, skip: int, helpers: Mapping[str, Any]) -> Iterator[None]:
    """Convert errors of Jinja to complaints. The text begins after `skip` lines of the file."""
    try:
        yield
    except jinja2.TemplateSyntaxError as error:
        raise _unreadable(error.message or "").at(Place(file, error.lineno + skip)) from None
    except jinja2.UndefinedError as error:
        raise _undefined(error, helpers).at(_place(error, file, skip)) from None
    except Mistake as mistake:
        raise mistake.at(_place(mistake, file, skip)) from None
    except TypeError as error:
        raise _miscalled(str(error), helpers).at(_place(error, file, skip)) from error
    except ContractError:
        raise
    except Exception as error:
        said = f"{type(error).__name__}: {error}".removesuffix(": ")
        raise _unworkable(said).at(_place(error, file, skip)) from error


def _miscalled(said: str, helpers: Mapping[str, Any]) -> Mistake:
    """Explain which argument of a helper is missing or unknown."""
    name = said.partition("(")[0]
    view = views.VIEWS.get(name, helpers.get(name))
    takes = [each for each in inspect.signature(view).parameters if each not in views.GIVEN] if callable(view) else []
    shown = f"{{{{ {name}({', '.join(f'{each}=...' for each in takes)}) }}}}"
    unknown = re.search(r"unexpected keyword argument '(\w+)'", said)
    if unknown:
        return Mistake("jinja", f"`{name}` has no argument `{unknown[1]}`.", suggestion(unknown[1], takes))
    missing = re.search(r"missing \d+ required .*?: '(\w+)'", said)
    if missing:
        return Mistake("jinja", f"`{name}` needs the argument `{missing[1]}`.", f"Write it as `{shown}`.")
    if "positional argument" in said:
        return Mistake("jinja", f"`{name}` has too many arguments.", f"Write it as `{shown}`.")
    return _unworkable(said)


def _unworkable(said: str) -> Mistake:
    return Mistake("jinja", f"This cannot be evaluated: {said}.", "Correct the text between the braces.")


def _no_box(name: str, written: str) -> Mistake:
    return Mistake("box", f"`{written}` does not make a box.", how_to_write(box_for(name)))


def _unreadable(said: str) -> Mistake:
    """Explain a syntax error."""
    unknown = re.search(r"unknown tag '(\w+)'", said)
    if unknown and box_for(unknown[1]):
        return _no_box(unknown[1], f"{{% {unknown[1]} %}}")
    found = next(((words, remedy) for sign, words, remedy in _UNREADABLE if re.search(sign, said)), None)
    return Mistake(
        "jinja", *(found or (f"The braces here cannot be read: {said}.", "Correct them or the words in them."))
    )


def _undefined(error: jinja2.UndefinedError, helpers: Mapping[str, Any]) -> Mistake:
    found = _NAME.search(error.message or "")
    if found is None:
        return Mistake("unknown-name", f"{error.message}.", "Correct it.")
    if found[1] not in helpers and box_for(found[1]):
        return _no_box(found[1], f"{{{{ {found[1]} }}}}")
    known = [helper for helper in helpers if not helper.startswith("_")]
    close = difflib.get_close_matches(found[1], known, n=1)
    remedy = (
        suggestion(found[1], close)
        if close
        else f"If the contract has the name, put it in quotes: `'{found[1]}'`. If it is in an answer, capture it first."
    )
    return Mistake("unknown-name", f"There is no variable `{found[1]}`.", remedy)


def _place(error: BaseException, file: Path, skip: int) -> Place:
    frames = traceback.extract_tb(error.__traceback__)
    lines = [frame.lineno for frame in frames if frame.filename == str(file) and frame.lineno]
    return Place(file, (lines[-1] if lines else 1) + skip)
