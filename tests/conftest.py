"""One world for every test: a small piece of a city, built through commands."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import translation

from shuce.lifecycle.sources.nodes import node_here
from tests import make


@pytest.fixture(autouse=True)
def chinese() -> Iterator[None]:
    """A request in English must not leave its language to the test after it."""
    yield
    translation.deactivate()


@pytest.fixture
def home(settings, tmp_path) -> Iterator[Path]:
    """A home of its own for a test that writes keys, files or a node."""
    settings.HOME = tmp_path
    yield tmp_path
    if (tmp_path / "node").exists():
        node_here().close()


@pytest.fixture
def city(db) -> make.City:
    return make.city()
