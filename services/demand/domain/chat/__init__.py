"""Exported group chats, mined for needs that nobody has signed for yet. How: INTAKE.md of the service."""

from services.demand.domain.chat.learning import Lessons, sketch
from services.demand.domain.chat.mining import Ear, mine
from services.demand.domain.chat.model import Chat, Evidence, Message, Suggestion, Voice
from services.demand.domain.chat.reading import read_chat
from services.sheets import decoded

__all__ = [
    "Chat",
    "Ear",
    "Evidence",
    "Lessons",
    "Message",
    "Suggestion",
    "Voice",
    "decoded",
    "mine",
    "read_chat",
    "sketch",
]
