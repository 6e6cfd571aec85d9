"""What each channel is credited with for purchases.

It reads the counted paths that dbt prepared, credits by every model, and writes credits with their evidence, which the
mart joins with costs.
"""
