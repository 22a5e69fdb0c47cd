"""The sandbox: a payment provider to try things with, of its own process. SANDBOX.md says how to use it.

It behaves as real ones do, WeChat Pay above all, and misbehaves as they do too, as often as it is told to.
"""
