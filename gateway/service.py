"""The nameko service of the gateway."""

from collections.abc import Callable
from typing import Any

from gateway.app import Gateway
from gateway.auth import Tokens
from gateway.clients import Services
from gateway.health import Health
from gateway.http import serve
from gateway.pages import Pages
from gateway.rate_limit import RedisLimiter, Unlimited
from services.chassis.clients import ServiceClient
from services.chassis.context import working_for
from services.chassis.errors import ServiceError, UnavailableError


def application(config: dict[str, Any], forward: Callable[..., dict[str, Any]]) -> Gateway:
    """Put the gateway together; ``forward`` is how it reaches the services."""
    environment = config["PINLIAN"]
    settings, engine = environment.settings, environment.engine("gateway")
    registry = environment.metrics.registry
    limiter = RedisLimiter(settings.redis_url, settings.rate_limit, registry) if settings.redis_url else Unlimited()
    services = Services(forward, settings.rpc_timeout)
    pages = Pages(Health(engine, limiter, services.silent), environment.metrics)
    tokens = Tokens(engine, environment.clock)
    limits = (settings.body_limit, settings.rpc_timeout)
    return Gateway(services.call, tokens, limiter, pages, environment.metrics, *limits)


class GatewayService:
    """Answers HTTP, by one call of one service per request."""

    name = "gateway"
    demand = ServiceClient("demand")
    supplier = ServiceClient("supplier")
    campaign = ServiceClient("campaign")
    reputation = ServiceClient("reputation")

    @serve(make=application)
    def forward(
        self, service: str, method: str, request: dict[str, Any], timeout: float, correlation_id: str
    ) -> tuple[dict[str, Any] | None, Exception | None]:
        """Call a service and return its answer and None, or None and its failure: a refusal is no accident of ours."""
        try:
            with working_for(correlation_id):
                return getattr(self, service).call(method, request, timeout=timeout), None
        except (ServiceError, UnavailableError) as failure:
            return None, failure
