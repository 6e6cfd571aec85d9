"""A copy of what the generator reads and writes, and a source whose files nobody tidied up."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from orchestration.new_source.command import new_source
from tests.python.conftest import REPOSITORY

UGLY = {
    "Kunden Liste.csv": (
        "Kunden-Nr,Vorname,Name,E-Mail,Straße,Group,Leer\n"
        "K1,Änne,Müller,aenne@example.org,Hauptstr. 5,A,\n"
        "K2,Bob,O'Hara,bob@example.org,Weg 7,B,\n"
        "K2,Bob,O'Hara-Neu,bob@example.org,Weg 7,B,\n"
    ),
    "Bestellungen 2024-01.csv": (
        "Order,Kunde,Bestelldatum,Zustand,Kanal,Versandkosten,loaded_at\n"
        'B1,K1,31.01.2024 10:15,geliefert,Webshop,"4,90",x\n'
        'B2,,2024-02-02 11:00,Rückläufer,Filiale,"0,00",x\n'
    ),
    "Bestellungen 2024-02.csv": (
        "Order,Kunde,Bestelldatum,Zustand,Kanal,Versandkosten,loaded_at\n"
        'B3,K2,30.02.2024 09:00,storniert,Webshop,"4,90",x\n'
        + "".join(f'C{n},K2,{n:02d}.02.2024 09:00,storniert,Webshop,"4,90",x\n' for n in range(1, 29))
    ),
    "Positionen.csv": (
        "Order,Pos,Artikel-Nr,Menge,Einzelpreis,desc\n"
        'B1,1,A1,2,"1.019,99",Vase\nB1,2,A2,1,"5,00","Tasse, blau"\nB2,1,A2,3,"5,00","Tasse, blau"\n'
    ),
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """What the generator reads of a clone of the project."""
    root = tmp_path / "project"
    for folder in ("models/descriptive", "models/behavioural", "models/interaction", "models/attitudinal", "seeds"):
        shutil.copytree(REPOSITORY / folder, root / folder)
    (root / "macros").mkdir()
    for file in ("dbt_project.yml", "macros/_macros.yml"):
        shutil.copy(REPOSITORY / file, root / file)
    return root


@pytest.fixture
def deliver(tmp_path: Path) -> Callable[[dict[str, str]], Path]:
    """Write files, by name, into the folder of a source."""

    def write(files: dict[str, str]) -> Path:
        folder = tmp_path / "delivered"
        folder.mkdir(exist_ok=True)
        for name, text in files.items():
            (folder / name).write_text(text, encoding="utf-8")
        return folder

    return write


@pytest.fixture
def write_pack(project: Path, tmp_path: Path, deliver: Callable[[dict[str, str]], Path]) -> Callable[..., str]:
    """Run the command on files; what it says."""

    def write(files: dict[str, str], mapping: str | None = None) -> str:
        path = tmp_path / "mapping.yml"
        if mapping is not None:
            path.write_text(mapping, encoding="utf-8")
        chosen = None if mapping is None else path
        return new_source("web_shop", deliver(files), chosen, tmp_path / "landing", tmp_path / "home", project)

    return write
