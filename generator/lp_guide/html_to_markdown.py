"""Converts the HTML of a page to Markdown.

Supports only the elements that the templates produce. Pictures and controls are left out.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count, groupby

from lp_guide import heading_links

_TOKEN = re.compile(r"<!--.*?-->|<pre\b[^>]*>(.*?)</pre>|<(/?)([a-z][a-z0-9]*)\b([^>]*)>|([^<]+)", re.DOTALL)
_MARK_UP = re.compile(r"<[^>]+>")
_HREF = re.compile(r'\bhref="([^"]*)"')
_SPECIAL = re.compile(r"([\\`*_\[\]<])")
_LINE = re.compile(r"(?<=\n)(?=[^\n])")
_SPACE = re.compile(r"\s+")
_VOID = {"br", "hr", "img", "input", "link", "meta", "path", "rect", "circle", "polygon", "wbr"}
_FORMS = "app-forms"
"""The class of a request in several languages."""
_QUOTED = ("govuk-inset-text", "govuk-warning-text ", 'govuk-warning-text"')
"""The classes of boxes."""
_HIDDEN = 'aria-hidden="true"'
_TERM = "app-term"
"""The class of a button that explains a term. Its text is part of a sentence. The explanation is not."""
_NOTE = "app-note"
"""The class of words on a line of their own."""
_TO_TOP = "app-top"
"""The class of the link to the top of a page, which has no meaning in a text."""
_LISTS = ("ul", "ol")
_START = re.compile(r'\bstart="(\d+)"')
"""The number of the first item of a list."""
_LEFT_OUT = {"button", "caption", "figure", "form", "nav", "noscript", "script", "svg"}
_INLINE = {"#text", "a", "abbr", "b", "br", "button", "code", "em", "i", "q", "span", "strong", "time", "var", "wbr"}


@dataclass(slots=True)
class Element:
    """An element, or a text, whose name is `#text`."""

    name: str
    attributes: str
    text: str
    children: list[Element]

    def all(self, name: str) -> Iterator[Element]:
        """Yield the outermost elements with a name below this one."""
        for child in self.children:
            if child.name == name:
                yield child
            else:
                yield from child.all(name)


def to_markdown(markup: str) -> str:
    """Return HTML as Markdown."""
    return "\n\n".join(_blocks(_parse(markup).children)) + "\n"


def _parse(markup: str) -> Element:
    """Parse HTML in which every element that needs an end tag has one. Unknown end tags are ignored."""
    root = Element("", "", "", [])
    path = [root]
    for found in _TOKEN.finditer(markup):
        code, is_end, name, attributes, text = found.groups()
        if text is not None:
            path[-1].children.append(Element("#text", "", html.unescape(text), []))
        elif code is not None:
            path[-1].children.append(Element("pre", "", html.unescape(_MARK_UP.sub("", code)), []))
        elif is_end:
            depth = next((at for at in range(len(path) - 1, 0, -1) if path[at].name == name), len(path))
            del path[depth:]
        elif name:
            element = Element(name, attributes, "", [])
            path[-1].children.append(element)
            if name not in _VOID:
                path.append(element)
    return root


def _blocks(elements: Iterable[Element]) -> Iterator[str]:
    """Yield some elements as blocks of Markdown. Words between blocks are paragraphs."""
    for is_inline, several in groupby(elements, lambda each: each.name in _INLINE):
        if is_inline:
            text = _inline(several)
            if text:
                yield text
            continue
        for each in several:
            if not _is_left_out(each):
                yield from _BLOCKS.get(each.name, _content)(each)


def _is_left_out(element: Element) -> bool:
    if _TERM in element.attributes:
        return element.name != "button"
    return element.name in _LEFT_OUT or _HIDDEN in element.attributes or _TO_TOP in element.attributes


def _inline(elements: Iterable[Element]) -> str:
    return _SPACE.sub(" ", _all_words(elements)).strip()


def _all_words(elements: Iterable[Element]) -> str:
    """Return the words of elements. Code next to code becomes one piece, because two backticks do not end it."""
    return "".join(map(_words, elements)).replace("``", "")


def _words(element: Element) -> str:
    if element.name == "#text":
        return _SPECIAL.sub(r"\\\1", element.text)
    if _is_left_out(element):
        return ""
    if element.name == "code":
        return f"`{_plain(element)}`"
    if element.name == "br":
        return " "
    items = _items(element) if element.name in _LISTS else ()
    inner = "; ".join(_inline(item.children).removesuffix(".") for item in items) or _all_words(element.children)
    if element.name not in _INLINE or _NOTE in element.attributes:
        return f" {inner} "
    words = inner.strip()
    around = _AROUND.get(element.name)
    return inner.replace(words, around(element, words), 1) if around and words else inner


def _plain(element: Element) -> str:
    return element.text + "".join(map(_plain, element.children))


def _link(element: Element, words: str) -> str:
    href = None if heading_links.CLASS in element.attributes else _HREF.search(element.attributes)
    return f"[{words}]({html.unescape(href[1])})" if href else words


_AROUND: Mapping[str, Callable[[Element, str], str]] = {
    "a": _link,
    "strong": lambda _, words: f"**{words}**",
    "b": lambda _, words: f"**{words}**",
    "em": lambda _, words: f"*{words}*",
    "q": lambda _, words: f"“{words}”",
}


def _content(element: Element) -> Iterator[str]:
    return _blocks(element.children)


def _heading(element: Element) -> Iterator[str]:
    yield f"{'#' * int(element.name[1])} {_inline(element.children)}"


def _paragraph(element: Element) -> Iterator[str]:
    yield from filter(None, [_inline(element.children)])


def _code(element: Element) -> Iterator[str]:
    fence = "````" if "```" in element.text else "```"
    yield f"{fence}\n{element.text.strip(chr(10))}\n{fence}"


def _list(element: Element) -> Iterator[str]:
    items = _items(element)
    start = _START.search(element.attributes)
    numbers = count(int(start[1]) if start else 1)
    marks = [f"{next(numbers)}. " if element.name == "ol" else "- " for _ in items]
    yield "\n".join(_hanging(mark, _blocks(item.children)) for mark, item in zip(marks, items, strict=True))


def _items(element: Element) -> list[Element]:
    return [child for child in element.children if child.name == "li"]


def _hanging(mark: str, blocks: Iterable[str]) -> str:
    """Write the blocks of an item of a list after its mark."""
    return mark + _LINE.sub(" " * len(mark), "\n\n".join(blocks))


def _facts(element: Element) -> Iterator[str]:
    """Write a list of terms with their descriptions."""
    terms, said = element.all("dt"), element.all("dd")
    yield "\n".join(
        f"- {_inline(term.children)}: {_inline(of.children)}" for term, of in zip(terms, said, strict=False)
    )


def _division(element: Element) -> Iterator[str]:
    """Write the content of a division, and a box as a quotation. Of a request in several languages, write the first."""
    if any(name in element.attributes for name in _QUOTED):
        yield "\n".join(f"> {line}".rstrip() for line in "\n\n".join(_content(element)).split("\n"))
        return
    forms = [*element.all("details")] if _FORMS in element.attributes else []
    yield from _blocks(forms[0].all("pre")) if forms else _content(element)


def _details(element: Element) -> Iterator[str]:
    """Write what can be unfolded below its name. Without content, the name belongs to a control only."""
    inside = [*_blocks(child for child in element.children if child.name != "summary")]
    if inside:
        yield from (f"**{_inline(child.children)}**" for child in element.children if child.name == "summary")
        yield from inside


def _table(element: Element) -> Iterator[str]:
    rows = [[_cell(cell) for cell in row.children if cell.name in {"th", "td"}] for row in element.all("tr")]
    if rows:
        head, *body = rows
        yield "\n".join(map(_row, (head, ["---"] * len(head), *body)))


def _cell(element: Element) -> str:
    return _inline(element.children).replace("|", "\\|")


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


_BLOCKS: Mapping[str, Callable[[Element], Iterator[str]]] = {
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), _heading),
    **dict.fromkeys(_LISTS, _list),
    "details": _details,
    "div": _division,
    "dl": _facts,
    "p": _paragraph,
    "pre": _code,
    "table": _table,
}
