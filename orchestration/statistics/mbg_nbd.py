"""MBG/NBD: a customer may drop out after *each* purchase, the first one included.

Source: Batislam, Denizel, Filiztekin (2007), Empirical Validation and Comparison of Models for Customer Base Analysis,
Int. J. of Research in Marketing 24, 201-209; the same model as CBG/NBD of Hoppe, Wagner (2007).
"""

from dataclasses import dataclass
from typing import ClassVar

from orchestration.statistics.beta_geometric_nbd import BetaGeometricNbd


@dataclass(frozen=True)
class MbgNbd(BetaGeometricNbd):
    """MBG/NBD with parameters r, alpha (time), a, b.

    P(alive) = 1 / (1 + a / (b+x) · ((α+T) / (α+t_x))^(r+x)), for customers without a repeat purchase, too.
    `expected_purchases_of_new_customer` counts from the first purchase, after which b / (a+b) of customers stay.
    """

    drops_out_at_first_purchase: ClassVar[bool] = True
