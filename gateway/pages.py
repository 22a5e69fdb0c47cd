"""What is at fixed addresses and needs no token: health, figures, the document of the API and its reader."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from gateway.health import Health
from gateway.openapi import document
from gateway.problems import Problem
from gateway.reply import Reply, json_reply
from services.chassis.metrics import Metrics

# Swagger UI comes from a package: nothing is loaded from other hosts.
ASSETS: Mapping[str, str] = {
    "swagger-ui.css": "text/css; charset=utf-8",
    "swagger-ui-bundle.js": "text/javascript; charset=utf-8",
    "favicon-32x32.png": "image/png",
}
SCRIPT = b"""window.addEventListener("load", () => {
  const dom = { url: "/openapi.json", dom_id: "#swagger-ui", deepLinking: true, validatorUrl: null };
  window.ui = SwaggerUIBundle({ ...dom, displayOperationId: true, persistAuthorization: true });
});
"""
HTML = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Pinlian 拼联 API</title>
<link rel="stylesheet" href="/docs/swagger-ui.css">
<link rel="icon" type="image/png" href="/docs/favicon-32x32.png">
</head>
<body>
<div id="swagger-ui"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
""".encode()
POLICY = (
    "Content-Security-Policy",
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'",
)
FOR_AN_HOUR = ("Cache-Control", "public, max-age=3600")


@dataclass(frozen=True, slots=True)
class Page:
    """A page: its name in logs and figures, and how it is made."""

    name: str
    make: Callable[[], Reply]


class Pages:
    """Finds pages."""

    def __init__(self, health: Health, metrics: Metrics) -> None:
        self._health = health
        self._metrics = metrics
        pages = {
            "/health/live": Page("health_live", lambda: json_reply(200, {"status": "live"})),
            "/health/ready": Page("health_ready", self._ready),
            "/metrics": Page("metrics", lambda: Reply(200, metrics.render(), metrics.content_type)),
            "/openapi.json": Page("openapi", lambda: Reply(200, document())),
            "/docs": Page("docs", lambda: Reply(200, HTML, "text/html; charset=utf-8", [POLICY])),
            "/docs/start.js": Page("docs", lambda: Reply(200, SCRIPT, "text/javascript; charset=utf-8")),
        }
        assets = {f"/docs/{name}": Page("docs", _asset(name, kind)) for name, kind in ASSETS.items()}
        self._pages = {**pages, "/docs/": pages["/docs"], **assets}

    def find(self, method: str, path: str) -> Page | None:
        """Return the page at ``path``, or None; raise a 405 ``Problem`` for methods other than GET and HEAD."""
        page = self._pages.get(path)
        if page is not None and method not in ("GET", "HEAD"):
            raise Problem(405, "gateway.method_not_allowed", headers=[("Allow", "GET, HEAD")])
        return page

    def _ready(self) -> Reply:
        report = self._health.report()
        if report["missing"]:
            raise Problem(503, "gateway.not_ready", headers=[("Retry-After", "2")], members=report)
        return json_reply(200, {"status": "ready", **report})


def _asset(name: str, kind: str) -> Callable[[], Reply]:
    return lambda: Reply(200, _read(name), kind, [FOR_AN_HOUR])


@cache
def _read(name: str) -> bytes:
    spec = find_spec("swagger_ui")
    assert spec is not None, "swagger-ui-py is a dependency"
    return (Path(next(iter(spec.submodule_search_locations or ()))) / "static" / name).read_bytes()
