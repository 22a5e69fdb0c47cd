"""Orders and payments as the provider keeps them. Amounts are integer minor units of the payment's currency."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

PERSONAL = "personal:"
MERCHANT = "merchant:"


class Kind(StrEnum):
    """What a merchant may ask for. Money that unfreezes by itself is an unfreeze too."""

    CHARGE = "charge"
    AUTHORISE = "authorise"
    CAPTURE = "capture"
    VOID = "void"
    REFUND = "refund"
    SPLIT = "split"
    SPLIT_RETURN = "split_return"
    UNFREEZE = "unfreeze"

    @property
    def is_payment(self) -> bool:
        """Whether it begins a payment."""
        return self in (Kind.CHARGE, Kind.AUTHORISE)


class Status(StrEnum):
    """Each order is accepted as pending and ends once."""

    PENDING = "pending"
    SUCCEEDED = "succeeded"
    DECLINED = "declined"


class Stage(StrEnum):
    """Where the money of a payment is."""

    UNPAID = "unpaid"
    AUTHORISED = "authorised"  # reserved with the payer
    RESOLVING = "resolving"  # a capture or a void is under way
    FROZEN = "frozen"  # paid, and may be split
    FREE = "free"  # what was left has gone to the payee
    OVER = "over"  # never paid: declined, expired, voided


@dataclass(frozen=True, slots=True)
class Payment:
    """The money of one charge or authorisation.

    ``paid`` is at any time ``frozen + payee + receivers + refunded + moving``: frozen here, gone to the payee, with
    receivers of splits (less what they returned), back with the payer, and taken for what is under way.
    """

    charge: str
    currency: str
    stage: Stage = Stage.UNPAID
    reserved: int = 0  # with the payer, until it is captured, voided or lapses
    paid: int = 0
    frozen: int = 0
    payee: int = 0
    receivers: int = 0
    refunded: int = 0
    moving: int = 0
    splits: int = 0  # requests, of which there may not be too many
    shared: int = 0  # what was asked to be split and not declined
    unfreezes_at: datetime | None = None
    lapses_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """What one receiver gets of a split; ``returned`` counts what comes back or is on its way back."""

    receiver: str
    amount: int
    status: Status = Status.PENDING
    reason: str | None = None
    returned: int = 0


@dataclass(frozen=True, slots=True)
class Order:
    """One request of the merchant. ``charge`` is the payment it concerns, ``about`` the order it builds on.

    At ``due_at`` it ends as ``planned``: with success (None) or with the reason that stands there. ``sequence`` grows
    with each change; ``digest`` tells whether the same number came with the same content.
    """

    number: str
    kind: Kind
    charge: str
    about: str | None
    amount: int
    currency: str
    created_at: datetime
    reference: str
    digest: str = ""
    receiver: str | None = None
    parts: tuple[Part, ...] = ()
    from_frozen: int = 0  # where the money of a refund was taken from
    from_payee: int = 0
    expires_at: datetime | None = None
    notify_url: str | None = None
    description: str = ""
    status: Status = Status.PENDING
    reason: str | None = None
    at: datetime | None = None
    sequence: int = 1
    due_at: datetime | None = None
    planned: str | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """What the provider allows a merchant; the defaults are those of WeChat Pay where it publishes them."""

    share_bp: int = 3000
    receivers_per_split: int = 50
    splits_per_payment: int = 50
    unfreeze_days: int = 180
    receiver_month: int = 20_000_000
    authorisation_days: int = 7
    charge_hours: int = 2
