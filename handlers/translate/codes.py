"""How languages are called: BCP 47 codes as they come in, ours, and each service's own."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

# Codes that ISO 639 gave up, and two macrolanguages by the name under which translators know them.
_OLD = {"iw": "he", "in": "id", "ji": "yi", "jw": "jv", "tl": "fil", "no": "nb", "cmn": "zh", "mo": "ro"}
_UNKNOWN = frozenset(("", "und", "mul", "zxx", "mis"))
_TRADITIONAL = frozenset(("hant", "tw", "hk", "mo"))
# Regions in which a language is written so differently that services offer it apart.
_REGIONS = {"pt": {"br": "pt-BR", "pt": "pt-PT"}, "en": {"gb": "en-GB", "us": "en-US"}}


def canonical(lang: str) -> str:
    """Our name of a language: ISO 639-1 where there is one, `zh-Hant` apart from `zh`, and a few regions.

    >>> [canonical(one) for one in ("zh-CN", "zh_TW", "iw", "pt-br", "de-AT", "no", "mul")]
    ['zh', 'zh-Hant', 'he', 'pt-BR', 'de', 'nb', 'und']
    """
    base, *rest = lang.replace("_", "-").lower().split("-")
    base = _OLD.get(base, base)
    if base in _UNKNOWN:
        return "und"
    if base == "zh":
        return "zh-Hant" if _TRADITIONAL.intersection(rest) else "zh"
    for part in rest:
        if region := _REGIONS.get(base, {}).get(part):
            return region
    return base


def same_language(one: str, other: str) -> bool:
    """Whether who reads one reads the other: scripts and regions apart.

    >>> same_language("zh-TW", "zh"), same_language("in", "id-ID"), same_language("und", "en")
    (True, True, False)
    """
    return canonical(one).split("-")[0] == canonical(other).split("-")[0]


class UnknownLanguageError(ValueError):
    """A service has no name for a language."""


@dataclass(frozen=True, slots=True)
class Codes:
    """A service's names of languages, by ours.

    `names` where they differ from ours (a source and a target alike), `targets` where only the target does. `newer`
    are codes that the service knows and deep-translator's own table, of 2023, does not. `detect` is what asks it to
    find out the source itself; `refuses` when it cannot.
    """

    names: Mapping[str, str] = field(default_factory=dict)
    targets: Mapping[str, str] = field(default_factory=dict)
    newer: Collection[str] = frozenset()
    detect: str | None = "auto"  # None leaves the source out
    can_detect: bool = True

    def source(self, lang: str, table: Collection[str]) -> str | None:
        """The service's code for a source; None leaves it out. `table` are the codes that the library knows."""
        ours = canonical(lang)
        if ours == "und":
            if not self.can_detect:
                raise UnknownLanguageError("the language is not known")
            return self.detect
        return self._known(ours, self.names, table)

    def target(self, lang: str, table: Collection[str]) -> str:
        """The service's code for a target; a region that it lacks falls back to its language."""
        return self._known(canonical(lang), {**self.names, **self.targets}, table)

    def _known(self, ours: str, names: Mapping[str, str], table: Collection[str]) -> str:
        for wanted in (ours, ours.split("-")[0]):
            code = names.get(wanted, wanted)
            if code in table or code in self.newer:
                return code
        raise UnknownLanguageError(f"it has no {ours}")
