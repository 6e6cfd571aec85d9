"""Ordinary mess: what a company's systems hold on an ordinary day, each kind as a change of a small company.

A kind is a function that adds to a company, or changes what is there. It says nothing of what is right: what must hold
of every world, whatever its mess, stands in test_ordinary_mess.py.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, timedelta

from tests.python.worlds.company import Company

Kind = Callable[[Company, random.Random], None]
KINDS: dict[str, Kind] = {}


def kind(mess: Kind) -> Kind:
    KINDS[mess.__name__] = mess
    return mess


def _day(chance: random.Random, first: str = "2024-01-01", days: int = 360) -> str:
    return (date.fromisoformat(first) + timedelta(days=chance.randrange(days))).isoformat()


# Values


@kind
def a_regular_buyer_comes_back_after_a_long_absence(company: Company, chance: random.Random) -> None:
    company.buyer("regular")
    step, count = chance.choice([1, 2, 3, 7]), chance.randrange(20, 120)
    first = date(2022, 1, 3)
    for number in range(count):
        company.order(f"regular-{number}", "regular", f"{first + timedelta(days=step * number)} 12:00:00", 20)
    company.order("regular-back", "regular", f"2024-{chance.randrange(6, 12):02d}-10 12:00:00", 20)


@kind
def amounts_are_tiny_and_huge(company: Company, chance: random.Random) -> None:
    for number, price in enumerate(chance.sample([0.0001, 0.01, 9_999_999.99, 2_500_000_000, 10**12], 3)):
        company.buyer(f"extreme{number}")
        for again in range(3):
            company.order(f"extreme{number}-{again}", f"extreme{number}", f"{_day(chance)} 12:00:00", price)


@kind
def a_product_is_priced_in_another_currency(company: Company, chance: random.Random) -> None:
    company.product("P-abroad", unit_cost=3, list_price=9, currency=chance.choice(["GBP", "CHF"]))
    company.buyer("abroad")
    company.order("abroad-1", "abroad", f"{_day(chance)} 12:00:00", currency="GBP")
    company.add(
        *("shop", "order_lines"), order_id="abroad-1", line_number=1, product_id="P-abroad", quantity=2, unit_price=9
    )


@kind
def an_order_is_paid_back_whole_at_another_rate(company: Company, chance: random.Random) -> None:
    company.buyer("back")
    company.order("back-1", "back", "2024-02-24 12:00:00", 100, currency="GBP", time_zone="Europe/London")
    parts = chance.choice([[100], [60, 40]])
    for number, amount in enumerate(parts):
        company.add(
            *("shop", "refunds"),
            **{"refund_id": f"back-R{number}", "order_id": "back-1", "line_number": 1, "amount": amount},
            **{"refunded_at": "2024-06-10 12:00:00", "time_zone": "Europe/London", "currency": "GBP"},
        )


@kind
def a_discount_is_a_negative_line(company: Company, chance: random.Random) -> None:
    company.buyer("discounted")
    company.order("discounted-1", "discounted", f"{_day(chance)} 12:00:00", 100)
    company.add(
        *("shop", "order_lines"), order_id="discounted-1", line_number=2, product_id="P1", unit_price=-20, quantity=1
    )
    company.rows["shop", "payments"][-1]["amount"] = 80


@kind
def something_is_given_away(company: Company, chance: random.Random) -> None:
    company.buyer("gifted")
    company.order("gifted-1", "gifted", f"{_day(chance)} 12:00:00", 0)


@kind
def more_is_paid_back_than_was_bought(company: Company, chance: random.Random) -> None:
    company.buyer("overpaid")
    company.order("overpaid-1", "overpaid", "2024-03-01 12:00:00", 50)
    company.add(
        *("shop", "refunds"),
        **{"refund_id": "overpaid-R", "order_id": "overpaid-1", "amount": 50 + chance.randrange(1, 500)},
        **{"refunded_at": "2024-03-20 12:00:00", "time_zone": "Europe/Berlin"},
    )


# Persons


@kind
def ids_say_nobody(company: Company, chance: random.Random) -> None:
    nobodies = ["", " ", "null", "NULL", "undefined", "none", "0", "-1", "N/A", "nan", "\u00a0"]
    for number, nobody in enumerate(chance.sample(nobodies, 4)):
        company.order(f"guest-{number}", nobody, f"{_day(chance)} 12:00:00", 15, email=f"guest{number}@example.org")
        company.add(
            *("web", "events"),
            **{"event_id": f"nobody-{number}", "anonymous_id": f"device-{number}", "account_id": nobody},
            **{"event": "page_view", "occurred_at": f"{_day(chance)} 10:00:00", "page": "home", "device": "mobile"},
        )


@kind
def a_telephone_number_is_a_placeholder(company: Company, chance: random.Random) -> None:
    placeholder = chance.choice(["123456789", "1111111", "9999999", "0000000000", "0049111111111"])
    for number, city in enumerate(("Hamburg", "Berlin")):
        company.add(
            *("crm", "customers"),
            **{"customer_number": f"same-name-{number}", "first_name": "Thomas", "last_name": "Weidenfelder"},
            **{"email": f"same-name-{number}@example.org", "phone": placeholder, "city": city, "country_code": "DE"},
            **{"created_at": "2024-01-05 10:00:00"},
        )


@kind
def an_address_is_typed_another_way(company: Company, chance: random.Random) -> None:
    typed = chance.choice(["A1@Example.org", " a1@example.org", "a1@example.org\u00a0", "\uff41\uff11@example.org"])
    company.buyer("typed", email=typed)
    company.order("typed-1", "typed", f"{_day(chance)} 12:00:00", 33)


# Time


@kind
def a_clock_stands_at_the_epoch(company: Company, chance: random.Random) -> None:
    company.buyer("epoch")
    company.order("epoch-1", "epoch", chance.choice(["1970-01-01 00:00:00", "0001-01-01 00:00:00"]), 20)
    company.order("epoch-2", "epoch", f"{_day(chance)} 12:00:00", 20)


@kind
def a_clock_runs_ahead(company: Company, chance: random.Random) -> None:
    ahead = chance.choice(["2025-06-11 08:00:00", "2099-12-31 00:00:00", "2024-12-31 23:59:59"])
    company.add(
        *("web", "events"),
        **{"event_id": "ahead", "anonymous_id": "device-ahead", "event": "page_view", "occurred_at": ahead},
        **{"page": "home", "device": "desktop"},
    )


@kind
def an_hour_is_skipped_or_lived_twice(company: Company, chance: random.Random) -> None:
    company.buyer("dst")
    for number, at in enumerate(["2024-03-31 02:30:00", "2024-10-27 02:30:00"]):
        company.order(f"dst-{number}", "dst", at, 12, delivered_at=at)


@kind
def a_parcel_arrives_before_it_was_promised_in_another_zone(company: Company, chance: random.Random) -> None:
    company.buyer("zone")
    company.order(
        *("zone-1", "zone", "2024-05-05 23:30:00", 12),
        time_zone=chance.choice(["Pacific/Auckland", "America/Los_Angeles", "Asia/Kolkata"]),
        shipped_at="2024-05-06 01:00:00",
        delivered_at="2024-05-07 01:00:00",
        promised_delivery_at="2024-05-06 23:59:59",
    )


@kind
def a_time_zone_is_no_time_zone(company: Company, chance: random.Random) -> None:
    company.buyer("nowhere")
    company.order("nowhere-1", "nowhere", f"{_day(chance)} 12:00:00", 12, time_zone="Europe/Atlantis")


# Deliveries


@kind
def an_event_is_delivered_twice(company: Company, chance: random.Random) -> None:
    for source, table, key in (("web", "events", "event_id"), ("web", "app_events", "event_id")):
        day = _day(chance)
        at = f"{day} 10:00:00" if table == "events" else f"{day}T10:00:00Z"
        for _ in range(chance.randrange(2, 4)):
            company.add(
                source,
                table,
                **{key: f"twice-{table}", "anonymous_id": "device-twice", "event": "page_view"},
                **{"occurred_at": at, "page": "home", "device": "mobile"},
            )


@kind
def the_site_and_the_app_number_their_events_alike(company: Company, chance: random.Random) -> None:
    seen = {"anonymous_id": "device-alike", "event": "search", "page": "search", "device": "mobile"}
    for number in range(chance.randrange(1, 4)):
        at = f"{_day(chance)} 10:00:00"
        company.add(
            *("web", "events"), **{"event_id": str(number), "search_term": "on the site"}, **seen, occurred_at=at
        )
        at = f"{_day(chance)}T10:00:00Z"
        company.add(
            *("web", "app_events"), **{"event_id": str(number), "search_term": "in the app"}, **seen, occurred_at=at
        )


@kind
def rates_are_of_working_days(company: Company, chance: random.Random) -> None:
    company.rows["finance", "exchange_rates"] = [
        row for row in company.rows["finance", "exchange_rates"] if date.fromisoformat(row["date"]).isoweekday() <= 5
    ]


@kind
def a_table_is_still_empty(company: Company, chance: random.Random) -> None:
    tables = [("shop", "payments"), ("shop", "refunds"), ("crm", "consents"), ("crm", "life_events")]
    company.rows[chance.choice(tables)].clear()


@kind
def an_answer_is_changed(company: Company, chance: random.Random) -> None:
    company.add(
        *("survey", "invitations"),
        **{"invitation_id": "changed", "customer_number": "C1", "instrument": "nps_v1", "channel": "email"},
        **{"sent_at": "2024-11-01 08:00:00", "completed_at": "2024-11-01 09:06:00"},
    )
    for number, score in enumerate((2, 9)):
        company.add(
            *("survey", "answers"),
            **{"answer_id": f"changed-{number}", "invitation_id": "changed", "instrument": "nps_v1"},
            **{"question": "likelihood_to_recommend", "score": score, "answered_at": f"2024-11-01 09:0{number}:00"},
        )


@kind
def a_score_is_off_its_scale(company: Company, chance: random.Random) -> None:
    company.add(
        *("survey", "invitations"),
        **{"invitation_id": "off", "customer_number": "C2", "instrument": "nps_v1", "channel": "email"},
        **{"sent_at": "2024-11-02 08:00:00"},
    )
    company.add(
        *("survey", "answers"),
        **{"answer_id": "off-1", "invitation_id": "off", "instrument": "nps_v1"},
        **{"question": "likelihood_to_recommend", "score": chance.choice([-1, 11, 99]), "answered_at": "2024-11-02"},
    )


@kind
def a_part_has_lost_its_whole(company: Company, chance: random.Random) -> None:
    company.add(*("shop", "order_lines"), order_id="gone", line_number=1, product_id="P1", unit_price=5, quantity=1)
    company.add(
        *("helpdesk", "comments"), comment_id="gone", ticket_id="gone", body="?", created_at="2024-05-05T10:00:00Z"
    )


@kind
def a_product_is_unknown(company: Company, chance: random.Random) -> None:
    company.buyer("unknown")
    company.order("unknown-1", "unknown", f"{_day(chance)} 12:00:00", 20)
    company.rows["shop", "order_lines"][-1]["product_id"] = "never-heard-of"


@kind
def names_are_of_any_script_and_hold_quotes(company: Company, chance: random.Random) -> None:
    names = ["O'Brien", 'Robert "); drop table', "李雷", "Müller-Łukasz", "👩‍🚀", "ﺍﻟﻌﺮﺑﻴﺔ", "a\\b", "x\n y\t"]
    for number, name in enumerate(chance.sample(names, 4)):
        company.add(
            *("crm", "customers"),
            **{"customer_number": f"name-{number}", "first_name": name, "last_name": name, "city": name},
            **{"email": f"name{number}@example.org", "country_code": "DE", "created_at": "2024-02-02 10:00:00"},
        )


@kind
def a_currency_is_written_otherwise_or_has_no_rate(company: Company, chance: random.Random) -> None:
    company.buyer("currency")
    company.order("currency-1", "currency", f"{_day(chance)} 12:00:00", 20, currency=chance.choice(["eur", "€", ""]))


@kind
def an_amount_is_no_number(company: Company, chance: random.Random) -> None:
    company.buyer("text")
    company.order("text-1", "text", f"{_day(chance)} 12:00:00", 20)
    company.rows["shop", "order_lines"][-1]["unit_price"] = chance.choice(["1,234.50", "12 EUR", "NaN", "inf", ""])


@kind
def an_order_has_no_line(company: Company, chance: random.Random) -> None:
    company.buyer("bare")
    company.order("bare-1", "bare", f"{_day(chance)} 12:00:00")


@kind
def a_quantity_or_freight_is_impossible(company: Company, chance: random.Random) -> None:
    company.buyer("impossible")
    company.order("impossible-1", "impossible", f"{_day(chance)} 12:00:00", 20)
    company.rows["shop", "order_lines"][-1]["quantity"] = chance.choice([0, -1, 10**9])
    company.order("impossible-2", "impossible", f"{_day(chance)} 12:00:00", 20, freight_amount=-3)


@kind
def a_refund_comes_before_its_order(company: Company, chance: random.Random) -> None:
    company.buyer("early")
    company.order("early-1", "early", "2024-03-10 12:00:00", 20)
    company.add(
        *("shop", "refunds"),
        **{"refund_id": "early-R", "order_id": "early-1", "amount": chance.choice([5, 20]), "reason": "changed_mind"},
        **{"refunded_at": "2024-03-01 12:00:00"},
    )


@kind
def a_subscription_ends_before_it_starts(company: Company, chance: random.Random) -> None:
    company.buyer("subscriber")
    company.add(
        *("shop", "subscriptions"),
        **{"subscription_id": "backwards", "account_id": "subscriber", "plan": "basic", "monthly_amount": 5},
        **{"status": "ended", "started_at": "2024-05-05 12:00:00", "ended_at": "2024-04-05 12:00:00"},
    )


@kind
def customers_refer_each_other_in_a_circle(company: Company, chance: random.Random) -> None:
    for number in range(2):
        company.add(
            *("crm", "customers"),
            **{"customer_number": f"circle-{number}", "referred_by": f"circle-{1 - number}", "country_code": "DE"},
            **{"email": f"circle{number}@example.org", "created_at": f"{_day(chance)} 10:00:00"},
        )


@kind
def a_time_is_written_in_another_way(company: Company, chance: random.Random) -> None:
    company.buyer("spelled")
    spellings = ["2024-05-05T12:00:00.123456", "2024-05-05 12:00", "2024-05-05", "05.05.2024 12:00", "24-05-05", "soon"]
    for number, at in enumerate(chance.sample(spellings, 3)):
        company.order(f"spelled-{number}", "spelled", at, 20)


@kind
def nobody_rates_and_somebody_unknown_writes(company: Company, chance: random.Random) -> None:
    company.add(
        *("social", "posts"),
        **{"post_id": "unknown", "platform": "trustvoice", "handle": chance.choice(["", "who", "null"])},
        **{"kind": "review", "rating": chance.choice([0, 1, 5, 6]), "text": "", "posted_at": "2024-05-05T10:00:00Z"},
    )
    company.add(
        *("helpdesk", "tickets"),
        **{"ticket_id": "unknown", "channel": "email", "category": "delivery", "status": "open"},
        **{"created_at": "2024-10-01T10:00:00+02:00", "updated_at": "2024-12-30T12:00:00+01:00"},
    )


@kind
def a_word_is_none_that_is_known(company: Company, chance: random.Random) -> None:
    company.buyer("word")
    column = chance.choice(["status", "channel"])
    company.order("word-1", "word", f"{_day(chance)} 12:00:00", 20, **{column: "teleported"})
    company.add(
        *("crm", "consents"),
        **{"consent_id": "word", "customer_number": "C3", "purpose": "telepathy", "recorded_at": "2024-03-03 10:00:00"},
    )


@kind
def a_customer_has_two_thousand_orders(company: Company, chance: random.Random) -> None:
    company.buyer("reseller")
    for number in range(2000):
        day = date(2022, 1, 3) + timedelta(days=number // 2)
        company.order(f"reseller-{number}", "reseller", f"{day} 1{number % 2}:00:00", chance.randrange(1, 90))
