"""Fixtures shared by all tests."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real data, one folder a source: beside the repository, or where CEM_TEST_DATA says."""
    folder = Path(os.environ.get("CEM_TEST_DATA") or REPOSITORY.parent / "shared" / "data")
    if not folder.is_dir():
        if os.environ.get("CI"):
            pytest.fail(f"{folder} is missing, and CI must not skip the real data.")
        pytest.skip(f"{folder} is not there: the real data does not come with the repository (README.md).")
    return folder
