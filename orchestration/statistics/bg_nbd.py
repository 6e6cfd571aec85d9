"""BG/NBD: a customer may drop out after each *repeat* purchase.

Source: Fader, Hardie, Lee (2005), "Counting Your Customers" the Easy Way, Marketing Science 24, 275-284.
"""

from dataclasses import dataclass
from typing import ClassVar

from orchestration.statistics.beta_geometric_nbd import BetaGeometricNbd


@dataclass(frozen=True)
class BgNbd(BetaGeometricNbd):
    """BG/NBD with parameters r, alpha (time), a, b.

    P(alive) = 1 / (1 + 1{x>0} · a / (b+x-1) · ((α+T) / (α+t_x))^(r+x)).

    It is 1 for **every** customer without a repeat purchase, however long ago the first one was: without a repeat
    purchase there was no chance to drop out. Use `MbgNbd` where one-time buyers are many and matter.
    """

    drops_out_at_first_purchase: ClassVar[bool] = False
