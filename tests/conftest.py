"""One world for every test: a small piece of a city, built through commands."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import translation

from tests import make
from tests.shelf import Shelf, close_node


@pytest.fixture(autouse=True)
def chinese() -> Iterator[None]:
    """A request in English must not leave its language to the test after it."""
    yield
    translation.deactivate()


@pytest.fixture(scope="session")
def shelf(tmp_path_factory) -> Shelf:
    return Shelf(tmp_path_factory.mktemp("shelf"))


@pytest.fixture(scope="session")
def one_place(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture
def home(settings, one_place) -> Iterator[Path]:
    """A home of its own for a test that writes keys, files or a node; in one place for all."""
    shutil.rmtree(one_place)
    one_place.mkdir()
    settings.HOME = one_place
    yield one_place
    close_node(one_place)


@pytest.fixture
def city(db, shelf) -> make.City:
    return shelf.take("city", make.city)
