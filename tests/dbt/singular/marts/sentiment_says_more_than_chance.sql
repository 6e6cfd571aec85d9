-- Where enough texts are rated to tell, their sentiment finds more of each class than drawing lots would: else the
-- model is broken, or ratings are not what they are taken for.
select source_system, assessed_text_count, balanced_accuracy
from {{ ref('sentiment_accuracy') }}
where language = 'all' and assessed_text_count >= 300 and balanced_accuracy <= 0.3334
