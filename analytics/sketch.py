"""How many different viewers, without keeping who they were.

A HyperLogLog sketch [1] from the Apache DataSketches library [2]: about 12 bytes for one viewer, at most 1 kB for any
number. Up to some 190 viewers it counts exactly, beyond that with a standard error of 2.3 %.

[1] P. Flajolet, É. Fusy, O. Gandouet, F. Meunier, "HyperLogLog", AofA 2007.
[2] https://datasketches.apache.org/docs/HLL/HllSketches.html
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import datasketches

LG_K = 11  # 2**11 registers: error 1.04/√2048; stored sketches of another size still merge
_SIGN = 1 << 63


class DistinctSketch:
    """A set of viewers that can be counted and merged, but not read back.

    >>> morning, evening = DistinctSketch([1, 2, 3]), DistinctSketch([3, 4])
    >>> round(morning.merge(evening).estimate())
    4
    """

    __slots__ = ("_sketch",)

    def __init__(self, hashes: Iterable[int] = ()) -> None:
        self._sketch: Any = datasketches.hll_sketch(LG_K, datasketches.HLL_4)
        for hash64 in hashes:
            self.add(hash64)

    def add(self, hash64: int) -> None:
        """Count one viewer, given as any 64-bit number that stands for them."""
        self._sketch.update(hash64 - (1 << 64) if hash64 >= _SIGN else hash64)

    def merge(self, other: DistinctSketch) -> DistinctSketch:
        """Everyone who is in either, as a new sketch."""
        return merged((self, other))

    def estimate(self) -> float:
        """How many different viewers; the same number whatever the order of `add` and `merge` was.

        A sketch that was never merged could answer a little more exactly from the order in which viewers came. That
        order is lost in a merge, so it is left unused: the same viewers must give the same number everywhere.
        """
        return float(_union((self, self)).get_estimate())

    def to_bytes(self) -> bytes:
        return bytes(self._sketch.serialize_compact())

    @classmethod
    def from_bytes(cls, data: bytes) -> DistinctSketch:
        """The sketch that `to_bytes` wrote; ValueError when it is none."""
        sketch = cls.__new__(cls)
        try:
            sketch._sketch = datasketches.hll_sketch.deserialize(data)
        except (ValueError, IndexError, RuntimeError) as error:
            raise ValueError(f"these {len(data)} bytes are no sketch of distinct viewers: {error}") from error
        return sketch


def merged(sketches: Iterable[DistinctSketch]) -> DistinctSketch:
    """Everyone who is in any of them: one pass, faster than merging pair by pair."""
    sketch = DistinctSketch.__new__(DistinctSketch)
    sketch._sketch = _union(sketches).get_result(datasketches.HLL_4)
    return sketch


def _union(sketches: Iterable[DistinctSketch]) -> Any:
    union = datasketches.hll_union(LG_K)
    for sketch in sketches:
        union.update(sketch._sketch)
    return union
