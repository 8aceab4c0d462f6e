"""Traces of requests for OpenTelemetry, only where they are configured: nothing of it is imported otherwise.

One span a request, with the stages of its work as attributes. Neither the address nor the question is in it.
"""

from collections.abc import Mapping
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.logs import route_of
from index.errors import InputError

if TYPE_CHECKING:
    from opentelemetry.trace import Tracer


def open_tracer(endpoint: str) -> "Tracer":
    """Return a tracer that sends its spans to ``endpoint`` (OTLP over HTTP); raises `InputError` if it cannot.

    OpenTelemetry's own variables (``OTEL_EXPORTER_OTLP_HEADERS``, ``OTEL_TRACES_SAMPLER`` ...) hold as well.
    """
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError as error:
        raise InputError(
            f"PRESSQA_TRACES is {endpoint!r}, but OpenTelemetry is not installed",
            "install pressqa with its extra: pip install 'pressqa[traces]'",
        ) from error
    provider = TracerProvider(resource=Resource.create({"service.name": "pressqa"}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=endpoint)))
    tracer: Tracer = provider.get_tracer("pressqa", version("opentelemetry-sdk"))
    return tracer


class Traced:
    """Makes a span of every request, as the child of the span that its header ``traceparent`` names."""

    def __init__(self, app: ASGIApp, tracer: "Tracer") -> None:
        from opentelemetry.propagate import extract
        from opentelemetry.trace import SpanKind, Status, StatusCode

        self._app = app
        self._tracer = tracer
        self._parent = extract
        self._server = SpanKind.SERVER
        self._failed = Status(StatusCode.ERROR)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one ASGI connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status = 500

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        parent = self._parent(dict(Headers(scope=scope).items()))
        method = scope["method"]
        with self._tracer.start_as_current_span(method, context=parent, kind=self._server) as span:
            try:
                await self._app(scope, receive, noted)
            finally:
                state: Mapping[str, Any] = scope["state"]
                route = route_of(scope)
                span.update_name(f"{method} {route}" if route != "-" else method)
                span.set_attribute("http.request.method", method)
                span.set_attribute("http.response.status_code", status)
                span.set_attribute("pressqa.request_id", state.get("request_id", ""))
                span.set_attribute("http.route", route)
                for stage, milliseconds in state.get("timings_ms", {}).items():
                    span.set_attribute(f"pressqa.stage.{stage}_ms", milliseconds)
                if status >= 500:
                    span.set_status(self._failed)
