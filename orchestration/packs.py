"""Whether a source's pack is whole: each piece that the others rely on, before anything runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from orchestration.settings import PROJECT_ROOT, SettingsError


def check_packs(sources: tuple[str, ...], root: Path = PROJECT_ROOT) -> None:
    """Raise SettingsError where one of `sources` lacks a piece of its pack below `root`, naming all that lack."""
    project = yaml.safe_load((root / "dbt_project.yml").read_text(encoding="utf-8"))
    missing = [f"{source}: {piece}" for source in sources for piece in _missing_pieces(source, project, root)]
    if missing:
        listed = "\n".join(f"  {piece}" for piece in missing)
        raise SettingsError(
            f"A source's pack is not whole; nothing was started. Missing:\n{listed}\n"
            "README.md, 'To add a source', says what each of them holds. Or take the source out of CEM_SOURCES."
        )


def _missing_pieces(source: str, project: dict[str, Any], root: Path) -> list[str]:
    staging = Path("models/staging") / source
    contract = staging / f"_{source}__sources.yml"
    files = [
        Path("orchestration/sources") / source / "__init__.py",
        contract,
        staging / f"stg_{source}__validated_rows.sql",
    ]
    entities = project["vars"]["sources"].get(source) or []
    files += [staging / f"stg_{source}__{entity}.sql" for entity in entities if entity != "validated_rows"]
    if (root / contract).is_file():
        tables = yaml.safe_load((root / contract).read_text(encoding="utf-8"))["sources"][0]["tables"]
        bases = (staging / "base" / f"base_{source}__{table['name']}.sql" for table in tables)
        files += [base for base in bases if not base.stem.endswith("__landing_files")]
    pieces = [str(file) for file in files if not (root / file).is_file()]
    if source not in project["vars"]["sources"]:
        pieces.append("its line in vars: sources of dbt_project.yml")
    models = next(iter(project["models"].values()))["staging"]
    if f"'{source}'" not in str((models.get(source) or {}).get("+enabled")):
        pieces.append("its switch, +enabled below models: staging of dbt_project.yml")
    return pieces
