"""The HTTP gateway: the only place that knows HTTP.

Decides: who calls, in what role, how often, and whether a request has the right form.
Owns: access tokens.
Publishes: nothing.
Consumes: nothing; it calls one service per request.
"""
