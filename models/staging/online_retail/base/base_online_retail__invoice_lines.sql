-- One row a row of Online Retail: an invoice line. What kind of line it is follows from invoice number and quantity.
{% set line_rules = [
    required('invoice_no'),
    required('stock_code'),
    required('quantity'),
    an_integer('quantity'),
    between('quantity', -1000000000, 1000000000),
    required('invoice_date'),
    a_time('invoice_date'),
    not_before_the_company('invoice_date', 'online_retail'),
    not_in_the_future('invoice_date', 'online_retail'),
    required('unit_price'),
    a_number('unit_price'),
    fits_an_amount('quantity', try_integer('quantity') ~ ' * ' ~ try_money('unit_price')),
    row_rule('unit_price', "substr(invoice_no, 1, 1) <> 'A' and " ~ try_money('unit_price') ~ ' < 0',
             'is below 0 outside a bad-debt adjustment'),
    row_rule('customer_id', known_key('customer_id') ~ ' is not null and ' ~ try_money('customer_id') ~ ' is null',
             'is not a number'),
] %}
{% set row_rules = line_rules + [lines_not_in_quarantine('invoice_no', 'an invoice')] %}

select
    invoice_no,
    stock_code,
    -- A repeated line is a line of its own (docs/decisions/0006): lines are told apart by their place in the invoice.
    row_number() over (partition by invoice_no order by _file_name, _file_row) as line_number,
    description,
    {{ try_integer('quantity') }} as quantity,
    {{ source_time('invoice_date', 'online_retail') }} as invoiced_at,
    {{ try_money('unit_price') }} as unit_price,
    cast(cast(floor({{ try_money(known_key('customer_id')) }}) as bigint) as string) as customer_number,
    country,
    case
        when substr(invoice_no, 1, 1) = 'C' then 'cancellation'
        when substr(invoice_no, 1, 1) = 'A' then 'bad_debt'
        when {{ try_integer('quantity') }} < 0 then 'write_off'
        else 'sale'
    end as line_kind,
    _file_name as file_name,
    _file_row as file_row,
    _loaded_at as loaded_at,
    quarantine_rule,
    {{ quarantine_value(row_rules) }} as quarantine_value
from {{ with_row_rules(
    with_line_validation(
        source('online_retail', 'invoice_lines'), source('online_retail', 'invoice_lines'), 'invoice_no', line_rules
    ),
    row_rules
) }} as raw_row
