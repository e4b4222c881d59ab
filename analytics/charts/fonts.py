"""Fonts for every script the audience writes in, from the packages installed beside us and never from the system."""

from __future__ import annotations

import os
from functools import cache
from importlib.resources import files

from matplotlib.font_manager import FontProperties, fontManager

# Packages with fonts of the Noto family (OFL-1.1). The CJK one is static: matplotlib cannot set the weight of a
# variable font, and the variable CJK fonts come out at their thinnest.
PACKAGES = ("manimgx_fonts", "noto_cjk_sans_otc")
LEFT_OUT = {"Noto Sans Hebrew Light"}
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


def font(size: float) -> FontProperties:
    """Text of `size` points in any script."""
    return FontProperties(family=list(families()), size=size)
