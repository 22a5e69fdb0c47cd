"""End-to-end tests use the public API only, of nodes that are started as an operator starts them."""

import pytest

from tests.e2e.nodes import EmbeddedNode, RealNode

KINDS = {"embedded": EmbeddedNode, "real": RealNode}


@pytest.fixture(scope="module", params=KINDS)
def node(request, tmp_path_factory):
    """One node for all tests of a module, of each kind in turn; a test that kills a process starts it again."""
    made = KINDS[request.param](tmp_path_factory.mktemp(f"node-{request.param}"))
    yield made.start()
    made.stop()
