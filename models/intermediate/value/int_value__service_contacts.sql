-- Every time a customer was served by a person: a support case that was opened, a call or visit of an agent. What is
-- written in a case is part of it. Empty where no source reports any.
select
    touch_id as contact_id,
    customer_id,
    business_date,
    handling_minutes
from {{ ref('int_contacts__touches') }}
where touch_type in ('support_case', 'agent_activity')
