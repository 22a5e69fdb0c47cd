import pytest

from tests.fakes.gateway import Api


@pytest.fixture
def api():
    return Api()
