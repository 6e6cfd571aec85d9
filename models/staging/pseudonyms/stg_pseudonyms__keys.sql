-- The key of this home, where a pseudonym is made. A view: the key is kept in its own file alone.
select inner_pad, outer_pad from {{ source('pseudonyms', 'pseudonym_keys') }}
