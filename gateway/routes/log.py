"""The tamper-evident log: heads and proofs for everybody with a token, what entries say for whom it concerns."""

from gateway.routes.route import WATCHERS, Route
from gateway.schemas import log as s


def _route(*columns: object, **options: object) -> Route:
    method, path, operation_id, *rest = columns
    return Route(method, path, operation_id, "reputation", WATCHERS, *rest, **options)


# fmt: off
ROUTES = (
    _route("GET", "/v1/log/head", "get_log_head", "查看日志最新签名根", "Get the signed head of the log",
           s.LogHeadView),
    _route("GET", "/v1/log/heads", "list_log_heads", "列出日志签名根", "List signed heads of the log", s.LogHeadsView,
           query=s.HeadQuery),
    _route("GET", "/v1/log/key", "get_log_key", "查看日志公钥", "Get the public keys of the log", s.LogKeyView),
    _route("GET", "/v1/log/entries", "list_log_entries", "列出日志条目", "List entries of the log", s.LogEntriesView,
           query=s.EntryQuery),
    _route("GET", "/v1/log/proofs/inclusion", "get_inclusion_proof", "取条目存在证明",
           "Prove that an entry is in the log", s.InclusionView, query=s.InclusionQuery),
    _route("GET", "/v1/log/proofs/consistency", "get_consistency_proof", "取日志只增证明",
           "Prove that the log only grew", s.ConsistencyView, query=s.ConsistencyQuery),
)
