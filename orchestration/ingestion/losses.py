"""Half an export is no mass deletion: how much of a table may be gone at once before somebody has to say so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from orchestration.ingestion.errors import LandingError

# So few may go whatever their share: one person's rows are most of a small table.
FEW = 10


@dataclass(frozen=True)
class Loss:
    """Of `before` rows or records of a table that counted, `gone` would not count any more."""

    gone: int
    before: int


@dataclass(frozen=True)
class LossLimit:
    """`share` of a table may be gone at once; of the tables in `confirmed` (`crm.customers`), so many all the same."""

    share: float = 0.1
    confirmed: Mapping[str, int] = field(default_factory=dict)

    def is_exceeded(self, loss: Loss) -> bool:
        return loss.gone > max(FEW, self.share * loss.before)

    def check(self, source: str, losses: Mapping[str, Loss]) -> None:
        """Raise LandingError where a table of `source` loses more than it may and nobody confirmed, of all of them."""
        found = {
            f"{source}.{table}": loss
            for table, loss in losses.items()
            if self.is_exceeded(loss) and loss.gone > self.confirmed.get(f"{source}.{table}", 0)
        }
        if not found:
            return
        told = "; ".join(f"{table}: {loss.gone:,} of {loss.before:,}" for table, loss in found.items())
        confirmation = ",".join(f"{table}:{loss.gone}" for table, loss in found.items())
        raise LandingError(
            f"{told} rows are gone at once, more than {self.share:.0%} of the table (CEM_MOST_LOST_SHARE). Nothing of "
            f"{source} was loaded. It looks like half an export: look whether the source is whole. If they are gone "
            f"for good, run once with CEM_CONFIRMED_LOSS={confirmation}."
        )
