"""The mutants: (file, what stands there, what stands there instead). Each breaks a promise that a test has to see."""

DOMAIN, HANDLERS = "services/campaign/domain/", "services/campaign/handlers/"
GUARDED, JOINING, PURSE = (f"{DOMAIN}{name}.py" for name in ("guards", "joining", "purse"))
OUTLOOK, CLOSING, SEATS = (f"{DOMAIN}{name}.py" for name in ("outlook", "closing", "seats"))
OUTCOMES, LEAVING = f"{HANDLERS}outcomes.py", f"{HANDLERS}leaving.py"

GUARDS = (
    *("terms_hold", "before_deadline", "minimum_reached", "below_minimum", "missed", "smaller_group", "before_start"),
    *("begun", "acceptance_over"),
)
# The guard lets everything pass.
_OPEN_GUARDS = tuple((GUARDED, f'    "{name}": {name},\n', f'    "{name}": always,\n') for name in GUARDS)

_ONCE = "if order.state is not OrderState.OPEN or result.sequence < order.sequence:"
_WAITS = "and facts.in_flight and now < grace_end(campaign)"
_TAKEN = "if case.commitment.state is not Standing.AUTHORISED or case.campaign.state not in JOINING:"

MUTANTS = (
    *_OPEN_GUARDS,
    # A hold that is over a moment too late, and money that moves though something holds it back, or a fen too much.
    (JOINING, "commitment.hold_until is not None and at >=", "commitment.hold_until is not None and at >"),
    (PURSE, "if one.frozen or more.minor <= 0", "if more.minor <= 0"),
    (PURSE, "(bp < FULL_BP or one.owed)", "(bp < FULL_BP)"),
    (CLOSING, "payers = [*paid, *crowd.dropouts]", "payers = [*crowd.dropouts]"),
    (PURSE, "settled.minor * bp // FULL_BP", "-(-settled.minor * bp // FULL_BP)"),
    # The word of a provider counts twice, or an older one counts; money is taken from who has left.
    (OUTCOMES, _ONCE, "if result.sequence < order.sequence:"),
    (OUTCOMES, _ONCE, "if order.state is not OrderState.OPEN:"),
    (OUTCOMES, _TAKEN, "if case.campaign.state not in JOINING:"),
    # A campaign waits for nothing, or for ever; what is being paid changes; it is settled while money is on its way.
    (OUTLOOK, _WAITS, "and now < grace_end(campaign)"),
    (OUTLOOK, _WAITS, "and facts.in_flight"),
    (LEAVING, "    _require_no_payment(commitment, uow)\n    census = ", "    census = "),
    (CLOSING, "or campaign.owed or in_flight or by_provider:", "or campaign.owed or by_provider:"),
)
