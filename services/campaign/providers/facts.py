"""What is known of each provider without asking it: handlers may not wait for the network."""

from dataclasses import dataclass

from services.campaign.providers.port import Limits, Traits


@dataclass(frozen=True, slots=True)
class Facts:
    """The traits and the limits of a provider."""

    traits: Traits
    limits: Limits


FACTS = {
    "offline": Facts(Traits(asynchronous=False, can_authorise=False, has_statement=False), Limits()),
    "sandbox": Facts(
        Traits(asynchronous=True, can_authorise=True, has_statement=True), Limits(3000, 50, 50, 180, 20_000_000, 7)
    ),
}
