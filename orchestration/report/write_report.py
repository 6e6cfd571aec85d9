"""Writing the report of a version into its folder, one HTML file a language.

A file holds all that it needs, charts and their library too: it opens from disk, mail or an intranet, and asks nobody
for anything, which its Content-Security-Policy makes the browser enforce.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import jinja2
from markupsafe import Markup

from orchestration.report.pages import Page, all_pages
from orchestration.report.reading import Answer, Version, answer, open_version, read_version
from orchestration.report.showing import Shown, part_tables
from orchestration.report.texts import LANGUAGES, Texts, read_texts
from orchestration.settings import PUBLISHED_FILE, REPORT_FILE

_FOLDER = Path(__file__).resolve().parent
_LIBRARY = "vendor/echarts/echarts.common.min.js"


def write_report(version_folder: Path) -> Path:
    """Write the report of the version in `version_folder` into it; return the file to open.

    Raises ReportError where a page asks what the published file cannot answer.
    """
    pages = all_pages()
    languages = [read_texts(language) for language in LANGUAGES]
    with open_version(version_folder / PUBLISHED_FILE, list(languages[0].codes)) as connection:
        version = read_version(connection)
        answers = [[answer(connection, part, version) for part in page.parts] for page in pages]
    report = version_folder / REPORT_FILE
    report.parent.mkdir()
    for texts in languages:
        page = _page(texts, languages, pages, answers, version)
        report.with_name(file_name(texts.language)).write_text(page, "utf-8")
    return report


def file_name(language: str) -> str:
    return REPORT_FILE.name if language == LANGUAGES[0] else f"{REPORT_FILE.stem}.{language}{REPORT_FILE.suffix}"


def _page(
    texts: Texts, languages: list[Texts], pages: tuple[Page, ...], answers: list[list[Answer]], version: Version
) -> str:
    shown = [
        (page.name, texts.pages[page.name]["title"], [Shown(each, texts, version) for each in of_page])
        for page, of_page in zip(pages, answers, strict=True)
    ]
    tables = part_tables([part for page in pages for part in page.parts])
    return _template().render(
        texts=texts,
        interface=texts.interface,
        others=[(each.language, each.interface["language"], file_name(each.language)) for each in languages],
        default_language=LANGUAGES[0],
        pages=shown,
        version=version,
        definitions=[
            (
                table,
                version.descriptions.get(table),
                [
                    (column, version.column_descriptions[table, column])
                    for column in columns
                    if (table, column) in version.column_descriptions
                ],
            )
            for table, columns in tables
            if version.has(table)
        ],
        style=_asset("style.css"),
        library=_asset(_LIBRARY),
        script=_asset("report.js"),
    )


@cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("template.html")


@cache
def _asset(name: str) -> Markup:
    """A file of this folder that goes into the page as it is."""
    return Markup((_FOLDER / name).read_text(encoding="utf-8"))
