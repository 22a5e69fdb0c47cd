"""What the whole ledger sums up to, and that it adds up: everything that is kept is recomputed."""

from typing import Any

from sqlalchemy import RowMapping, text

from services.campaign.storage.unit_of_work import CampaignUnitOfWork
from services.campaign.views.questions import WholeLedger
from services.kernel.money import Money


def get_ledger(question: WholeLedger, uow: CampaignUnitOfWork) -> dict[str, Any]:
    """Return the totals of the node's ledger and where it does not add up, which is nowhere."""
    question.caller.require()  # the node operator only
    return {**ledger_totals(uow), "differences": verify_ledger(uow)}


def ledger_totals(uow: CampaignUnitOfWork) -> dict[str, Any]:
    """Return the totals of each currency, and how much there is of it."""
    execute = uow.connection.execute
    counts = execute(text(_COUNTS)).mappings().one()
    return {
        "currencies": [_totals(row) for row in execute(text(_TOTALS)).mappings()],
        "campaigns": counts["campaigns"],
        "transfers": counts["transfers"],
    }


def _totals(row: RowMapping) -> dict[str, Any]:
    currency = row["currency"]
    figures = ("sum", "paid", "refunded", "released", "escrow", "pending")
    return {"currency": currency, **{name: Money(int(row[name]), currency).to_wire() for name in figures}}


def verify_ledger(uow: CampaignUnitOfWork) -> list[dict[str, Any]]:
    """Recompute every balance and counter from transfers and commitments and return each that differs.

    An empty list is the proof: no balance was touched but by a transfer, no campaign counts other seats or other
    money than its commitments and transfers do.
    """
    rows = uow.connection.execute(text(_DIFFERENCES)).mappings()
    return [{"subject": row["subject"], "kept": row["kept"], "recomputed": row["recomputed"]} for row in rows]


_COUNTS = """
SELECT (SELECT count(*) FROM campaign.campaigns) AS campaigns, (SELECT count(*) FROM campaign.transfers) AS transfers
"""

# What was asked for counts until it was voided or timed out: the same rule as ``Campaign.refunded`` and ``released``.
_ASKED = "CASE phase WHEN 'posted' THEN 1 WHEN 'pending' THEN 1 WHEN 'post' THEN 0 ELSE -1 END * amount_minor"
_DONE = "CASE WHEN phase IN ('posted', 'post') THEN amount_minor ELSE 0 END"
# A payment that was recorded by mistake; other corrections are none of a campaign.
_UNDONE = "kind = 'correction' AND starts_with(debit_account, 'escrow:')"
_REFUNDS = "('refund', 'tier_difference')"

_TOTALS = f"""
SELECT currency,
    coalesce((SELECT sum(balance) FROM campaign.accounts AS a WHERE a.currency = t.currency), 0) AS sum,
    coalesce((SELECT sum(balance) FROM campaign.accounts AS a WHERE a.currency = t.currency AND kind = 'escrow'), 0)
        AS escrow,
    coalesce((SELECT sum(pending_out) FROM campaign.accounts AS a WHERE a.currency = t.currency), 0) AS pending,
    coalesce(sum({_DONE}) FILTER (WHERE kind = 'payment'), 0)
        - coalesce(sum({_DONE}) FILTER (WHERE {_UNDONE}), 0) AS paid,
    coalesce(sum({_DONE}) FILTER (WHERE kind IN {_REFUNDS}), 0) AS refunded,
    coalesce(sum({_DONE}) FILTER (WHERE kind = 'release'), 0)
        - coalesce(sum({_DONE}) FILTER (WHERE kind = 'return'), 0) AS released
FROM campaign.transfers AS t GROUP BY currency ORDER BY currency
"""

# Seats: a campaign that failed or was cancelled keeps the paid seats of that moment, when they had not been refunded.
# One that is open holds room for the members of others who are asked to move there.
_DIFFERENCES = f"""
WITH moved AS (
    SELECT debit_account AS account, currency, phase, -amount_minor AS delta, 0 AS came, amount_minor AS went
    FROM campaign.transfers
    UNION ALL SELECT credit_account, currency, phase, amount_minor, amount_minor, 0 FROM campaign.transfers
), recomputed AS (
    SELECT account, currency, coalesce(sum(delta) FILTER (WHERE phase IN ('posted', 'post')), 0) AS balance,
        sum(CASE phase WHEN 'posted' THEN 0 WHEN 'pending' THEN came ELSE -came END) AS pending_in,
        sum(CASE phase WHEN 'posted' THEN 0 WHEN 'pending' THEN went ELSE -went END) AS pending_out
    FROM moved GROUP BY account, currency
), flows AS (
    SELECT campaign_id, coalesce(sum({_DONE}) FILTER (WHERE kind = 'payment'), 0)
            - coalesce(sum({_DONE}) FILTER (WHERE {_UNDONE}), 0) AS paid_in,
        coalesce(sum({_DONE}) FILTER (WHERE kind = 'moved' AND credit_account = 'escrow:' || campaign_id), 0) AS came,
        coalesce(sum({_ASKED}) FILTER (WHERE kind IN {_REFUNDS}), 0) AS refunded,
        coalesce(sum({_ASKED}) FILTER (WHERE kind = 'release'), 0)
            - coalesce(sum({_DONE}) FILTER (WHERE kind = 'return'), 0) AS released
    FROM campaign.transfers WHERE campaign_id IS NOT NULL GROUP BY campaign_id
), gone AS (
    SELECT debit_account, sum({_DONE}) AS moved FROM campaign.transfers WHERE kind = 'moved' GROUP BY debit_account
), money AS (
    SELECT c.campaign_id, c.paid_minor, c.refunded_minor, c.released_minor, c.moved_minor,
        coalesce(f.paid_in, 0) + coalesce(f.came, 0) AS paid, coalesce(f.refunded, 0) AS refunded,
        coalesce(f.released, 0) AS released, coalesce(g.moved, 0) AS moved
    FROM campaign.campaigns AS c LEFT JOIN flows AS f ON f.campaign_id = c.campaign_id
    LEFT JOIN gone AS g ON g.debit_account = 'escrow:' || c.campaign_id
), parts AS (
    SELECT campaign_id, coalesce(sum(seats) FILTER (WHERE state = 'reserved'), 0) AS reserved,
        coalesce(sum(seats) FILTER (WHERE state = 'authorised'), 0) AS authorised,
        coalesce(sum(seats) FILTER (WHERE state IN ('paid', 'delivered')), 0) AS paid_seats,
        count(*) FILTER (WHERE state = 'waiting') AS waiting,
        count(DISTINCT household_id) FILTER (WHERE state IN ('paid', 'delivered')) AS households,
        coalesce(sum(paid_minor), 0) AS paid, sum(refunded_minor) AS refunded, sum(released_minor) AS released,
        sum(moved_minor) AS moved, sum(owed_minor) AS owed
    FROM campaign.commitments GROUP BY campaign_id
), room AS (
    SELECT target_campaign_id AS campaign_id, sum(held_seats) AS held FROM campaign.inquiries
    WHERE conclusion IS NULL AND target_campaign_id IS NOT NULL GROUP BY target_campaign_id
)
SELECT coalesce(a.account, r.account) || ' ' || coalesce(a.currency, r.currency) AS subject,
    concat_ws(' ', coalesce(a.balance, 0), coalesce(a.pending_in, 0), coalesce(a.pending_out, 0)) AS kept,
    concat_ws(' ', coalesce(r.balance, 0), coalesce(r.pending_in, 0), coalesce(r.pending_out, 0)) AS recomputed
FROM campaign.accounts AS a FULL JOIN recomputed AS r ON a.account = r.account AND a.currency = r.currency
WHERE (coalesce(a.balance, 0), coalesce(a.pending_in, 0), coalesce(a.pending_out, 0))
    <> (coalesce(r.balance, 0), coalesce(r.pending_in, 0), coalesce(r.pending_out, 0))
UNION ALL
SELECT 'money of campaign ' || campaign_id, concat_ws(' ', paid_minor, refunded_minor, released_minor, moved_minor),
    concat_ws(' ', paid, refunded, released, moved)
FROM money WHERE (paid_minor, refunded_minor, released_minor, moved_minor) <> (paid, refunded, released, moved)
UNION ALL
SELECT 'commitments of campaign ' || c.campaign_id,
    concat_ws(' ', c.paid_minor, c.refunded_minor, c.released_minor, c.moved_minor, c.owed_minor),
    concat_ws(' ', p.paid, p.refunded, p.released, p.moved, p.owed)
FROM campaign.campaigns AS c JOIN parts AS p ON p.campaign_id = c.campaign_id
WHERE (c.paid_minor, c.refunded_minor, c.released_minor, c.moved_minor, c.owed_minor)
    <> (p.paid, p.refunded, p.released, p.moved, p.owed)
UNION ALL
SELECT 'seats of campaign ' || c.campaign_id,
    concat_ws(' ', c.reserved_seats, c.authorised_seats, c.paid_seats, c.waiting),
    concat_ws(
        ' ', coalesce(p.reserved, 0) + coalesce(h.held, 0), coalesce(p.authorised, 0), coalesce(p.paid_seats, 0),
        coalesce(p.waiting, 0)
    )
FROM campaign.campaigns AS c LEFT JOIN parts AS p ON p.campaign_id = c.campaign_id
LEFT JOIN room AS h ON h.campaign_id = c.campaign_id AND c.state IN ('open', 'tipped')
WHERE (c.reserved_seats, c.authorised_seats, c.waiting)
    <> (coalesce(p.reserved, 0) + coalesce(h.held, 0), coalesce(p.authorised, 0), coalesce(p.waiting, 0))
    OR (c.state NOT IN ('failed', 'cancelled') AND c.paid_seats <> coalesce(p.paid_seats, 0))
UNION ALL
SELECT 'households of campaign ' || c.campaign_id, c.households::text, coalesce(p.households, 0)::text
FROM campaign.campaigns AS c LEFT JOIN parts AS p ON p.campaign_id = c.campaign_id
WHERE c.state NOT IN ('failed', 'cancelled') AND c.households <> coalesce(p.households, 0)
    AND (c.rules #>> '{{threshold,0}}' = 'households' OR c.rules #>> '{{limits,1}}' IS NOT NULL)
UNION ALL
SELECT 'communities of campaign ' || c.campaign_id, concat_ws(' ', c.reserved_seats + c.authorised_seats, c.paid_seats),
    concat_ws(' ', sum(p.reserved_seats) + coalesce(h.held, 0), sum(p.paid_seats))
FROM campaign.campaigns AS c JOIN campaign.campaign_communities AS p ON p.campaign_id = c.campaign_id
LEFT JOIN room AS h ON h.campaign_id = c.campaign_id AND c.state IN ('open', 'tipped')
GROUP BY c.campaign_id, h.held
HAVING (c.reserved_seats + c.authorised_seats, c.paid_seats)
    <> (sum(p.reserved_seats) + coalesce(h.held, 0), sum(p.paid_seats))
UNION ALL
SELECT 'pending transfer ' || t.transfer_id, t.phase, 'no order carries it out'
FROM campaign.transfers AS t LEFT JOIN campaign.commitments AS c ON c.commitment_id = t.commitment_id
WHERE t.phase = 'pending' AND t.provider <> 'offline' AND c.state <> 'authorised'
    AND NOT EXISTS (SELECT FROM campaign.transfers AS e WHERE e.pending_id = t.transfer_id)
    AND NOT EXISTS (
        SELECT FROM campaign.payment_orders AS o
        WHERE o.commitment_id = t.commitment_id AND o.state = 'open' AND t.transfer_id = ANY(o.transfer_ids)
    )
UNION ALL
SELECT 'dispute of commitment ' || c.commitment_id, c.frozen::text, (d.dispute_id IS NOT NULL)::text
FROM campaign.commitments AS c
LEFT JOIN campaign.disputes AS d ON d.commitment_id = c.commitment_id AND d.closed_at IS NULL
WHERE c.frozen <> (d.dispute_id IS NOT NULL)
UNION ALL
SELECT 'sessions of campaign ' || c.campaign_id, c.sessions_held::text, count(s.number)::text
FROM campaign.campaigns AS c LEFT JOIN campaign.sessions AS s ON s.campaign_id = c.campaign_id AND s.state = 'held'
GROUP BY c.campaign_id HAVING c.sessions_held <> count(s.number)
UNION ALL
SELECT 'currency ' || currency, sum(balance)::text, '0' FROM campaign.accounts GROUP BY currency
HAVING sum(balance) <> 0
ORDER BY 1
"""
