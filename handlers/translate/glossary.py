"""The team's glossary, and the names of its products: terms that a translation may not get wrong.

Terms are found as viewers write them: whole words, in any capitals, the longest where they overlap. In scripts that
are written without spaces a term may stand anywhere.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping

from desk.configuration.model import Configuration, Term
from handlers.translate.codes import canonical
from handlers.translate.protect import Span

KEEP = Term(keep=True)
# Scripts with spaces between words: where a term ends in a letter of one, the next sign may not be another of it.
_SCRIPTS = (
    "0-9A-Za-z\u00aa-\u024f\u1e00-\u1eff",
    "0-9\u0370-\u03ff\u1f00-\u1fff",
    "0-9\u0400-\u052f",
    "0-9\u0590-\u05ff",
    "0-9\u0600-\u06ff\u0750-\u077f",
    "0-9\u0900-\u097f",
)


class Glossary:
    """Terms with what they become. Read-only, so threads may share it."""

    def __init__(self, terms: Mapping[str, Term] | None = None, names: Iterable[str] = ()) -> None:
        """`names` stay as they are, unless they are terms too."""
        known = dict(terms or {})
        folded = {term.casefold() for term in known}
        for name in names:
            if name.casefold() not in folded and _is_name(name):
                known[name] = KEEP
                folded.add(name.casefold())
        # The longest first: an alternation takes the first that fits.
        self._terms = sorted(known.items(), key=lambda item: (-len(item[0]), item[0]))
        self._pattern = re.compile("|".join(f"({_pattern(term)})" for term, _ in self._terms)) if known else None

    @classmethod
    def of(cls, configuration: Configuration) -> Glossary:
        segments = (segment for show in configuration.shows.values() for segment in show.segments)
        return cls(configuration.glossary, dict.fromkeys(segment.product for segment in segments if segment.product))

    def spans(self, text: str, target: str) -> list[Span]:
        """Where terms stand in a text, and what each becomes in the target language.

        >>> glossary = Glossary({"精华": Term(translations={"en": "serum"}), "GlowSerum": KEEP})
        >>> [(span.start, span.becomes) for span in glossary.spans("glowserum精华好用吗", "en-GB")]
        [(0, 'glowserum'), (9, 'serum')]
        """
        if self._pattern is None:
            return []
        found = []
        for match in self._pattern.finditer(text):
            _, term = self._terms[(match.lastindex or 1) - 1]
            becomes = _in(term, target)
            if becomes is None and term.keep:
                becomes = match[0]
            if becomes is not None:
                found.append(Span(match.start(), match.end(), becomes))
        return found

    def version(self, text: str, target: str) -> str:
        """What the glossary says of this text: a digest, or "" when it says nothing.

        Translations are kept with it, so that a changed glossary makes anew those that it touches, and no others.
        """
        said = sorted({(text[span.start : span.end], span.becomes) for span in self.spans(text, target)})
        return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:16] if said else ""


def _in(term: Term, target: str) -> str | None:
    wanted = canonical(target)
    given = {canonical(lang): said for lang, said in term.translations.items()}
    return given.get(wanted) or given.get(wanted.split("-")[0])


def _is_name(product: str) -> bool:
    """Whether a product of the run of show is written as a name: "GlowSerum" and "AS-30" are, "set" and "cream" are
    words that viewers use for other things too."""
    has_digit = any(map(str.isdigit, product))
    return (
        len(product) > 1
        and any(map(str.isalpha, product))
        and (has_digit or product != product.casefold() or " " in product.strip() or product.lower() == product.upper())
    )


def _pattern(term: str) -> str:
    # One capital at the front alone ("Serum") may be any word: it is the name only when it is written so.
    plain_word = term.isalpha() and term[1:] == term[1:].lower() and term[0] != term[0].lower()
    written = "" if plain_word else "i"
    body = f"(?{written}:{re.escape(term)})"
    for script in _SCRIPTS:
        if re.match(f"[{script}]", term):
            body = rf"(?<![{script}]){body}"
            break
    for script in _SCRIPTS:
        if re.match(f"[{script}]", term[-1]):
            return rf"{body}(?![{script}])"
    return body
