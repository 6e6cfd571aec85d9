"""Advertising: which campaigns run when, which of them a visit comes from, and what the platforms bill."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from orchestration.demo_company.clock import DAY, END, START, Floats, Ints, epoch
from orchestration.demo_company.writing import Columns, constant, dates, decimals, integers, texts

CHANNELS: Final = ("search", "social", "display", "affiliate")  # the paid ones of people.ACQUISITION_CHANNELS, in order
_CLICK_SHARES = (0.055, 0.012, 0.0035, 0.02)  # clicks an impression
_WASTED = 1.12  # spend that wins nobody


class AdCampaign(NamedTuple):
    """An advertising campaign and the days it runs."""

    name: str
    channel: int
    platform: str
    medium: str
    weight: float
    starts: int
    ends: int  # exclusive


AD_CAMPAIGNS: Final = (
    AdCampaign("search-brand", 0, "findit", "cpc", 1.0, START, END),
    AdCampaign("search-kitchen", 0, "findit", "cpc", 0.7, START, END),
    AdCampaign("search-living", 0, "findit", "cpc", 0.6, epoch("2022-06-01"), END),
    AdCampaign("social-always-on", 1, "fotowall", "paid_social", 0.6, START, END),
    AdCampaign("social-spring-2022", 1, "chirper", "paid_social", 0.9, epoch("2022-03-01"), epoch("2022-06-01")),
    AdCampaign("social-tomorrow-2022", 1, "fotowall", "paid_social", 1.6, epoch("2022-11-14"), epoch("2022-12-19")),
    AdCampaign("social-spring-2023", 1, "chirper", "paid_social", 0.9, epoch("2023-03-01"), epoch("2023-06-01")),
    AdCampaign("social-christmas-2023", 1, "fotowall", "paid_social", 1.2, epoch("2023-11-13"), epoch("2023-12-20")),
    AdCampaign("social-spring-2024", 1, "chirper", "paid_social", 0.9, epoch("2024-03-01"), epoch("2024-06-01")),
    AdCampaign("display-retargeting", 2, "bannerly", "display", 1.0, START, END),
    AdCampaign("display-garden-2023", 2, "bannerly", "display", 0.8, epoch("2023-04-01"), epoch("2023-08-01")),
    AdCampaign("affiliate-vouchers", 3, "dealhub", "affiliate", 1.0, START, END),
    AdCampaign("affiliate-magazines", 3, "dealhub", "affiliate", 0.5, START, END),
)
DAYS: Final = (END - START) // DAY


def draw_ads(rng: np.random.Generator, at: Ints, channel: Ints | None = None) -> Ints:
    """A campaign that runs at each instant, of the channel where one is given; shape of `at`.

    Without a channel, search and social bring most visits. A `channel` that is not paid for gives any campaign.
    """
    weights: Floats = np.array([ad.weight * (1.0, 0.7, 0.4, 0.4)[ad.channel] for ad in AD_CAMPAIGNS])
    runs = np.stack([(at >= ad.starts) & (at < ad.ends) for ad in AD_CAMPAIGNS], axis=1)
    chances = weights * runs
    if channel is not None:
        of = np.array([ad.channel for ad in AD_CAMPAIGNS])
        fits = (channel[:, None] == of) | (channel >= len(CHANNELS))[:, None]
        chances = chances * fits
    edges = np.cumsum(chances, axis=1)
    drawn: Ints = (rng.random(len(at))[:, None] * edges[:, -1:] >= edges[:, :-1]).sum(axis=1)
    return drawn


def campaign_days(seed: int, visits: Ints, costs: Ints) -> dict[str, Columns]:
    """The columns of each file of the platforms, by `<channel>_<month>`; one row a campaign and day it runs.

    `visits` is (days, campaigns): what the web saw. `costs` is (months, channels): what winning the people of a month
    cost, in cents. A channel bills that of each month, and a little more, by the clicks of its campaigns and days.
    """
    rng = np.random.default_rng([seed, 3])
    days = np.datetime64("2022-01-01") + np.arange(DAYS)
    month_of = days.astype("datetime64[M]").astype(np.int64) - np.datetime64("2022-01", "M").astype(np.int64)
    instants = START + np.arange(DAYS) * DAY
    channel_of = np.array([ad.channel for ad in AD_CAMPAIGNS])
    runs = np.stack([(instants >= ad.starts) & (instants < ad.ends) for ad in AD_CAMPAIGNS], axis=1)
    weight = np.array([ad.weight for ad in AD_CAMPAIGNS])
    clicks = (visits + rng.poisson(0.12 * visits + 0.3 * weight)) * runs
    share_of_clicks = np.array(_CLICK_SHARES)[channel_of] * rng.lognormal(0.0, 0.15, clicks.shape)
    impressions = np.rint(clicks / share_of_clicks + rng.poisson(40 * weight, clicks.shape)).astype(np.int64)
    effort = (clicks + 0.5) * runs * rng.lognormal(0.0, 0.1, clicks.shape)
    files: dict[str, Columns] = {}
    for channel, label in enumerate(CHANNELS):
        campaigns = np.flatnonzero(channel_of == channel)
        for month in range(int(month_of.max()) + 1):
            rows = np.flatnonzero(month_of == month)
            block = np.ix_(rows, campaigns)
            spend = costs[month, channel] * _WASTED * effort[block] / effort[block].sum()
            day, campaign = np.nonzero(runs[block])
            files[f"{label}_{np.datetime64('2022-01') + month}"] = {
                "date": dates(days[rows[day]]),
                "campaign": texts([AD_CAMPAIGNS[index].name for index in campaigns[campaign].tolist()]),
                "channel": constant(label, len(day)),
                "impressions": integers(impressions[block][day, campaign]),
                "clicks": integers(clicks[block][day, campaign]),
                "spend": decimals(np.rint(spend[day, campaign]).astype(np.int64)),
                "currency": constant("EUR", len(day)),
            }
    return files
