"""Who may do what: a key or an open door for reading, a key for writing, and a quota for everybody."""

from base64 import b64decode
from ipaddress import IPv6Address, ip_address, ip_network

from fastapi import Request
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.error_handlers import refusal
from api.keys import KeyRequiredError, KeyRing, KeyScopeError, today_utc
from api.rate_limits import RateLimits, TooManyRequestsError
from index.errors import PressqaError

_OPEN = ("/healthz", "/readyz", "/docs", "/openapi.json", "/problems", "/static")
"""Addresses, with all below them, that need no key and cost nothing: they tell nothing of the releases."""


class Access:
    """Lets in whom the rules allow, refuses the others, and counts what each client uses.

    ``is_open`` says whether reading needs no key, ``shows_metrics`` whether /metrics needs none. Writing always needs
    one: see `need_write`.
    """

    def __init__(
        self, app: ASGIApp, keys: KeyRing, *, is_open: bool, shows_metrics: bool, limits: RateLimits | None
    ) -> None:
        self._app = app
        self._keys = keys
        self._is_open = is_open
        self._shows_metrics = shows_metrics
        self._limits = limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one ASGI connection."""
        if scope["type"] != "http" or any(f"{scope['path']}/".startswith(f"{each}/") for each in _OPEN):
            await self._app(scope, receive, send)
            return
        state = scope["state"]
        state["client"] = f"address {_network(scope)}"
        refused: PressqaError | None = None
        try:
            self._identify(scope)
        except PressqaError as error:
            refused = error
        quota = self._limits.take(state["client"]) if self._limits else None

        async def counted(message: Message) -> None:
            if message["type"] == "http.response.start" and quota is not None:
                headers = MutableHeaders(scope=message)
                for name, value in quota.headers().items():
                    headers.setdefault(name, value)  # a batch that costs more than is left says so itself
            await send(message)

        if quota is not None and quota.retry_after is not None:
            refused = TooManyRequestsError(state["client"], quota)
        handle = self._app if refused is None else refusal(scope, refused)
        await handle(scope, receive, counted)

    def _identify(self, scope: Scope) -> None:
        """Note the key of a request and its scope; raises `KeyRequiredError`, `KeyRefusedError` or `StorageError`."""
        scheme, _, token = Headers(scope=scope).get("authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            key = self._keys.find(token.strip(), today_utc())
            scope["state"] |= {"key": key.id, "key_scope": key.scope, "client": f"key {key.id}"}
        elif scheme.lower() == "basic":
            key = self._keys.find(_password(token.strip()), today_utc())
            # A browser sends it along with whatever another site makes it send: it is good for reading alone.
            scope["state"] |= {"key": key.id, "key_scope": "password", "client": f"key {key.id}"}
        elif not (self._shows_metrics if scope["path"] == "/metrics" else self._is_open):
            raise KeyRequiredError("this server answers to keys alone", "send a key: 'Authorization: Bearer KEY'")


def _password(token: str) -> str:
    """Return the password that a browser sends, by which people give a key; empty if it cannot be read."""
    try:
        return b64decode(token, validate=True).decode("utf-8").partition(":")[2]
    except ValueError:
        return ""


def need_write(request: Request) -> None:
    """Let a request pass that has a key for writing; raises `KeyRequiredError` or `KeyScopeError`."""
    state = request.scope["state"]
    if "key" not in state:
        hint = "whoever runs the server makes one: pressqa keys create --name NAME --scope write"
        raise KeyRequiredError("writing needs a key, also on this machine", hint)
    if state["key_scope"] == "password":
        hint = "send it in the header 'Authorization: Bearer KEY'"
        raise KeyScopeError("a key that is given as a password is for reading alone", hint)
    if state["key_scope"] != "write":
        raise KeyScopeError(f"the key {state['key']} is for reading alone", "ask for a key with the scope write")


def charge(request: Request, limits: RateLimits | None, cost: int) -> None:
    """Take more than the one request from what its client has left; raises `TooManyRequestsError`."""
    if limits is None or cost <= 0:
        return
    client = request.scope["state"]["client"]
    quota = limits.take(client, cost)
    if quota.retry_after is not None:
        raise TooManyRequestsError(client, quota)


def _network(scope: Scope) -> str:
    """Return the address of the client; of an IPv6 address the network, since a client has a whole one of those."""
    client = scope.get("client")
    name = str(client[0]) if client else "unknown"
    try:
        address = ip_address(name)
    except ValueError:  # a socket of another kind, or a test
        return name[:64]
    return str(ip_network(f"{address}/64", strict=False)) if isinstance(address, IPv6Address) else str(address)
