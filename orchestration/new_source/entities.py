"""What the generator knows of entities: by which words sources name their columns, and what each one needs.

The columns themselves are read from the models of the four types, so that a column they gain is one here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

# What a table may be said to feed; customers feed two entities more, where they have identifiers or further attributes.
WORDS = {
    "customers": "customer_records",
    "orders": "orders",
    "order_lines": "order_lines",
    "products": "products",
    "tickets": "tickets",
    "ticket_events": "ticket_events",
    "survey_answers": "survey_answers",
}
_FOLDERS = ("descriptive", "descriptive/restricted", "behavioural", "attitudinal", "interaction")
# What every staging model makes by itself.
MADE = ("source_system", "source_record_id", "loaded_at", "customer_namespace", "time_zone", "utc_offset")


@dataclass(frozen=True)
class Kind:
    """What the generator knows of an entity.

    `key` is the column of its own key, `whole` that of what it is a part of, `at` that of its time. `required` columns
    have to be found in a table. `names` gives each column the names that sources use, the likeliest first;
    `defaults` is the SQL that stands where none of them is there, and that nobody may have confirmed.
    """

    key: str
    names: dict[str, tuple[str, ...]]
    required: tuple[str, ...]
    one: str
    whole: str | None = None
    at: str | None = "occurred_at"
    defaults: dict[str, str] = field(default_factory=dict)


_CUSTOMER = (
    "customer_id", "customer_no", "customer_number", "customer_nr", "customer", "household_id", "kundennummer",
    "kunden_nr", "kunden_id", "kunde", "account_id", "user_id", "client_id", "member_id", "buyer_id", "card_id",
)  # fmt: skip
_TIME = ("occurred_at", "created_at", "timestamp", "time_timestamp", "transaction_timestamp", "date", "datum", "time")
_ORDER = (
    "order_id", "order_no", "order_number", "order_nr", "order_column", "order_ref", "invoice_no", "invoice_id",
    "basket_id",
    "bestellnummer", "bestell_nr", "bestell_id", "bestellung", "auftragsnummer", "auftrag", "receipt_id",
    "transaction_id",
)  # fmt: skip
_PRODUCT = ("product_id", "sku", "article_id", "article_no", "artikelnummer", "artikel_nr", "artikel", "stock_code",
            "item_no", "product_code", "product")  # fmt: skip
_TICKET = ("ticket_id", "ticket_no", "ticket_nr", "case_id", "case_no", "case_column", "case_concept_name", "ticket",
           "incident_id", "issue_id", "vorgang", "vorgangsnummer")  # fmt: skip
_CURRENCY = ("currency", "currency_code", "waehrung", "w_hrung")

KINDS = {
    "customer_records": Kind(
        key="source_customer_id",
        one="a source's record of a customer",
        required=("source_customer_id",),
        defaults={"customer_type": "'unknown'"},
        names={
            "source_customer_id": (*_CUSTOMER, "id"),
            "occurred_at": ("registered_at", "created_at", "signup_date", "customer_since", "dt_customer",
                            "kunde_seit"),
            "customer_type": ("customer_type",),
            "country": ("country", "land"),
            "region": ("region", "state", "bundesland"),
            "city": ("city", "ort", "stadt"),
            "birth_year": ("birth_year", "year_birth", "geburtsjahr"),
            "segment": ("segment",),
            "acquisition_channel": ("acquisition_channel",),
        },
    ),
    "customer_identifiers": Kind(
        key="source_customer_id",
        one="a customer key of the source that comes with direct identifiers",
        required=("source_customer_id",),
        at=None,
        names={
            "first_name": ("first_name", "firstname", "vorname"),
            "last_name": ("last_name", "lastname", "surname", "nachname", "name"),
            "email": ("email", "e_mail", "mail", "email_address"),
            "phone": ("phone", "telephone", "phone_number", "telefon", "mobile"),
            "birth_date": ("birth_date", "date_of_birth", "geburtsdatum"),
            "street": ("street", "address", "strasse", "stra_e", "stra_e_nrx",
                       "adresse"),
            "postal_code": ("postal_code", "postcode", "zip", "zip_code", "plz"),
            "loyalty_number": ("loyalty_number", "loyalty_no"),
            "social_handle": ("social_handle",),
        },
    ),
    "orders": Kind(
        key="order_id",
        one="an order",
        required=("order_id", "occurred_at"),
        defaults={"status": "'completed'", "original_freight_amount": "0"},
        names={
            "order_id": (*_ORDER, "id"),
            "source_customer_id": _CUSTOMER,
            "occurred_at": ("ordered_at", "order_date", "order_time", "bestelldatum", "purchase_date", "invoice_date",
                            *_TIME),
            "status": ("status", "order_status", "zustand"),
            "channel": ("channel", "kanal", "sales_channel", "order_channel"),
            "region": ("delivery_region", "region"),
            "currency": _CURRENCY,
            "original_freight_amount": ("freight", "freight_value", "shipping", "shipping_cost", "versandkosten",
                                        "versand"),
            "promised_delivery_at": ("promised_delivery_at", "promised_at", "estimated_delivery_date"),
            "handed_over_at": ("handed_over_at", "shipped_at", "ship_date"),
            "delivered_at": ("delivered_at", "delivery_date", "lieferdatum"),
        },
    ),
    "order_lines": Kind(
        key="order_line_id",
        whole="order_id",
        at=None,
        one="a line of an order",
        required=("order_id", "original_amount"),
        defaults={"quantity": "1", "product_id": "'goods'"},
        names={
            "order_line_id": ("order_line_id", "line_id", "order_item_id", "position_id"),
            "order_id": _ORDER,
            "line_number": ("line_number", "line_no", "position_no", "pos", "item_number"),
            "product_id": _PRODUCT,
            "quantity": ("quantity", "qty", "menge", "anzahl", "pieces"),
            "unit_price": ("unit_price", "price", "einzelpreis", "preis"),
            "original_amount": ("original_amount", "amount", "line_total", "line_amount", "sales_value", "total",
                                "betrag",
                                "total_betragx", "gesamtbetrag", "summe", "umsatz", "revenue", "total_amount"),
            "currency": _CURRENCY,
        },
    ),
    "products": Kind(
        key="product_id",
        one="a product",
        at=None,
        required=("product_id",),
        names={
            "product_id": (*_PRODUCT, "id"),
            "product_name": ("product_name", "name", "title", "bezeichnung", "artikelbezeichnung", "description",
                             "desc_column", "product_type"),
            "category": ("category", "product_category", "kategorie", "warengruppe", "department"),
            "currency": _CURRENCY,
            "original_unit_cost_amount": ("unit_cost", "cost", "einkaufspreis"),
            "original_list_price_amount": ("list_price", "listenpreis", "price", "preis"),
        },
    ),
    "tickets": Kind(
        key="ticket_id",
        one="a support case, as it stands now",
        required=("ticket_id", "occurred_at"),
        defaults={"status": "'open'"},
        names={
            "ticket_id": (*_TICKET, "id"),
            "source_customer_id": _CUSTOMER,
            "occurred_at": ("opened_at", *_TIME),
            "order_id": _ORDER,
            "channel": ("channel", "kanal"),
            "category": ("category", "topic", "kategorie"),
            "status": ("status", "state", "zustand"),
            "priority": ("priority", "prioritaet", "priorit_t"),
            "agent": ("agent", "assignee", "org_resource", "bearbeiter"),
            "first_replied_at": ("first_replied_at", "first_reply_at", "first_response_at"),
            "solved_at": ("solved_at", "resolved_at", "closed_at"),
        },
    ),
    "ticket_events": Kind(
        key="ticket_event_id",
        whole="ticket_id",
        one="a change of a support case",
        required=("ticket_id", "occurred_at", "event_type"),
        names={
            "ticket_event_id": ("ticket_event_id", "event_id"),
            "ticket_id": _TICKET,
            "source_customer_id": _CUSTOMER,
            "occurred_at": _TIME,
            "channel": ("channel", "kanal"),
            "event_type": ("event_type", "event", "activity", "concept_name", "action", "aktion"),
            "old_value": ("old_value",),
            "new_value": ("new_value",),
            "actor": ("actor",),
            "agent": ("agent", "assignee", "org_resource", "bearbeiter"),
        },
    ),
    # A row of the table is a response; each of its questions that was answered is a row of the entity.
    "survey_answers": Kind(
        key="response_id",
        one="an answer to one question",
        required=("response_id", "occurred_at"),
        names={
            "response_id": ("response_id", "responseid", "respondent_id", "submission_id", "antwort_id", "id"),
            "source_customer_id": (*_CUSTOMER, "external_data_reference", "external_reference"),
            "email": ("email", "e_mail", "mail", "email_address", "recipient_email", "respondent_email"),
            "occurred_at": ("answered_at", "recorded_date", "submitted_at", "completed_at", "end_date", "date_modified",
                            "submit_date", *_TIME),
            "channel": ("channel", "kanal"),
            "order_id": _ORDER,
            "comment": ("comment", "comments", "kommentar", "feedback", "verbatim", "reason"),
        },
    ),
}  # fmt: skip
# Words in the name of a table that say what its rows are, whatever its keys look like.
CALLED = {
    "customer_records": ("customer", "kunde", "household", "member", "contact"),
    "orders": ("order", "bestellung", "auftraeg"),
    "products": ("product", "produkt", "artikel", "article"),
    "tickets": ("ticket", "case", "vorgang", "vorgaeng"),
}
# Words of sources for the codes of seeds/codes, in small letters. `None` stands for every other word.
CODE_WORDS: dict[tuple[str, str], dict[str | None, str | None]] = {
    ("orders", "status"): {
        None: "open", "complete": "completed", "delivered": "completed", "paid": "completed", "closed": "completed",
        "fulfilled": "completed", "done": "completed", "geliefert": "completed", "bezahlt": "completed",
        "abgeschlossen": "completed", "canceled": "cancelled", "storniert": "cancelled", "void": "cancelled",
    },
    ("tickets", "status"): {
        None: "open", "resolved": "solved", "done": "solved", "wait": "pending", "waiting": "pending",
        "on hold": "pending", "neu": "new", "offen": "open", "geschlossen": "closed", "erledigt": "solved",
    },
    ("tickets", "priority"): {
        None: None, "medium": "normal", "critical": "urgent", "niedrig": "low", "hoch": "high", "dringend": "urgent",
    },
    ("ticket_events", "event_type"): {
        None: "status_changed", "opened": "created", "insert ticket": "created", "take in charge ticket": "assigned",
        "resolve ticket": "solved", "resolved": "solved",
    },
    ("ticket_events", "actor"): {None: None, "client": "customer", "user": "customer", "bot": "system"},
    ("customer_records", "customer_type"): {None: "unknown", "company": "organisation", "business": "organisation"},
}  # fmt: skip
# Other words for the channels of seeds/interaction.
CHANNEL_WORDS = {
    "online": "web", "webshop": "web", "website": "web", "internet": "web", "shop": "store", "filiale": "store",
    "laden": "store", "telefon": "phone", "call": "phone", "mail": "email", "e-mail": "email", "brief": "letter",
}  # fmt: skip
# Words in the name of a column that holds what names a person, or may hold anything.
DIRECT = ("name", "mail", "phone", "telefon", "mobile", "street", "strasse", "stra_e", "address", "adresse", "iban",
          "birth_date", "geburtsdatum", "comment", "kommentar", "note", "text", "message", "body", "zip", "postal",
          "postcode", "plz")  # fmt: skip
INDIRECT = ("city", "ort", "stadt", "birth_year", "geburtsjahr", "agent", "device", "user", "anonymous")


def read_yaml(path: Path) -> dict[str, Any]:
    """A file of dbt's. The project has hundreds, which Python alone would take a minute to read."""
    content: dict[str, Any] = yaml.load(path.read_bytes(), getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return content


@lru_cache
def shape_of(entity: str, root: Path) -> dict[str, str]:
    """Map the columns that a staging model of `entity` has to their types, in the order of the type.

    They are those of the type's contract, without what the type works out itself (`computed`).
    """
    path = next(p for folder in _FOLDERS if (p := root / "models" / folder / f"{entity}.yml").is_file())
    columns = read_yaml(path)["models"][0]["columns"]
    sql = path.with_suffix(".sql").read_text(encoding="utf-8")
    computed = re.search(r"computed=\[(.*?)\]", sql, re.DOTALL)
    left_out = set(re.findall(r"'(\w+)'", computed.group(1))) if computed else set()
    return {c["name"]: c["data_type"] for c in columns if c["name"] not in left_out | {"business_date"}}
