"""What is to be expected of each person after the end, by the simulator's own rules, if the company goes on as it is.

Prices, life and the policy of messages stay as they stand at the end; nothing here was fitted to orders. `continuation`
plays the same future out, and a test holds the two against each other.

Somebody who is a customer buys at rate r and leaves after a purchase with probability p: at time t she is still there
with probability exp(-r p t). While she is, messages cause orders at rate w beside, until she unsubscribes (hazard h).
Whoever leaves for the first time comes back once with a small probability, after a pause.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.special import exprel

from orchestration.demo_company import messaging, names
from orchestration.demo_company.block import Block
from orchestration.demo_company.catalogue import Products
from orchestration.demo_company.clock import END, MISSING, WEEK, YEAR, Flags, Floats, Ints, SeasonalClock
from orchestration.demo_company.consents import PROFILING, Consents
from orchestration.demo_company.experience import Orders, join_orders, live_through
from orchestration.demo_company.people import APP, CHANNELS, STORE, People
from orchestration.demo_company.purchases import (
    COMEBACK_AFTER,
    COMEBACK_MEAN,
    COMEBACK_SHARE,
    USUAL_SHARE,
    Courses,
    dropout_factor,
    pending_comeback_chances,
)
from orchestration.demo_company.shop import CARDLESS_SHARE, make_lines, make_refunds, order_contributions

_SAMPLED_ORDERS = 16  # a person
_SETTLING_ORDERS = 3  # until satisfaction no longer remembers where it began
_STEPS = 48  # of a numerical integral over a year


@dataclass(frozen=True)
class TypicalOrders:
    """What the orders of each person are like, on average; shape (n,)."""

    named_share: Floats  # neither cancelled, nor bought in a store without a card
    margin: Floats  # EUR an order that is not cancelled: goods less refunds and unit costs
    dropout: Floats  # the chance to leave after one, satisfaction included


@dataclass(frozen=True)
class MessageEffect:
    """Orders a year that messages cause while consent stands, and the hazard a year that it ends; (n, channels)."""

    orders: Floats
    withdrawal: Floats


@dataclass(frozen=True)
class Outlook:
    """Expected of each person after the end: orders that name the person and are not cancelled; shape (n,)."""

    discounted_purchases: Floats
    residual_value: Floats
    purchases_12_months: Floats
    margin_12_months: Floats
    residual_value_36_months: Floats  # discounted


def typical_orders(block: Block, people: People, products: Products, margin: Floats) -> TypicalOrders:
    """Average some orders of each person, lived through by the rules of all others within the last year.

    `margin` of a basket is that of `truth.basket_values`. What lies between it and what an order leaves (refunds, whole
    products) is an average over all people who usually buy by the same channel, and so is the share that counts.
    """
    rng, n = block.rng("typical orders"), len(people)
    everybody, until = np.arange(n), END + int(YEAR)
    year = np.full(n, END - int(YEAR)), np.full(n, END)
    mood, factors = people.contentment, np.zeros(n)
    rounds: list[Orders] = []
    for number in range(_SETTLING_ORDERS + _SAMPLED_ORDERS):
        ordered = block.clock.between(rng, *year)
        made = live_through(rng, people, everybody, ordered, USUAL_SHARE, mood, until=until)
        mood = made.mood
        if number >= _SETTLING_ORDERS:
            rounds.append(made)
            factors += dropout_factor(mood - people.contentment) / _SAMPLED_ORDERS
    orders = join_orders(rounds)
    sample = replace(block, seed=block.seed + 1, clock=SeasonalClock(until))
    lines = make_lines(sample, people, products, orders)
    earned = order_contributions(people, products, orders, lines, make_refunds(sample, orders, lines))
    kept = orders.cancelled == MISSING
    cardless = np.where(people.has_account[orders.person], CARDLESS_SHARE, 1.0) * (orders.channel == STORE)
    usual = people.channel[orders.person]
    drawn = np.maximum(np.bincount(usual, minlength=len(CHANNELS)), 1)  # in a tiny company nobody uses some channel
    named = np.bincount(usual, kept * (1 - cardless), len(CHANNELS)) / drawn
    # By channel: what an order that is kept earns, over what the baskets of the same people would leave.
    earned_sum = np.bincount(usual, earned * kept, len(CHANNELS))
    margin_sum = np.bincount(usual, margin[orders.person] * kept, len(CHANNELS))
    share = np.divide(earned_sum, margin_sum, out=np.zeros(len(CHANNELS)), where=margin_sum > 0)
    return TypicalOrders(named[people.channel], margin * share[people.channel], np.minimum(people.dropout * factors, 1))


def message_effect(people: People, known: Ints, has_email: Flags, consents: Consents) -> MessageEffect:
    """The effect of a year of messages such as those of the last weeks: the calendar's, without any crowded month.

    What the company takes for somebody's favourite counts as the draw that it is. That many messages tire is left out:
    at this rate they hardly do.
    """
    n, channels = len(people), len(messaging.CHANNELS)
    orders, withdrawal = np.zeros((2, n, channels))
    favourite = np.full((n, len(names.CATEGORIES)), (1 - messaging.KNOWN_FAVOURITE_SHARE) / len(names.CATEGORIES))
    favourite[np.arange(n), people.affinity.argmax(axis=1)] += messaging.KNOWN_FAVOURITE_SHARE
    end = np.full(n, END)
    profiled = messaging.consent_stands(consents.granted, consents.withdrawn, PROFILING, end)[:, None]
    sensitivity, engagement = people.price_sensitivity[:, None], people.engagement[:, None]
    for campaign in messaging.make_campaigns(END, END + int(YEAR)):
        if campaign.category == messaging.SERVICE:
            continue
        channel = campaign.channel
        chosen = (known != MISSING) & messaging.consent_stands(consents.granted, consents.withdrawn, channel, end)
        if channel == messaging.PUSH:
            chosen &= people.channel == APP
        if channel == messaging.EMAIL:
            chosen &= has_email
        sent = (chosen * campaign.share * (1 - messaging.HELD_OUT_SHARE))[:, None]
        general = np.arange(len(names.CATEGORIES)) == campaign.category
        offered = np.where(profiled, campaign.personal_share * favourite, 0.0)
        offered += np.where(profiled, 1 - campaign.personal_share, 1.0) * general
        orders[:, channel] += (sent * offered * messaging.response_chances(people.affinity, sensitivity, channel)).sum(
            axis=1
        )
        seen = messaging.DELIVERED_SHARES[channel] * (
            messaging.opening_chances(people.affinity, engagement) if channel in messaging.TELL_OPENING else 1.0
        )
        clicked = messaging.click_chances(people.affinity, engagement, channel)
        leaving = seen * (1 - clicked) * messaging.annoyance_chances(people.affinity, channel)
        withdrawal[:, channel] += (sent * offered * leaving).sum(axis=1)
    # Some withdraw everything at once.
    others = withdrawal.sum(axis=1, keepdims=True) - withdrawal
    return MessageEffect(orders, withdrawal + messaging.WITHDRAW_ALL_SHARE * others)


def look_out(
    people: People, courses: Courses, typical: TypicalOrders, messages: MessageEffect, annual_discount_rate: float
) -> Outlook:
    """What is expected of each person, customers and those who left and may come back; 0 for who never bought."""
    n = len(people)
    everybody, end = np.arange(n), np.full(n, END)
    alive = courses.is_alive(everybody, end)
    gone = (courses.dropped != MISSING) & (courses.returned == MISSING)
    may_leave_once_more = courses.returned == MISSING
    rate = people.purchase_rate * people.rate_factor(everybody, end) * YEAR / WEEK
    leaving = rate * typical.dropout
    delta = float(np.log1p(annual_discount_rate))

    purchases = _while_customer(rate, leaving, messages, delta)
    # Who comes back buys at once, and may leave for good at that.
    after_return = 1 + (1 - typical.dropout) * purchases
    pause = np.exp(-delta * COMEBACK_AFTER / YEAR) / (1 + delta * COMEBACK_MEAN / YEAR)
    comeback = leaving / (leaving + delta) * COMEBACK_SHARE * pause * after_return
    waiting = np.maximum(courses.dropped + COMEBACK_AFTER - END, 0) / YEAR
    chance = np.where(gone, pending_comeback_chances(courses, everybody), 0.0)
    of_gone = chance * np.exp(-delta * waiting) / (1 + delta * COMEBACK_MEAN / YEAR) * after_return
    discounted = np.where(alive, purchases + np.where(may_leave_once_more, comeback, 0.0), of_gone)

    back = YEAR / COMEBACK_MEAN
    after_leaving = np.full(n, COMEBACK_AFTER / YEAR)

    def until(years: float, delta: float) -> Floats:
        """Orders within some years, discounted, those after a come-back included."""
        total = np.where(alive, _within(rate, leaving, messages, years, delta), 0.0)
        for step in (np.arange(round(_STEPS * years)) + 0.5) / _STEPS:
            # Of who has left, exponential from the day on which it may be; of who leaves yet, that after leaving.
            passed = np.maximum(step - np.where(alive, after_leaving, waiting), 0.0)
            of_gone = back * np.exp(-back * passed) * (step >= waiting) * chance
            of_leaving = leaving * back * passed * np.exp(-back * passed) * exprel((back - leaving) * passed)
            density = np.where(alive, COMEBACK_SHARE * may_leave_once_more * of_leaving, of_gone)
            following = 1 + (1 - typical.dropout) * _within(rate, leaving, messages, years - step, delta)
            total += density * np.exp(-delta * step) * following / _STEPS
        return total

    year = until(1.0, 0.0)
    return Outlook(
        discounted_purchases=discounted * typical.named_share,
        residual_value=discounted * typical.named_share * typical.margin,
        purchases_12_months=year * typical.named_share,
        margin_12_months=year * typical.named_share * typical.margin,
        residual_value_36_months=until(3.0, delta) * typical.named_share * typical.margin,
    )


def _while_customer(rate: Floats, leaving: Floats, messages: MessageEffect, delta: float) -> Floats:
    """Discounted orders of a customer until she leaves, all of them: r / (r p + d), and w / (r p + h + d) a channel."""
    by_channel = messages.orders / (leaving[:, None] + messages.withdrawal + delta)
    total: Floats = rate / (leaving + delta) + by_channel.sum(axis=1)
    return total


def _within(rate: Floats, leaving: Floats, messages: MessageEffect, years: float, delta: float) -> Floats:
    """Discounted orders of a customer within some years, until she leaves: r (1 - exp(-h t)) / h, h = r p + d."""
    total: Floats = rate * _lasting(leaving + delta, years)
    total += (messages.orders * _lasting(leaving[:, None] + messages.withdrawal + delta, years)).sum(axis=1)
    return total


def _lasting(hazard: Floats, years: float) -> Floats:
    """∫ exp(-hazard t) dt over some years."""
    return np.asarray(years * exprel(-hazard * years))
