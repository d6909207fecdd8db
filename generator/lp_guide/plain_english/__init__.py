"""Checks the mechanical part of plain English. What it finds are warnings: a writer can have a reason."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from lp_contract.yaml_source import Complaint, Place
from lp_guide.lint.markdown_page import CODE
from lp_guide.plain_english.passages import Passage, Sentence, passages
from lp_guide.plain_english.passive_voice import is_passive
from lp_guide.plain_english.spelling import misspellings
from lp_guide.plain_english.texts import Text, names, of_contracts, of_file, of_pages, of_words

ENGLISH = "en"
FEW_SENTENCES = 20
"""How many sentences a page needs for a share of them to mean something."""
_BEGINNING = 8
"""How many words of a sentence a warning repeats."""
_LISTED = 8
"""How many passive sentences a warning lists."""


@dataclass(frozen=True)
class PlainEnglish:
    """The checks, with the settings of a site."""

    settings: Mapping[str, Any]
    """The whole of site.yaml."""
    documents: Sequence[Any] = ()
    """The contracts and seeds, whose names are spelt correctly."""

    @cached_property
    def _own(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.settings.get("plain_english", {})
        return found

    @cached_property
    def _known(self) -> frozenset[str]:
        return names([*self.documents, self._own.get("known", [])])

    @cached_property
    def _avoid(self) -> Mapping[str, str]:
        """The better words for each phrase to avoid."""
        return {
            phrase.strip().lower(): better
            for phrases, better in self._own.get("avoid", {}).items()
            for phrase in phrases.split(",")
        }

    @cached_property
    def _phrases(self) -> re.Pattern[str]:
        listed = sorted(self._avoid, key=len, reverse=True) or ["(?!)"]
        words = "|".join(r"\s+".join(map(re.escape, phrase.split())) for phrase in listed)
        return re.compile(rf"(?<![\w-])(?:{words})(?![\w-])", re.IGNORECASE)

    def warnings(self, texts: Iterable[Text]) -> tuple[Complaint, ...]:
        """Return what to improve in some texts, in the order of files and lines; nothing for another language."""
        locale = self.settings["language"].lower()
        if locale.partition("-")[0] != ENGLISH:
            return ()
        parts = [(text, passages(text.markdown)) for text in texts]
        found = [warning for text, passages_ in parts for warning in self._in_text(text, passages_)]
        return tuple(sorted({*found, *self._misspelt(parts, locale)}))

    def _in_text(self, text: Text, of_text: Sequence[Passage]) -> Iterator[Complaint]:
        sentences = [sentence for passage in of_text for sentence in passage.sentences]
        yield from self._long(text, sentences)
        yield from self._to_avoid(text, of_text)
        if text.is_page:
            yield from self._too_passive(text, sentences)

    def _long(self, text: Text, sentences: Iterable[Sentence]) -> Iterator[Complaint]:
        limit = self._own.get("longest_sentence", 25)
        for sentence in sentences:
            if sentence.length > limit:
                message = f"The sentence “{_beginning(sentence)}” has {sentence.length} words. The limit is {limit}."
                place = text.place_of(sentence.line, sentence.beginning)
                yield _warning(place, "long-sentence", message, "Split it: one idea a sentence.")

    def _to_avoid(self, text: Text, of_text: Iterable[Passage]) -> Iterator[Complaint]:
        for passage in of_text:
            for match in self._phrases.finditer(passage.text):
                if not passage.is_name(match):
                    phrase = " ".join(match[0].split())
                    better = self._avoid[phrase.lower()]
                    place = text.place_of(passage.line_at(match.start()), match[0].partition("\n")[0])
                    yield _warning(place, "word-to-avoid", f"Avoid “{phrase}”.", f"Better: {better}.")

    def _too_passive(self, text: Text, sentences: Sequence[Sentence]) -> Iterator[Complaint]:
        limit = self._own.get("most_passive", 25)
        passive = [sentence for sentence in sentences if is_passive(sentence.text)]
        share = round(100 * len(passive) / max(len(sentences), FEW_SENTENCES))
        if share > limit:
            message = f"{share} in 100 sentences are in the passive voice. The limit is {limit}."
            remedy = "Say who does it: “DfE pays the declaration”, not “the declaration is paid”."
            places = [text.place_of(each.line, each.beginning) for each in passive]
            listed = [f"line {where.line}: {_beginning(each)}" for where, each in zip(places, passive, strict=True)]
            yield _warning(places[0], "passive-voice", message, remedy, "\n".join(listed[:_LISTED]))

    def _misspelt(self, parts: Sequence[tuple[Text, Sequence[Passage]]], locale: str) -> Iterator[Complaint]:
        owners = [(text, passage) for text, of_text in parts for passage in of_text]
        for found in misspellings([passage.text for _, passage in owners], locale):
            if not (found.word.isupper() or found.word.lower() in self._known):
                text, passage = owners[found.text]
                meant = " or ".join(f"“{each}”" for each in found.corrections)
                message = f"“{found.word}” is not in the dictionary."
                yield _warning(
                    text.place_of(passage.line + found.line, found.word), "spelling", message, f"Write {meant}."
                )


def _beginning(sentence: Sentence) -> str:
    words = sentence.text.replace(CODE, "`…`").split()
    return " ".join(words[:_BEGINNING]) + ("…" if len(words) > _BEGINNING else "")


def _warning(place: Place, check: str, message: str, remedy: str, detail: str = "") -> Complaint:
    return Complaint(place, check, message, remedy, detail, is_warning=True)


__all__ = ["PlainEnglish", "Text", "of_contracts", "of_file", "of_pages", "of_words"]
