"""The pack of a new source, written from a look at what it delivers: `inspection` → `proposal` → `pack` → `project`.

`make new-source` starts it. What a pack is made of, docs/decisions/0063 says; from then on it is its owner's.
"""
