"""Macros that are plain SQL, called from Python: what they make is what the warehouse runs."""

from __future__ import annotations

from collections.abc import Callable

import jinja2

from tests.python.conftest import REPOSITORY


def sql_macro(path: str, *of: str) -> Callable[..., str]:
    """The macro of the file `path` below macros/, which may call those of the files `of`; called, it returns SQL."""
    texts = [(REPOSITORY / "macros" / file).read_text(encoding="utf-8") for file in (*of, path)]
    module = jinja2.Environment(extensions=["jinja2.ext.do"]).from_string("\n".join(texts)).module
    macro: Callable[..., str] = getattr(module, path.rpartition("/")[2].removesuffix(".sql"))
    return macro
