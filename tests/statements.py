"""Comparing the sandbox's statement with the orders that a desk keeps, and the profile of its worst day."""

from datetime import timedelta

import yaml

from services.campaign.domain.orders import OrderState
from services.campaign.domain.reconciling import LedgerLine, compare
from services.campaign.providers.port import Status
from services.sandbox.profile import PROFILES

STATUS = {OrderState.OPEN: Status.PENDING, OrderState.SUCCEEDED: Status.SUCCEEDED}


def worst_day():
    """The profile of a day on which nothing works at the first time."""
    return yaml.safe_load((PROFILES / "heavy.yaml").read_text())


def differences(desk, orders):
    """What differs between the statement of the desk's bank and these orders."""
    now = desk.clock.now()
    theirs = desk.bank.statement(now - timedelta(days=90), now + timedelta(days=1))
    ours = [line_of(order) for order in orders if order.state is not OrderState.DECLINED or order.sequence]
    return compare(ours, theirs, now).differences


def line_of(order):
    status = STATUS.get(order.state, Status.DECLINED)
    at = order.ended_at or order.created_at
    return LedgerLine(order.number, order.kind, order.amount, order.receiver, status, at)
