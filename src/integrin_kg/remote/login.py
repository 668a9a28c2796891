"""Who the service is to an engine: a password or a token, from the environment and nowhere else."""

from __future__ import annotations

import os
from typing import Any

import requests
from requests.auth import AuthBase, HTTPBasicAuth, HTTPDigestAuth

USER, PASSWORD, TOKEN = "INTEGRIN_KG_STORE_USER", "INTEGRIN_KG_STORE_PASSWORD", "INTEGRIN_KG_STORE_TOKEN"


class _Bearer(AuthBase):
    def __init__(self, token: str) -> None:
        self.token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self.token}"
        return request


class _Password(HTTPDigestAuth):
    """Shows a password in the way that the engine asks for: none that wants Digest gets it in the clear."""

    def __init__(self, user: str, password: str) -> None:
        super().__init__(user, password)
        self.plainly = HTTPBasicAuth(user, password)
        self.basic = False

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        signed = super().__call__(request)
        return self.plainly(signed) if self.basic else signed

    def handle_401(self, r: requests.Response, **further: Any) -> requests.Response:
        offered = r.headers.get("WWW-Authenticate", "").lower()
        if r.status_code != 401 or "digest" in offered or "basic" not in offered or self.basic:
            return super().handle_401(r, **further)
        self.basic = True
        _ = r.content  # so that the connection can be used again
        again = self.plainly(r.request.copy())
        answer: requests.Response = r.connection.send(again, **further)
        answer.history.append(r)
        return answer


def credentials() -> AuthBase | None:
    """Return what shows the credentials in the environment, None where there are none."""
    if token := os.environ.get(TOKEN, "").strip():
        return _Bearer(token)
    if user := os.environ.get(USER, ""):
        return _Password(user, os.environ.get(PASSWORD, ""))
    return None
