"""Olist: a Brazilian marketplace. Orders, items, payments, reviews, customers, and the sellers' lead funnel."""

from orchestration.ingestion.landing_source import LandingSource

SOURCE = LandingSource(
    name="olist",
    patterns={
        "customers": "olist_customers_dataset.csv",
        "orders": "olist_orders_dataset.csv",
        "order_items": "olist_order_items_dataset.csv",
        "order_payments": "olist_order_payments_dataset.csv",
        "order_reviews": "olist_order_reviews_dataset.csv",
        "products": "olist_products_dataset.csv",
        "product_category_names": "product_category_name_translation.csv",
        "sellers": "olist_sellers_dataset.csv",
        "leads": "olist_marketing_qualified_leads_dataset.csv",
        "closed_deals": "olist_closed_deals_dataset.csv",
    },
)
