"""The CDNOW sample, where the data set is present."""

from __future__ import annotations

import os

import cdnow_sample
import pytest


@pytest.fixture(scope="session")
def cdnow() -> cdnow_sample.Cdnow:
    if not cdnow_sample.SAMPLE.exists():
        reason = f"the CDNOW sample is not at {cdnow_sample.SAMPLE}"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return cdnow_sample.read()
