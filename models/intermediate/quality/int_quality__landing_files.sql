{% for source_name in enabled_sources() -%}
select
    '{{ source_name }}' as source_system,
    table_name as raw_table,
    file_name,
    file_version,
    row_count,
    superseded_row_count,
    is_newest,
    is_counted,
    _loaded_at as loaded_at
from {{ source(source_name, 'landing_files') }}
{{ 'union all' if not loop.last }}
{% endfor %}
