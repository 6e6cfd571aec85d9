"""A page a suite and an index over them: plain HTML that needs nothing from the network."""

from __future__ import annotations

from datetime import datetime
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from expectations.runner import Finding
    from expectations.suites import Suite

_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem; padding: 0 1rem; color: #1d2733; }
h1 { font-size: 1.4rem; } table { border-collapse: collapse; width: 100%; } a { color: #14508c; }
th, td { text-align: left; vertical-align: top; padding: .45rem .7rem; border-bottom: 1px solid #dde3ea; }
th { background: #f3f6f9; } .held { color: #17693a; } .failed { color: #b3261e; font-weight: 600; }
pre { white-space: pre-wrap; font-size: .8rem; color: #55616e; margin: .2rem 0 0; }
"""

_HELD = '<span class="held">held</span>'
_FAILED = '<span class="failed">FAILED</span>'


def write_report(suite: Suite, findings: tuple[Finding, ...], quality: Path, checked_at: datetime) -> Path:
    """Write the suite's page, renew the index beside it, and return the page's path."""
    quality.mkdir(parents=True, exist_ok=True)
    rows = "".join(
        f"<tr><td>{_verdict(f.success)}</td><td>{escape(f.expectation)}{_code(f.query)}</td>"
        f"<td>{escape(f.observed)}</td><td>{escape(f.because)}</td></tr>"
        for f in findings
    )
    failed = sum(not f.success for f in findings)
    summary = f"{len(findings)} expectations, {failed} failed" if failed else f"{len(findings)} expectations, all held"
    page = quality / f"{suite.layer}__{suite.schema}__{suite.table}.html"
    _replace(
        page,
        _document(
            f"{suite.name}: {summary}",
            f"<p>Checked <time>{checked_at:%Y-%m-%d %H:%M:%S} UTC</time> · "
            '<a href="index.html">all checks</a></p>'
            f"<table><tr><th></th><th>Expectation</th><th>Found</th><th>Because</th></tr>{rows}</table>",
        ),
    )
    _write_index(quality)
    return page


def _write_index(quality: Path) -> None:
    pages = sorted(page for page in quality.glob("*.html") if page.name != "index.html")
    rows = "".join(
        f"<tr><td>{_verdict(_FAILED not in text)}</td>"
        f'<td><a href="{page.name}">{_between(text, "<h1>", "</h1>")}</a></td>'
        f"<td>{_between(text, '<time>', '</time>')}</td></tr>"
        for page in pages
        for text in [page.read_text(encoding="utf-8")]
    )
    body = f"<table><tr><th></th><th>Table</th><th>Checked</th></tr>{rows}</table>"
    _replace(quality / "index.html", _document("Data quality: the newest result of each check", body))


def _replace(page: Path, text: str) -> None:
    """Put a page in its place whole: the index is made of the pages that earlier runs left, killed ones too."""
    written = page.with_suffix(".partial")
    written.write_text(text, encoding="utf-8")
    written.replace(page)


def _between(text: str, start: str, end: str) -> str:
    return text.split(start, 1)[1].split(end, 1)[0]


def _code(query: str | None) -> str:
    return f"<pre>{escape(query)}</pre>" if query else ""


def _verdict(success: bool) -> str:
    return _HELD if success else _FAILED


def _document(title: str, body: str) -> str:
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f"<style>{_STYLE}</style></head><body><h1>{escape(title)}</h1>{body}</body></html>"
    )
