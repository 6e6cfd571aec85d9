-- One row a row of the CRM's changes of stage.
{% set row_rules = [
    required('stage_change_id'),
    required('opportunity_id'),
    required('stage'),
    one_of('stage', ['opened', 'qualified', 'quoted', 'won', 'lost']),
    a_number('expected_amount'),
    at_least('expected_amount', 0),
    required('changed_at'),
    a_time('changed_at'),
    not_before_the_company('changed_at', 'crm'),
    not_in_the_future('changed_at', 'crm'),
    belongs_to('opportunity_id', 'opportunity'),
] %}

select
    stage_change_id,
    opportunity_id,
    stage,
    {{ try_money('expected_amount') }} as expected_amount,
    {{ source_time('changed_at', 'crm') }} as changed_at,
    _file_name as file_name,
    _file_row as file_row,
    _loaded_at as loaded_at,
    quarantine_rule,
    {{ quarantine_value(row_rules) }} as quarantine_value
from {{ with_row_rules(
    with_parent_validation(
        source('crm', 'opportunity_stages'), ref('base_crm__opportunities'), 'opportunity_id'
    ),
    row_rules
) }} as raw_row
