"""Other sites whose scripts may use the API: what others are told, as every other error is told."""

from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from api.error_handlers import problem
from api.problems import PROBLEMS


class Cors(CORSMiddleware):
    """Starlette's, but a browser that asks first whether it may (a preflight) is refused with a problem."""

    def preflight_response(self, request_headers: Headers) -> Response:
        """Return what a browser is answered that asks first."""
        response = super().preflight_response(request_headers)
        return response if response.status_code == 200 else _Refused(bytes(response.body).decode(), response)


class _Refused(Response):
    """A preflight that is refused; the problem is made where the request's id is known."""

    def __init__(self, told: str, response: Response) -> None:
        super().__init__(status_code=403)
        self._detail = told[:1].lower() + told[1:]
        names = ("vary", "access-control-allow-methods", "access-control-allow-headers", "access-control-allow-origin")
        self._kept = {name: response.headers[name] for name in names if name in response.headers}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        hint = "whoever runs the server names the sites that may use it in PRESSQA_CORS_ORIGINS"
        response = problem(scope, PROBLEMS[403], self._detail, hint=hint, headers=self._kept)
        await response(scope, receive, send)
