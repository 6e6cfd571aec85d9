"""How satisfaction changed from period to period, in each cut, and whether that is more than noise.

It reads the figures that the mart of satisfaction shows, and what people said in several months, compares, and writes
changes with their evidence, of which the mart of trends makes alerts.
"""
