-- Whenever somebody answered, or was asked to: what satisfaction and response rates are cut by hangs on both alike.
with responses as (
    select * from {{ ref('int_satisfaction__measured_responses') }}
),

events as (
    select * from {{ ref('survey_invitation_events') }}
    where business_date <= {{ as_of_date() }}
),

-- What the questions of an instrument agree on holds for an invitation to it.
instruments as (
    select
        questionnaire,
        instrument,
        {{ single_values(['touchpoint', 'phase']) }}
    from {{ ref('survey_items') }}
    group by questionnaire, instrument
),

answered as (
    select distinct instrument, response_id
    from {{ ref('int_satisfaction__responses') }}
),

-- Of what was sent twice the first counts.
invitations as (
    select
        *,
        row_number() over (
            partition by instrument, invitation_id order by occurred_at asc, survey_invitation_event_id asc
        ) as place
    from events
    where event_type = 'sent' and invitation_id is not null
)

select
    md5('response:' || instrument || ':' || measure || ':' || response_id) as occasion_id,
    questionnaire,
    measure,
    customer_id,
    respondent_id,
    answered_at as occurred_at,
    cast(date_trunc('month', answered_date) as date) as month_date,
    touchpoint,
    channel,
    phase,
    order_id,
    ticket_id,
    product_id,
    superseded_count,
    response_value,
    cast(null as boolean) as is_answered
from responses

union all

select
    md5('invitation:' || invitations.instrument || ':' || invitations.invitation_id),
    instruments.questionnaire,
    cast(null as string),
    invitations.customer_id,
    cast(null as string),
    invitations.occurred_at,
    cast(date_trunc('month', invitations.business_date) as date),
    coalesce(instruments.touchpoint, invitations.touchpoint),
    invitations.channel,
    instruments.phase,
    invitations.order_id,
    cast(null as string),
    cast(null as string),
    cast(null as bigint),
    cast(null as decimal(18, 6)),
    answered.response_id is not null
from invitations
inner join instruments on invitations.instrument = instruments.instrument
left join answered
    on invitations.instrument = answered.instrument and invitations.invitation_id = answered.response_id
where invitations.place = 1
