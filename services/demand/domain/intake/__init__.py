"""Intakes: chains, chats and files, previewed as rows, corrected by people, then committed as signals."""
