"""The headers that every response has."""

from __future__ import annotations

REASONING_HEADER = "X-Reasoning"
REQUEST_ID_HEADER = "X-Request-Id"

COMMON = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; "
    "img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Headers": "Accept, Authorization, Cache-Control, Content-Encoding, Content-Type, "
    f"If-Match, If-None-Match, {REQUEST_ID_HEADER}",
    "Access-Control-Allow-Methods": "DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT",
    "Access-Control-Expose-Headers": "Content-Location, ETag, Link, Location, Retry-After, "
    f"{REASONING_HEADER}, {REQUEST_ID_HEADER}",
}
