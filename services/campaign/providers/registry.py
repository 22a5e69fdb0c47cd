"""Which providers this node has, by their names."""

from collections.abc import Mapping

from services.campaign.providers.offline import OfflineProvider
from services.campaign.providers.port import PaymentProvider
from services.campaign.providers.sandbox import SandboxProvider
from services.chassis.settings import Settings
from services.kernel.clock import Clock, SystemClock
from services.sandbox.contract.signing import Signer, Verifier


def make_providers(settings: Settings, clock: Clock = SystemClock()) -> Mapping[str, PaymentProvider]:
    """Return the providers of the settings; ``offline`` is always there, because people always have hands."""
    providers: dict[str, PaymentProvider] = {OfflineProvider.name: OfflineProvider(clock)}
    if (given := settings.sandbox) is not None:
        signer, verifier = Signer.from_text(given.key), Verifier(given.public_key)
        providers[SandboxProvider.name] = SandboxProvider(given.url, signer, verifier, clock)
    return providers
