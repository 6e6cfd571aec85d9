"""What was planted: events at known dates whose scope and true effect are recorded in the truth.

Each constant here is read by the module that brings the event about, and by `truth`, which writes them down.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from orchestration.demo_company.clock import END, epoch

# Delivery crisis: parcels of web orders to one region take days longer; its web customers buy less a quarter later.
CRISIS_REGION: Final = "Nordrhein-Westfalen"
CRISIS_CHANNEL: Final = "web"
CRISIS_FROM, CRISIS_TO = epoch("2023-02-01"), epoch("2023-04-16")
CRISIS_EXTRA_DAYS: Final = 6.0
CRISIS_AFTERMATH_FROM, CRISIS_AFTERMATH_TO = epoch("2023-05-01"), epoch("2023-08-01")
CRISIS_RATE_FACTOR: Final = 0.60

# Over-promising: a campaign promises delivery the day after to online buyers; logistics stay as they are.
OVERPROMISE_FROM, OVERPROMISE_TO = epoch("2022-11-14"), epoch("2022-12-19")
OVERPROMISE_SHARE: Final = 0.70
OVERPROMISE_DAYS: Final = 1
OVERPROMISE_EXPECTATION: Final = 1.0  # standard units of the expectation of delivery

# Price rise: one category becomes dearer for good; who is sensitive to price and likes it buys less often.
PRICE_RISE_AT = epoch("2023-09-01")
PRICE_RISE_CATEGORY: Final = "kitchen"
PRICE_RISE_FACTOR: Final = 1.12
PRICE_RISE_ELASTICITY: Final = 0.8  # of the purchase rate, at average price sensitivity and full affinity

# The question after a contact is asked on 1-10 instead of 1-5; what people feel does not change.
SCALE_CHANGE_AT = epoch("2024-01-15")

# Over-mailing: the newsletter comes six days a week, to most of those who consent.
OVERMAIL_FROM, OVERMAIL_TO = epoch("2024-06-01"), epoch("2024-07-01")

# Tracking outage: the web site records nothing. The app does.
OUTAGE_FROM, OUTAGE_TO = epoch("2024-09-10"), epoch("2024-09-14")


class PlantedEvent(NamedTuple):
    """One row of the truth: where a change was planted, what it changes, and by how much."""

    event: str
    starts: int
    ends: int  # exclusive
    scope: str
    metric: str
    effect: float


PLANTED_EVENTS: Final = (
    PlantedEvent(
        "delivery_crisis",
        CRISIS_FROM,
        CRISIS_TO,
        f"orders of the {CRISIS_CHANNEL} delivered to {CRISIS_REGION}",
        "days in transit, added",
        CRISIS_EXTRA_DAYS,
    ),
    PlantedEvent(
        "delivery_crisis_aftermath",
        CRISIS_AFTERMATH_FROM,
        CRISIS_AFTERMATH_TO,
        f"people of {CRISIS_REGION} whose usual channel is {CRISIS_CHANNEL}",
        "purchase rate, factor",
        CRISIS_RATE_FACTOR,
    ),
    PlantedEvent(
        "overpromising_campaign",
        OVERPROMISE_FROM,
        OVERPROMISE_TO,
        f"{OVERPROMISE_SHARE:.0%} of the web and app orders",
        "days promised until delivery, set to",
        OVERPROMISE_DAYS,
    ),
    PlantedEvent(
        "overpromising_campaign_expectation",
        OVERPROMISE_FROM,
        OVERPROMISE_TO,
        f"{OVERPROMISE_SHARE:.0%} of the web and app orders",
        "expectation of the delivery, standard units, added",
        OVERPROMISE_EXPECTATION,
    ),
    PlantedEvent(
        "price_rise",
        PRICE_RISE_AT,
        END,
        f"products of the category {PRICE_RISE_CATEGORY}",
        "list price, factor",
        PRICE_RISE_FACTOR,
    ),
    PlantedEvent(
        "price_rise_demand",
        PRICE_RISE_AT,
        END,
        f"everybody, by affinity for {PRICE_RISE_CATEGORY} and price sensitivity",
        "elasticity of the purchase rate: rate x factor ^ -(effect x affinity x sensitivity)",
        PRICE_RISE_ELASTICITY,
    ),
    PlantedEvent(
        "survey_scale_change",
        SCALE_CHANGE_AT,
        END,
        "contact_satisfaction: csat_v1 gives way to csat_v2",
        "highest score, set to",
        10.0,
    ),
    PlantedEvent(
        "overmailing",
        OVERMAIL_FROM,
        OVERMAIL_TO,
        "everybody who consents to marketing e-mails",
        "newsletters a week, set to",
        6.0,
    ),
    PlantedEvent(
        "tracking_outage", OUTAGE_FROM, OUTAGE_TO, "web events (not the app's)", "share recorded, set to", 0.0
    ),
)
