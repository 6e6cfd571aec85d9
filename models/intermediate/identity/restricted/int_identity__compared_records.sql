-- Records of persons as the matching compares them: names, birth date, address, e-mail and telephone in one spelling,
-- and the customer that each record stands for already. Addresses and numbers that identify nobody are left out.
with identifiers as (
    {{ staged_columns('customer_identifiers', {
        'customer_namespace': 'string',
        'source_customer_id': 'string',
        'first_name': 'string',
        'last_name': 'string',
        'birth_date': 'date',
        'street': 'string',
        'postal_code': 'string',
    }) }}
),

customer_records as (
    {{ staged_columns('customer_records', {
        'customer_namespace': 'string',
        'source_customer_id': 'string',
        'city': 'string',
    }) }}
),

persons as (
    select
        customer_namespace,
        source_customer_id,
        max({{ plain_text('first_name') }}) as first_name,
        max({{ plain_text('last_name') }}) as last_name,
        max(birth_date) as birth_date,
        max({{ plain_text('street') }}) as street,
        max({{ plain_text('postal_code') }}) as postal_code
    from identifiers
    where source_customer_id is not null
    group by customer_namespace, source_customer_id
),

cities as (
    select customer_namespace, source_customer_id, max({{ plain_text('city') }}) as city
    from customer_records
    group by customer_namespace, source_customer_id
),

reached_by as (
    select
        identifiers.customer_namespace,
        identifiers.source_customer_id,
        max(case when identifiers.namespace = 'email' then identifiers.identifier end) as email,
        max(case when identifiers.namespace = 'phone' then identifiers.identifier end) as phone
    from {{ ref('int_identity__identifiers') }} as identifiers
    left join {{ ref('int_identity__identifier_use') }} as identifier_use
        on identifiers.namespace = identifier_use.namespace
        and identifiers.identifier_id = identifier_use.identifier_id
    where identifier_use.refusal_reason is null
    group by identifiers.customer_namespace, identifiers.source_customer_id
),

-- Some providers bring a mailbox what is sent to it with a tag (a+shop@…) or with other dots. A person may decide that
-- two such addresses are one person's; the address itself stays two.
mailboxes as (
    select
        reached_by.customer_namespace,
        reached_by.source_customer_id,
        reached_by.phone,
        case
            when providers.ignores_dots
                then replace(split_part(split_part(reached_by.email, '@', 1), '+', 1), '.', '')
                    || '@' || providers.mailbox_domain
            when providers.domain is not null
                then split_part(split_part(reached_by.email, '@', 1), '+', 1) || '@' || providers.mailbox_domain
            else reached_by.email
        end as email
    from reached_by
    left join {{ ref('mailbox_providers') }} as providers
        on split_part(reached_by.email, '@', 2) = providers.domain
),

numbered as (
    select *, {{ only_digits("split_part(email, '@', 1)") }} as digits
    from mailboxes
)

select
    persons.customer_namespace,
    persons.source_customer_id,
    customer_keys.customer_id,
    persons.first_name,
    persons.last_name,
    persons.first_name || ' ' || persons.last_name as full_name,
    persons.birth_date,
    persons.street,
    persons.postal_code,
    cities.city,
    numbered.email,
    -- A single digit tells nobody apart.
    case when length(numbered.digits) >= 2 then numbered.digits end as email_number,
    numbered.phone
from persons
inner join {{ ref('int_identity__customer_keys') }} as customer_keys
    on persons.customer_namespace = customer_keys.customer_namespace
    and persons.source_customer_id = customer_keys.source_customer_id
left join cities
    on persons.customer_namespace = cities.customer_namespace
    and persons.source_customer_id = cities.source_customer_id
left join numbered
    on persons.customer_namespace = numbered.customer_namespace
    and persons.source_customer_id = numbered.source_customer_id
where persons.first_name is not null
    and persons.last_name is not null
    and customer_keys.customer_id is not null
