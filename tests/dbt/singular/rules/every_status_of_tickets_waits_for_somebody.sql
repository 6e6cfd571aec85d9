-- Each status that tickets can have says whom they wait for, and each that says so is one.
select
    codes.code,
    statuses.status
from (
    select code from {{ ref('codes') }}
    where entity = 'tickets' and column_name = 'status'
) as codes
full outer join {{ ref('ticket_statuses') }} as statuses on codes.code = statuses.status
where codes.code is null or statuses.status is null
