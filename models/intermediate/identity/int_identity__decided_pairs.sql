-- Every two records that something joins: a source that says so, a person who decided so, or an identifier they share.
-- What is shared joins them only where names and birth dates agree, so that a household's mailbox stays a household's.
-- A decision of a person wins over all of it.
with links as (
    select * from {{ ref('int_identity__links') }}
),

namespaces as (
    select * from {{ ref('identity_namespaces') }}
),

identifier_use as (
    select * from {{ ref('int_identity__identifier_use') }}
),

persons as (
    select * from {{ ref('int_identity__persons') }}
),

first_names as (
    select * from {{ ref('first_names') }}
),

known_first_names as (
    select distinct first_name from first_names
),

-- Bob is Robert; Chris may be Christian or Christine.
forms_of_one_name as (
    select distinct one.first_name, another.first_name as other_first_name
    from first_names as one
    inner join first_names as another on one.name_group = another.name_group
),

decisions as (
    select * from {{ ref('identity_decisions') }}
),

identifiers as (
    select * from {{ ref('int_identity__identifiers') }}
),

said_by_a_source as (
    select
        links.alias_namespace as first_namespace,
        links.alias_customer_id as first_customer_id,
        links.customer_namespace as second_namespace,
        links.source_customer_id as second_customer_id,
        links.link_type,
        cast(null as string) as refusal_reason
    from links
    left join namespaces
        on links.alias_namespace = namespaces.namespace
    where namespaces.namespace is null
),

-- An address that nobody confirmed joins nothing, and still tells that a second person uses it.
used as (
    select alias_namespace, alias_customer_id, customer_namespace, source_customer_id, link_type
    from links
    union all
    select
        identifiers.namespace as alias_namespace,
        identifiers.identifier_id as alias_customer_id,
        identifiers.customer_namespace,
        identifiers.source_customer_id,
        cast(null as string) as link_type
    from identifiers
    left join links
        on identifiers.namespace = links.alias_namespace
        and identifiers.identifier_id = links.alias_customer_id
        and identifiers.customer_namespace = links.customer_namespace
        and identifiers.source_customer_id = links.source_customer_id
    where links.link_type is null
),

sharing as (
    select
        used.alias_namespace || ':' || used.alias_customer_id as identifier,
        used.customer_namespace,
        used.source_customer_id,
        used.customer_namespace || ':' || used.source_customer_id as record,
        used.link_type,
        identifier_use.refusal_reason,
        identifier_use.has_one_record_a_namespace,
        persons.first_name,
        persons.last_name,
        persons.birth_date,
        known_first_names.first_name is not null as has_known_first_name
    from used
    inner join namespaces
        on used.alias_namespace = namespaces.namespace and namespaces.needs_same_person
    inner join identifier_use
        on used.alias_namespace = identifier_use.namespace
        and used.alias_customer_id = identifier_use.identifier_id
    left join persons
        on used.customer_namespace = persons.customer_namespace
        and used.source_customer_id = persons.source_customer_id
    left join known_first_names
        on persons.first_name = known_first_names.first_name
    -- Beyond the limit the pairs would be many, and none of them counts.
    where identifier_use.record_count <= namespaces.maximum_records
),

compared as (
    select
        one.identifier,
        one.record as first_record,
        another.record as second_record,
        one.customer_namespace as first_namespace,
        one.source_customer_id as first_customer_id,
        another.customer_namespace as second_namespace,
        another.source_customer_id as second_customer_id,
        one.link_type,
        one.link_type is not null and another.link_type is not null as is_linked,
        one.refusal_reason,
        one.has_one_record_a_namespace,
        {{ is_same_person('one', 'another', 'forms_of_one_name.first_name is not null') }} as is_same_person
    from sharing as one
    inner join sharing as another
        on one.identifier = another.identifier and one.record <> another.record
    left join forms_of_one_name
        on one.first_name = forms_of_one_name.first_name and another.first_name = forms_of_one_name.other_first_name
),

-- A record without a birth date can agree with a mother and with the daughter named after her.
of_two_persons as (
    select distinct with_one.identifier, with_one.first_record as record
    from compared as with_one
    inner join compared as with_another
        on with_one.identifier = with_another.identifier
        and with_one.first_record = with_another.first_record
        and with_another.is_same_person
    inner join compared as apart
        on with_one.identifier = apart.identifier
        and with_one.second_record = apart.first_record
        and with_another.second_record = apart.second_record
        and not apart.is_same_person
    where with_one.is_same_person
),

shared as (
    select
        compared.*,
        first_of_two.record is not null or second_of_two.record is not null as agrees_with_two_persons
    from compared
    left join of_two_persons as first_of_two
        on compared.identifier = first_of_two.identifier and compared.first_record = first_of_two.record
    left join of_two_persons as second_of_two
        on compared.identifier = second_of_two.identifier and compared.second_record = second_of_two.record
    where compared.first_record < compared.second_record and compared.is_linked
),

decided as (
    select first_namespace, first_customer_id, second_namespace, second_customer_id, link_type, refusal_reason
    from said_by_a_source
    union all
    select
        first_namespace,
        first_customer_id,
        second_namespace,
        second_customer_id,
        link_type,
        case
            when refusal_reason is not null then refusal_reason
            when not is_same_person then 'names or birth dates differ'
            when agrees_with_two_persons then 'agrees with two persons'
            when is_same_person is null and not has_one_record_a_namespace
                then 'several share it, and no name tells which'
        end as refusal_reason
    from shared
    union all
    select
        first_namespace,
        first_customer_id,
        second_namespace,
        second_customer_id,
        'decision' as link_type,
        cast(null as string) as refusal_reason
    from decisions
    where decision = 'merge'
)

select
    decided.first_namespace,
    decided.first_customer_id,
    decided.second_namespace,
    decided.second_customer_id,
    decided.link_type,
    case
        when decisions.decision is not null and decided.link_type <> 'decision' then 'split by ' || decisions.decided_by
        else decided.refusal_reason
    end as refusal_reason
from decided
left join decisions
    on decisions.decision = 'split'
    and (
        (
            decided.first_namespace = decisions.first_namespace
            and decided.first_customer_id = decisions.first_customer_id
            and decided.second_namespace = decisions.second_namespace
            and decided.second_customer_id = decisions.second_customer_id
        )
        or (
            decided.first_namespace = decisions.second_namespace
            and decided.first_customer_id = decisions.second_customer_id
            and decided.second_namespace = decisions.first_namespace
            and decided.second_customer_id = decisions.first_customer_id
        )
    )
