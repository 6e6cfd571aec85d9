"""A small company with every source system of the demo company, each with something in it."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.python.conftest import built_once
from tests.python.worlds.company import Company
from tests.python.worlds.world import World

CUSTOMERS = tuple(f"C{number}" for number in range(1, 41))


def ordinary_company() -> Company:
    """Forty customers; three of four came again. Every table that may have rows has some."""
    company = Company()
    company.product("P1")
    _finance(company)
    _questions(company)
    for number, customer in enumerate(CUSTOMERS, start=1):
        day = f"2024-0{number % 9 + 1}-11"
        _known_to_the_crm(company, number, customer, day)
        company.buyer(f"A{number}", customer_number=customer, created_at=f"{day} 08:00:00")
        for again in range(1 + number % 4):
            bought_on = date.fromisoformat(day) + timedelta(days=7 * again * (1 + number % 5))
            company.order(f"O{number}-{again}", f"A{number}", f"{bought_on} 12:00:00", 10 + number)
        _answers(company, number, customer, day)
        _visit(company, number, day)
    _refund_and_subscription(company)
    _tickets(company)
    # What happened on the last day: the marts speak of it, whatever else is in a world.
    for number in range(1, 6):
        company.order(f"O{number}-last", f"A{number}", "2024-12-30 12:00:00", 25)
        _visit(company, 100 + number, "2024-12-30")
    return company


def ordinary_world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """That company through all models, once a session: only read it."""

    def build(home: Path) -> None:
        World.of(ordinary_company(), home).load().build()

    return World.of(ordinary_company(), built_once(tmp_path_factory, "ordinary", build))


def _known_to_the_crm(company: Company, number: int, customer: str, day: str) -> None:
    company.add(
        *("crm", "customers"),
        **{"customer_number": customer, "email": f"A{number}@example.org", "country_code": "DE"},
        **{"first_name": "Ann", "last_name": f"Family{chr(64 + number % 26)}{number}", "city": "Hamburg"},
        **{"acquisition_channel": "search", "acquisition_cost": 3, "created_at": f"{day} 08:00:00"},
    )
    company.add(
        *("crm", "consents"),
        **{"consent_id": f"N{number}", "customer_number": customer, "purpose": "marketing_email"},
        **{"document_version": "v1", "channel": "web", "recorded_at": f"{day} 08:00:00"},
    )
    company.add(
        *("messaging", "message_events"),
        **{"event_id": f"M{number}", "message_id": f"M{number}", "customer_number": customer, "campaign": "hello"},
        **{"channel": "email", "event": "sent", "occurred_at": f"{day} 09:00:00", "cost": 0.01, "currency": "EUR"},
    )


def _answers(company: Company, number: int, customer: str, day: str) -> None:
    company.add(
        *("survey", "invitations"),
        **{"invitation_id": f"I{number}", "customer_number": customer, "instrument": "nps_v1", "channel": "email"},
        **{"sent_at": f"{day} 18:00:00", "completed_at": f"{day} 19:00:00"},
    )
    company.add(
        *("survey", "answers"),
        **{"answer_id": f"Q{number}", "invitation_id": f"I{number}", "instrument": "nps_v1"},
        **{"question": "likelihood_to_recommend", "score": number % 11, "answered_at": f"{day} 19:00:00"},
    )


def _visit(company: Company, number: int, day: str) -> None:
    for step, page in enumerate(("home", "product")):
        company.add(
            *("web", "events"),
            **{"event_id": f"W{number}-{step}", "anonymous_id": f"device{number}", "event": "page_view"},
            **{"occurred_at": f"{day} 11:0{step}:00", "page": page, "device": "desktop"},
        )


def _refund_and_subscription(company: Company) -> None:
    company.add(
        *("shop", "refunds"),
        **{"refund_id": "R1", "order_id": "O3-0", "line_number": 1, "amount": 5, "reason": "changed_mind"},
        **{"refunded_at": "2024-11-20 12:00:00"},
    )
    company.add(
        *("shop", "subscriptions"),
        **{"subscription_id": "S1", "account_id": "A1", "plan": "basic", "monthly_amount": 5, "status": "active"},
        **{"started_at": "2024-05-05 12:00:00"},
    )
    company.add(
        *("shop", "subscription_uses"),
        **{"use_id": "U1", "subscription_id": "S1", "feature": "app", "used_at": "2024-05-06 12:00:00"},
    )


def _tickets(company: Company) -> None:
    for number in range(1, 6):
        at = f"2024-10-0{number}T10:00:00+02:00"
        company.add(
            *("helpdesk", "tickets"),
            **{"ticket_id": f"T{number}", "requester_email": f"A{number}@example.org", "customer_number": f"C{number}"},
            **{"channel": "email", "category": "delivery", "status": "solved", "created_at": at, "solved_at": at},
            **{"satisfaction_score": 4, "satisfaction_rated_at": at, "updated_at": "2024-12-30T12:00:00+01:00"},
        )
        company.add(
            *("helpdesk", "ticket_events"),
            **{"event_id": f"TE{number}", "ticket_id": f"T{number}", "event": "status", "new_value": "open"},
            **{"actor": "requester", "occurred_at": at, "updated_at": "2024-12-30T12:00:00+01:00"},
        )
        company.add(
            *("helpdesk", "comments"),
            **{"comment_id": f"TC{number}", "ticket_id": f"T{number}", "author": "requester", "body": "Where is it?"},
            **{"created_at": at, "updated_at": "2024-12-30T12:00:00+01:00"},
        )


def _questions(company: Company) -> None:
    company.add(
        *("survey", "questions"),
        **{"instrument": "nps_v1", "question": "likelihood_to_recommend", "construct": "recommendation"},
        **{"scale_min": 0, "scale_max": 10, "scale_direction": 1, "phase": "after"},
    )


def _finance(company: Company) -> None:
    for offset in range((date(2025, 1, 2) - date(2021, 12, 1)).days):
        day = (date(2021, 12, 1) + timedelta(days=offset)).isoformat()
        company.add("finance", "exchange_rates", date=day, currency="GBP", rate=1.15 + offset % 7 / 100)
        company.add("finance", "exchange_rates", date=day, currency="CHF", rate=1.01 + offset % 5 / 100)
    company.add("finance", "fixed_costs", month="2024-06-01", cost_kind="rent", amount=20, currency="EUR")
    company.add("finance", "discount_rates", valid_from="2021-01-01", annual_rate="0.1000")
    company.add(
        *("ads", "campaign_days"),
        **{"date": "2024-02-01", "campaign": "spring", "channel": "search", "impressions": 100, "clicks": 5},
        **{"spend": "12.50", "currency": "EUR"},
    )
