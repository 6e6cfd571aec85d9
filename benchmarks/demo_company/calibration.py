"""Is the demo company shaped like real retailers? Aggregate figures of the company beside those of public data.

    python benchmarks/demo_company/calibration.py --data ../shared/data --factor 0.3

Prints the tables of docs/demo_company.md. `--data` is a folder with `olist/`, `online_retail/` and `cdnow/` (where to
get them is in the README); only figures leave this script.
"""

from __future__ import annotations

import argparse
import sqlite3
import sys
import tempfile
from pathlib import Path

import duckdb
import pyarrow as pa

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from orchestration.demo_company import generate
from orchestration.demo_company.people import DROPOUT_A, DROPOUT_B, RATE_SCALE, RATE_SHAPE
from orchestration.statistics.bg_nbd import BgNbd
from orchestration.statistics.discount_rates import continuous_discount_rate
from orchestration.statistics.gamma_gamma import GammaGamma
from orchestration.statistics.histories import PurchaseHistories, count_histories

WITHIN = 180  # days in which a repeat purchase counts, for all alike


def main() -> None:
    """Print the comparison, and what BG/NBD finds of the truth."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--data", type=Path, required=True)
    arguments.add_argument("--factor", type=float, default=0.3)
    arguments.add_argument("--keep", type=Path, help="folder for the company, instead of a temporary one")
    chosen = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder, duckdb.connect() as db:
        home = chosen.keep or Path(folder)
        landing, truth = home / "landing", home / "truth"
        generate(landing, truth, factor=chosen.factor)
        _read_company(db, landing, truth)
        _read_real(db, chosen.data)
        figures = {name: _purchase_figures(db, name) for name in ("company", "online_retail", "olist", "cdnow")}
        print("| figure | demo company | Online Retail | Olist | CDNOW |\n| --- | --- | --- | --- | --- |")
        for figure in figures["company"]:
            print(f"| {figure} |", " | ".join(figures[name].get(figure, "") for name in figures), "|")
        print("\n| stars | 1 | 2 | 3 | 4 | 5 |\n| --- | --- | --- | --- | --- | --- |")
        for name in ("company", "olist"):
            print(f"| {name} |", " | ".join(_stars(db, name)), "|")
        print("\n| figure | truth | models |\n| --- | --- | --- |")
        for row in _recovered(db):
            print("|", " | ".join(row), "|")


def _read_company(db: duckdb.DuckDBPyConnection, landing: Path, truth: Path) -> None:
    """Purchases of each person as `company` (person by the truth), and the reviews."""
    with sqlite3.connect(landing / "shop" / "shop.sqlite") as shop:
        orders = _arrow(
            shop,
            """select order_id, account_id, currency, ordered_at, status, promised_delivery_at as promised,
                delivered_at as delivered from orders""",
        )
        lines = _arrow(
            shop,
            """select order_id, count(*) as lines, sum(quantity * unit_price - discount_amount) as value
            from order_lines group by order_id""",
        )
    for name, table in (("orders", orders), ("lines", lines)):
        db.register(f"{name}_arrow", table)
        db.execute(f"create table {name} as from {name}_arrow")
    db.execute(f"create table identities as from '{truth}/identities.parquet'")
    db.execute(f"create table people as from '{truth}/people.parquet'")
    db.execute("""
        create table company as
        select person_id as customer, o.ordered_at::timestamp as bought_at, lines,
            value / case currency when 'GBP' then 0.86 when 'CHF' then 0.98 when 'SEK' then 11.2 else 1 end as value,
            coalesce(delivered::timestamp > promised::timestamp, false) as late,
            date_diff('hour', o.ordered_at::timestamp, delivered::timestamp) / 24 as days
        from orders o join lines using (order_id)
        join identities i on i.source = 'shop' and i.key_kind = if(o.account_id is null, 'order_id', 'account_id')
            and i.key_value = coalesce(o.account_id, o.order_id)
        where status <> 'cancelled'
    """)
    db.execute(f"""
        create table company_stars as
        select rating::int as stars from read_json('{landing}/social/*.jsonl') where kind = 'review'
    """)


def _arrow(connection: sqlite3.Connection, query: str) -> pa.Table:
    cursor = connection.execute(query)
    rows = cursor.fetchall()
    return pa.table({c[0]: pa.array(v) for c, v in zip(cursor.description, zip(*rows, strict=True), strict=True)})


def _read_real(db: duckdb.DuckDBPyConnection, data: Path) -> None:
    """The same table from each real data set, as far as it has the columns."""
    db.execute(f"""
        create table online_retail as
        select CustomerID::varchar as customer, min(InvoiceDate)::timestamp as bought_at, count(*) as lines,
            sum(Quantity * UnitPrice) as value, null::boolean as late, null::double as days
        from read_csv('{data}/online_retail/*.csv.gz', types = {{'InvoiceNo': 'varchar', 'StockCode': 'varchar'}})
        where CustomerID is not null and InvoiceNo not like 'C%' and Quantity > 0 and UnitPrice > 0
        group by InvoiceNo, CustomerID
    """)
    db.execute(f"""
        create table olist as
        select customer_unique_id as customer, order_purchase_timestamp::timestamp as bought_at, lines, value,
            order_delivered_customer_date > order_estimated_delivery_date as late,
            date_diff('hour', order_purchase_timestamp, order_delivered_customer_date) / 24 as days
        from read_csv('{data}/olist/olist_orders_dataset.csv') o
        join read_csv('{data}/olist/olist_customers_dataset.csv') using (customer_id)
        join (select order_id, count(*) as lines, sum(price) as value
            from read_csv('{data}/olist/olist_order_items_dataset.csv') group by 1) using (order_id)
    """)
    db.execute(f"""
        create table olist_stars as
        select review_score as stars from read_csv('{data}/olist/olist_order_reviews_dataset.csv')
    """)
    db.execute(f"""
        create table cdnow as
        select trim(column0[1:6]) as customer, strptime(column0[13:20], '%Y%m%d') as bought_at,
            trim(column0[21:23])::int as lines, trim(column0[24:])::double as value, null::boolean as late,
            null::double as days
        from read_csv('{data}/cdnow/CDNOW_sample.txt', header = false, columns = {{'column0': 'varchar'}},
            delim = '\\t')
    """)


def _purchase_figures(db: duckdb.DuckDBPyConnection, name: str) -> dict[str, str]:
    """Figures of one data set; purchases of one day are one."""
    db.execute(f"""
        create or replace view days as
        select customer, bought_at::date as day, sum(value) as value from {name} group by all having sum(value) > 0
    """)
    customers, per_customer = _row(db, "select count(distinct customer), count(*) / count(distinct customer) from days")
    repeat = _row(
        db,
        f"""
        select avg((again)::int) from (
            select customer, min(day) as first,
                count(*) filter (day > first_day and day <= first_day + {WITHIN}) > 0 as again
            from (select *, min(day) over (partition by customer) as first_day from days) group by customer)
        where first <= (select max(day) - {WITHIN} from days)
    """,
    )[0]
    # Gaps are seen from starts early enough, and only those within the window: else short data sets have short gaps.
    gaps = _row(
        db,
        f"""
        select quantile_cont(gap, [0.25, 0.5, 0.75]) from (
            select day, lead(day) over (partition by customer order by day) - day as gap from days)
        where gap <= {WITHIN} and day <= (select max(day) - {WITHIN} from days)
    """,
    )[0]
    median, mean, spread = _row(db, "select median(value), avg(value), stddev(ln(value)) from days")
    between = _row(
        db,
        """
        select 1 - sum(within) / sum(degrees) / any_value(total) from (
            select var_samp(ln(value)) * (count(*) - 1) as within, count(*) - 1 as degrees,
                (select var_samp(ln(value)) from days) as total
            from days group by customer having count(*) > 1)
    """,
    )[0]
    top = _row(
        db,
        """
        select sum(v) filter (place <= 0.2) / sum(v)
        from (select v, percent_rank() over (order by v desc) as place
            from (select sum(value) as v from days group by customer))
    """,
    )[0]
    lines = _row(db, f"select avg(lines), median(lines) from {name}")
    late, days = _row(db, f"select avg(late::int), median(days) from {name}")
    histories = _histories(db, 273)
    rate = shape = ""
    if histories.counts @ (histories.frequency > 0) >= 30:  # fewer say nothing of rates
        fit = BgNbd.fit(histories).model
        rate, shape = f"{fit.r / fit.alpha:.3f}", f"{fit.r:.2f}, {fit.a / (fit.a + fit.b):.2f}"
    return {
        "customers": f"{customers:,}",
        "purchases a customer": f"{per_customer:.2f}",
        f"share who buy again within {WITHIN} days": f"{repeat:.1%}",
        f"gaps up to {WITHIN} days: quartiles, days": " / ".join(f"{gap:.0f}" for gap in gaps),
        "basket: mean / median": f"{mean / median:.2f}",
        "basket: standard deviation of the logarithm": f"{spread:.2f}",
        "basket: share of that variance between customers": f"{between:.0%}",
        "lines an order: mean, median": f"{lines[0]:.1f}, {lines[1]:.0f}",
        "revenue of the best fifth of customers": f"{top:.0%}",
        "BG/NBD, 39 weeks: mean purchases a week r/α": rate,
        "BG/NBD: r, a/(a+b)": shape,
        "delivered late": "" if late is None else f"{late:.1%}",
        "days to delivery, median": "" if days is None else f"{days:.1f}",
    }


def _histories(db: duckdb.DuckDBPyConnection, span: int) -> PurchaseHistories:
    """Histories in weeks of those who came in the first third of a span of days, seen until its end.

    The span begins when three in ten customers are there.
    """
    rows = db.execute(f"""
        with firsts as (select customer, min(day) as first from days group by customer),
            span as (select quantile_disc(first, 0.3) as origin from firsts)
        select count(*) - 1 as x, max(day) - any_value(first) as tx,
            any_value(origin) + {span} - any_value(first) as age
        from days join firsts using (customer), span
        where first between origin and origin + {span // 3} and day <= origin + {span} group by customer
    """).fetchnumpy()
    counted, _ = count_histories(rows["x"], rows["tx"], rows["age"])
    return PurchaseHistories(counted.frequency, counted.recency / 7, counted.age / 7, counted.counts)


def _stars(db: duckdb.DuckDBPyConnection, name: str) -> list[str]:
    shares = dict(db.execute(f"select stars, count(*) / sum(count(*)) over () from {name}_stars group by 1").fetchall())
    return [f"{shares.get(star, 0):.0%}" for star in range(1, 6)]


def _recovered(db: duckdb.DuckDBPyConnection) -> list[tuple[str, str, str]]:
    """What BG/NBD and gamma-gamma find in all orders, persons known, beside the truth."""
    rows = db.execute("""
        select customer, count(*) - 1 as x, max(day) - min(day) as tx, date '2025-01-01' - min(day) as age,
            avg(value) as value
        from (select customer, bought_at::date as day, sum(value) as value from company group by all)
        group by customer order by 1
    """).fetchnumpy()
    counted, index = count_histories(rows["x"], rows["tx"], rows["age"])
    weeks = PurchaseHistories(counted.frequency, counted.recency / 7, counted.age / 7, counted.counts)
    fit = BgNbd.fit(weeks).model
    repeat = rows["x"] > 0
    spend = GammaGamma.fit(rows["x"][repeat] + 1, rows["value"][repeat]).model
    rate = continuous_discount_rate(0.10, 365.25 / 7)
    purchases = fit.discounted_expected_residual_transactions(weeks.frequency, weeks.recency, weeks.age, rate)[index]
    year = fit.expected_purchases(weeks.frequency, weeks.recency, weeks.age, 365.25 / 7)[index]
    true = db.execute("""
        select sum(expected_discounted_purchases), sum(expected_purchases_12_months), avg(is_alive_at_end::int),
            avg(mean_basket_amount)
        from people where first_order_at is not null
    """).fetchall()[0]
    alive = fit.probability_alive(weeks.frequency, weeks.recency, weeks.age)[index]
    return [
        ("discounted purchases to come, all", f"{true[0]:,.0f}", f"{purchases.sum():,.0f}"),
        ("purchases in the next 12 months", f"{true[1]:,.0f}", f"{year.sum():,.0f}"),
        ("alive", f"{true[2]:.1%}", f"{alive.mean():.1%}"),
        ("basket value, mean of customers, EUR", f"{true[3]:.1f}", f"{spend.p * spend.v / (spend.q - 1):.1f}"),
        (
            "BG/NBD r, alpha, a, b",
            f"{RATE_SHAPE}, {RATE_SCALE}, {DROPOUT_A}, {DROPOUT_B}",
            f"{fit.r:.2f}, {fit.alpha:.1f}, {fit.a:.2f}, {fit.b:.2f}",
        ),
    ]


def _row(db: duckdb.DuckDBPyConnection, query: str) -> tuple[float, ...]:
    return db.execute(query).fetchall()[0]


if __name__ == "__main__":
    main()
