"""The application: ``uvicorn bench.monolith.app:app --workers 2`` with MONOLITH_DATABASE_URL and MONOLITH_MODE.

``sync`` runs the join in a thread of the pool, ``async`` on psycopg's asyncio side; the code of a join is the same.
Measured here with 32 connections ``sync`` is about twice as fast (less of it is Python), so it is the default; with two
workers more than 8 connections to the database only make a hot campaign slower.
"""

import os
from datetime import UTC, datetime
from hashlib import sha256
from uuid import UUID, uuid4

from fastapi import FastAPI, Header, HTTPException, Request
from pydantic import BaseModel, Field
from sqlalchemy import BigInteger, bindparam, case, create_engine, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import create_async_engine

from bench.monolith.tables import accounts, answers, campaigns, commitments, entries, hash_of, outbox, tokens

URL = os.environ["MONOLITH_DATABASE_URL"]
MODE = os.environ.get("MONOLITH_MODE", "sync")
POOL = {"pool_size": int(os.environ.get("MONOLITH_POOL", "8")), "max_overflow": 0}
app = FastAPI()

# Statements that every join sends are built once: a yardstick should not be slow for want of care.
TOKEN = select(tokens).where(tokens.c.secret_hash == bindparam("hash"), tokens.c.revoked_at.is_(None))
CLAIM = upsert(answers).on_conflict_do_nothing().returning(answers.c.caller)
MINE = answers.c.caller == bindparam("who"), answers.c.idempotency_key == bindparam("which")
STORED = select(answers).where(*MINE)
STORE = update(answers).where(*MINE).values(answer=bindparam("what"))
LOCK = select(campaigns).where(campaigns.c.campaign_id == bindparam("id")).with_for_update()
SELL = update(campaigns).where(campaigns.c.campaign_id == bindparam("id")).values(paid_seats=bindparam("paid"))
ENTRIES = insert(entries).values(
    [
        {
            "account_id": bindparam("debit"),
            "commitment_id": bindparam("join"),
            "amount": -bindparam("sum", type_=BigInteger),
        },
        {
            "account_id": bindparam("credit"),
            "commitment_id": bindparam("join"),
            "amount": bindparam("sum", type_=BigInteger),
        },
    ]
)
CHANGE = case((accounts.c.account_id == bindparam("credit"), bindparam("sum")), else_=-bindparam("sum"))
SPEND = (
    update(accounts)
    .where(accounts.c.account_id.in_([bindparam("debit"), bindparam("credit")]))
    .values(balance=accounts.c.balance + CHANGE)
)


class Payment(BaseModel):
    method: str = Field(pattern="^offline$")
    receipt: str = Field(min_length=1, max_length=200)


class Join(BaseModel):
    seats: int = Field(ge=1, le=1000)
    member_id: UUID
    payment: Payment


def organiser(connection, authorization):
    """Return the token of a bearer header; 401 or 403 otherwise."""
    _, _, secret = authorization.partition(" ")
    token = connection.execute(TOKEN, {"hash": hash_of(secret)}).one_or_none()
    if token is None:
        raise HTTPException(401, "unknown token")
    if token.role != "organiser":
        raise HTTPException(403, "an organiser records payments")
    return token


def claim(connection, token, key, fingerprint):
    """Take the idempotency key, or return the answer it already has."""
    row = {"caller": token.secret_hash, "idempotency_key": key, "fingerprint": fingerprint}
    if connection.execute(CLAIM, row).first() is not None:
        return None
    stored = connection.execute(STORED, {"who": token.secret_hash, "which": key}).one()
    if stored.fingerprint != fingerprint:
        raise HTTPException(422, "the idempotency key was used for another request")
    return stored.answer


def lock(connection, campaign_id, community_id, seats, now):
    """Lock the campaign and check that ``seats`` can be sold."""
    campaign = connection.execute(LOCK, {"id": campaign_id}).one_or_none()
    if campaign is None or campaign.community_id != community_id:
        raise HTTPException(404, "no such campaign")
    if campaign.state not in ("open", "tipped") or now >= campaign.deadline:
        raise HTTPException(409, "the campaign is closed")
    if campaign.paid_seats + seats > campaign.max_seats:
        raise HTTPException(409, "the campaign is full")
    return campaign


def book(connection, commitment_id, campaign_id, member_id, amount):
    """Move the money from the member to the escrow: two entries, two balances."""
    move = {"debit": f"member:{member_id}", "credit": f"escrow:{campaign_id}", "sum": amount}
    connection.execute(ENTRIES, {**move, "join": commitment_id})
    connection.execute(SPEND, move)


def join(connection, campaign_id, body, authorization, key):
    """Do the whole durable work of a join; the caller commits."""
    token = organiser(connection, authorization)
    fingerprint = sha256(f"{campaign_id}{body.model_dump_json()}".encode()).hexdigest()
    if (stored := claim(connection, token, key, fingerprint)) is not None:
        return stored
    now = datetime.now(UTC)
    campaign = lock(connection, campaign_id, token.community_id, body.seats, now)
    amount = campaign.price * body.seats
    row = {
        "commitment_id": uuid4(),
        "campaign_id": campaign_id,
        "community_id": token.community_id,
        "member_id": body.member_id,
        "seats": body.seats,
        "state": "paid",
        "paid": amount,
        "created_at": now,
    }
    connection.execute(insert(commitments), {**row, "receipt": body.payment.receipt})
    connection.execute(SELL, {"id": campaign_id, "paid": campaign.paid_seats + body.seats})
    book(connection, row["commitment_id"], campaign_id, body.member_id, amount)
    answer = {name: value if isinstance(value, int) else str(value) for name, value in row.items()}
    connection.execute(insert(outbox), {"name": "commitment_paid.v1", "body": answer})
    connection.execute(STORE, {"who": token.secret_hash, "which": key, "what": answer})
    return answer


PATH = "/v1/campaigns/{campaign_id}/commitments"

if MODE == "async":
    async_engine = create_async_engine(URL, **POOL)

    @app.post(PATH, status_code=201)
    async def post_join(campaign_id: UUID, body: Join, authorization: str = Header(), idempotency_key: str = Header()):
        async with async_engine.begin() as connection:
            return await connection.run_sync(join, campaign_id, body, authorization, idempotency_key)

else:
    engine = create_engine(URL, **POOL)

    @app.post(PATH, status_code=201)
    def post_join(campaign_id: UUID, body: Join, authorization: str = Header(), idempotency_key: str = Header()):
        with engine.begin() as connection:
            return join(connection, campaign_id, body, authorization, idempotency_key)


@app.get("/health/ready")
def ready(request: Request):
    return {"status": "ready"}
