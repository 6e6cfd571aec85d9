-- What a company can do better, by how much it matters for satisfaction and how well it is done. Two ways to say how
-- much stand side by side, as neither is the truth.
select
    concat_ws(':', dimension, dimension_value, questionnaire, question) as satisfaction_driver_id,
    dimension,
    dimension_value,
    questionnaire,
    question,
    cast(performance_index as decimal(18, 6)) as performance_index,
    cast(r_squared as decimal(18, 6)) as r_squared,
    cast(shapley_value as decimal(18, 6)) as shapley_value,
    cast(shapley_value_lower_95 as decimal(18, 6)) as shapley_value_lower_95,
    cast(shapley_value_upper_95 as decimal(18, 6)) as shapley_value_upper_95,
    cast(relative_weight as decimal(18, 6)) as relative_weight,
    cast(relative_weight_lower_95 as decimal(18, 6)) as relative_weight_lower_95,
    cast(relative_weight_upper_95 as decimal(18, 6)) as relative_weight_upper_95,
    respondent_count,
    answering_respondent_count,
    resample_count,
    failed_resample_count,
    reason,
    path_model_version,
    estimated_at
from {{ ref('int_constructs__driver_estimates') }}
