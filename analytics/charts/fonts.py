"""Fonts for every script the audience writes in, from the packages installed beside us and never from the system."""

from __future__ import annotations

import os
import unicodedata
from functools import cache, lru_cache
from importlib.resources import files

from matplotlib.font_manager import FontProperties, fontManager, get_font

# Packages with fonts of the Noto family (OFL-1.1). The CJK one is static: matplotlib cannot set the weight of a
# variable font, and the variable CJK fonts come out at their thinnest.
PACKAGES = ("manimgx_fonts", "noto_cjk_sans_otc")
LEFT_OUT = {"Noto Sans Hebrew Light"}
_JOINER = "\u200d"
FIRST = ("Noto Sans", "Noto Sans CJK SC")  # the rest only fill in what these two lack


@cache
def families() -> tuple[str, ...]:
    """Names of the fonts in the order in which a glyph is looked for; registers them on first use."""
    known = len(fontManager.ttflist)
    for package in PACKAGES:
        for font in sorted(files(package).iterdir(), key=lambda one: one.name):
            if font.name.endswith((".ttf", ".ttc")):
                fontManager.addfont(os.fspath(str(font)))
    added = {one.name for one in fontManager.ttflist[known:]} - LEFT_OUT
    rest = sorted(name for name in added if name not in FIRST and "CJK" not in name)
    return (*FIRST, *rest)


@lru_cache(maxsize=4096)
def families_of(text: str) -> tuple[str, ...]:
    """Those of `families` that draw some of `text`, in their order, behind the first, which sets how high a line is.

    The picture is the same as with all of them and is there in half the time: for every text, matplotlib looks up
    every font that it is given and shapes with each.
    """
    wanted = {frozenset(cluster) for cluster in clusters(text)} | {frozenset(one) for one in text}
    found: list[str] = []
    for family in families():
        drawn = {characters for characters in wanted if characters <= _characters(family)}
        if drawn or not found:
            found.append(family)
            wanted -= drawn
        if not wanted:
            break
    return tuple(found)


def clusters(text: str) -> list[str]:
    """Characters with the marks on them, and what is joined to them: each is drawn with one font where one has all."""
    found: list[str] = []
    joins = False
    for character in text:
        if found and (joins or character == _JOINER or unicodedata.category(character).startswith("M")):
            found[-1] += character
        else:
            found.append(character)
        joins = character == _JOINER
    return found


@cache
def _characters(family: str) -> frozenset[str]:
    face = get_font(fontManager.findfont(FontProperties(family=family)))
    return frozenset(map(chr, face.get_charmap()))


def font(size: float, text: str) -> FontProperties:
    """For `text` of `size` points, in whatever scripts it is."""
    return FontProperties(family=list(families_of(text)), size=size)
