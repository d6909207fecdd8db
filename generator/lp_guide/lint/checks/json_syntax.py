"""Checks that blocks of JSON are valid."""

from __future__ import annotations

from collections.abc import Iterator

from lp_guide.lint import lenient_json_parser
from lp_guide.lint.json_blocks import bodies
from lp_guide.lint.markdown_page import Finding, Guidance


def curly_quotes(page: Guidance) -> Iterator[Finding]:
    """Quotes in JSON are straight. Reports each block once, because writers change all its quotes at once."""
    for body in bodies(page):
        lines = list(dict.fromkeys(fault.line for fault in body.faults if fault.kind == lenient_json_parser.CURLY))
        if lines:
            where = f"on {len(lines)} lines, {lines[0]} to {lines[-1]}" if len(lines) > 1 else "here"
            yield Finding(lines[0], f"The JSON has curly quotes {where}.", 'Write `"` in place of each.')


def trailing_comma(page: Guidance) -> Iterator[Finding]:
    """There is no comma after the last value of an object or list."""
    return _faults(page, lenient_json_parser.COMMA)


def doubled_key(page: Guidance) -> Iterator[Finding]:
    """No name occurs twice in an object."""
    return _faults(page, lenient_json_parser.DOUBLED)


def malformed_json(page: Guidance) -> Iterator[Finding]:
    """JSON can be parsed; `...` may replace what is left out, and a template a value."""
    return _faults(page, lenient_json_parser.FORM)


def _faults(page: Guidance, kind: str) -> Iterator[Finding]:
    """Report the first fault of a kind on each line, because it often causes the others."""
    for body in bodies(page):
        first = {fault.line: fault for fault in reversed(body.faults) if fault.kind == kind}
        yield from (Finding(line, fault.message, fault.remedy) for line, fault in first.items())
