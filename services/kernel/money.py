"""Money: an integer number of minor units (fen, cents) and a currency, never a float."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from services.kernel.errors import InvalidError

# ISO 4217 exponents of the currencies that a node may use. A currency that is not listed is refused rather than
# guessed, because a wrong exponent is a factor of a hundred.
EXPONENTS = {"CNY": 2, "EUR": 2, "GBP": 2, "HKD": 2, "JPY": 0, "KRW": 0, "SGD": 2, "TWD": 2, "USD": 2}

# Nobody buys a group service for ten thousand million; a larger number is a slip of the keyboard.
MAX_MINOR = 10**12

# Fewer digits in all than the 28 that Decimal computes with, so that nothing is rounded on the way.
DECIMAL = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,10})?")


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """``minor`` integer minor units of ``currency`` (ISO 4217)."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        if self.currency not in EXPONENTS:
            raise InvalidError("currency", f"{self.currency!r} is not supported", f"one of {', '.join(EXPONENTS)}")
        if not isinstance(self.minor, int) or isinstance(self.minor, bool) or abs(self.minor) > MAX_MINOR:
            raise InvalidError("amount", f"{self.minor!r} is out of range", f"at most {MAX_MINOR} minor units")

    @classmethod
    def zero(cls, currency: str) -> "Money":
        """Return no money at all, in ``currency``."""
        return cls(0, currency)

    @classmethod
    def parse(cls, amount: str, currency: str, field: str = "amount") -> "Money":
        """Read a decimal string such as ``"98.00"``; raise ``InvalidError`` for anything that is not exact."""
        if currency not in EXPONENTS:
            raise InvalidError(f"{field}.currency", f"{currency!r} is not supported", f"one of {', '.join(EXPONENTS)}")
        exponent = EXPONENTS[currency]
        expected = f'a decimal string with at most {exponent} places, such as "98.00"'
        # Decimal alone would also read "1e2", "1_000", full-width digits and blanks.
        if not isinstance(amount, str) or not DECIMAL.fullmatch(amount):
            raise InvalidError(field, f"{amount!r} is not an amount of money", expected)
        value = Decimal(amount)
        if abs(value) > MAX_MINOR:
            raise InvalidError(field, f"{amount!r} is out of range", f"at most {MAX_MINOR} minor units")
        minor = value.scaleb(exponent)
        if minor != minor.to_integral_value():
            raise InvalidError(field, f"{amount!r} has too many decimal places for {currency}", expected)
        return cls(int(minor), currency)

    @classmethod
    def from_wire(cls, wire: dict[str, str], field: str = "amount") -> "Money":
        """Read ``{"amount": "98.00", "currency": "CNY"}``."""
        return cls.parse(wire["amount"], wire["currency"], field)

    def to_wire(self) -> dict[str, str]:
        """Return ``{"amount": "98.00", "currency": "CNY"}``."""
        return {"amount": self.amount, "currency": self.currency}

    @property
    def amount(self) -> str:
        """The decimal string with all the places of the currency."""
        exponent = EXPONENTS[self.currency]
        return str(Decimal(self.minor).scaleb(-exponent).quantize(Decimal(1).scaleb(-exponent)))

    def split(self, weights: Sequence[int]) -> list["Money"]:
        """Divide by integer ``weights`` so that the parts sum to the whole: largest remainder, ties to the first."""
        total = sum(weights)
        if total <= 0 or min(weights) < 0:
            raise InvalidError("weights", f"{list(weights)!r} cannot divide an amount", "non-negative, not all zero")
        parts = [self.minor * weight // total for weight in weights]
        by_remainder = sorted(range(len(weights)), key=lambda i: (-(self.minor * weights[i] % total), i))
        for index in by_remainder[: self.minor - sum(parts)]:
            parts[index] += 1
        return [Money(part, self.currency) for part in parts]

    def _same(self, other: "Money") -> int:
        if other.currency != self.currency:
            raise InvalidError("currency", f"{other.currency} meets {self.currency}", "amounts of one currency")
        return other.minor

    def __add__(self, other: "Money") -> "Money":
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.minor - self._same(other), self.currency)

    def __mul__(self, count: int) -> "Money":
        return Money(self.minor * count, self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.minor, self.currency)

    def __lt__(self, other: "Money") -> bool:
        return self.minor < self._same(other)

    def __le__(self, other: "Money") -> bool:
        return self.minor <= self._same(other)

    def __gt__(self, other: "Money") -> bool:
        return self.minor > self._same(other)

    def __ge__(self, other: "Money") -> bool:
        return self.minor >= self._same(other)

    def __bool__(self) -> bool:
        return self.minor != 0

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"
