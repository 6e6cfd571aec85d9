"""A block of people: the unit in which the company is simulated, so that memory does not grow with its size."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import numpy as np

from orchestration.demo_company.clock import MISSING, Ints, SeasonalClock

PEOPLE_IN_A_BLOCK = 10_000
_NUMBERS_IN_A_BLOCK = 10_000_000  # more than a block has of anything


@dataclass(frozen=True)
class Block:
    """People `first_person` to `first_person + size`, with random streams and numbers of their own."""

    seed: int
    index: int
    first_person: int
    size: int
    clock: SeasonalClock

    def rng(self, theme: str) -> np.random.Generator:
        """The random stream of one theme: what one theme draws does not move the others."""
        return np.random.default_rng([self.seed, self.index, zlib.crc32(theme.encode())])

    def numbers(self, index: Ints) -> Ints:
        """Numbers unique over all blocks for things counted from 0 in this one; MISSING stays."""
        return np.where(index == MISSING, MISSING, self.index * _NUMBERS_IN_A_BLOCK + index + 1)


def blocks_of(people: int, seed: int) -> list[Block]:
    """All blocks of a company of so many people, in order."""
    clock = SeasonalClock()
    starts = range(0, people, PEOPLE_IN_A_BLOCK)
    return [Block(seed, i, start, min(PEOPLE_IN_A_BLOCK, people - start), clock) for i, start in enumerate(starts)]
