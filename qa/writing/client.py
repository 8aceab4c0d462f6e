"""The text of a language model behind any endpoint that speaks OpenAI's protocol, as it is written.

Whatever goes wrong is a `WritingError` with what to do: such an endpoint may be a program on the same machine, and may
send anything.
"""

import re
import socket
import threading
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from openai import OpenAI

CONNECT: Final = 5.0
"""Seconds in which a connection must be there."""

PIECES: Final = 4
"""How many times the seconds between two pieces a whole text may take."""


class WritingError(Exception):
    """No text, or no more of it; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A language model: the address of its API, such as ``http://127.0.0.1:8080/v1``, and its name there.

    ``timeout`` are the seconds that it may take until the next piece of text.
    """

    url: str
    model: str
    key: str | None = field(default=None, repr=False)
    timeout: float = 60.0


def stream_text(endpoint: Endpoint, messages: Sequence[tuple[str, str]]) -> Generator[str]:
    """Yield the text that a model writes, piece by piece; raises `WritingError` where it does not come to its end.

    Closing the iterator closes the connection.
    """
    import httpx2
    import openai

    timeout = httpx2.Timeout(endpoint.timeout, connect=CONNECT)
    client = openai.OpenAI(base_url=endpoint.url, api_key=endpoint.key or "none", timeout=timeout, max_retries=0)
    try:
        with closing(client):
            yield from _pieces(client, endpoint, messages)
    except openai.APIStatusError as error:
        raise WritingError(_refusal(endpoint, error.status_code, error.response.headers)) from error
    except openai.APITimeoutError as error:
        raise WritingError(
            f"the language model has sent nothing for {endpoint.timeout:g} s; try again, or set PRESSQA_LLM_TIMEOUT"
        ) from error
    except openai.APIConnectionError as error:
        raise WritingError(
            f"the connection to the language model at {_place(endpoint)} failed; is it running? (PRESSQA_LLM_URL)"
        ) from error
    except (openai.OpenAIError, httpx2.HTTPError, httpx2.InvalidURL) as error:
        raise WritingError("the language model broke off with an error; try again, or see its own log") from error
    except (ValueError, TypeError, AttributeError, LookupError) as error:
        # not UTF-8, not JSON, or JSON of another shape
        raise WritingError(
            f"what {_place(endpoint)} sends cannot be read; does it speak OpenAI's protocol? (PRESSQA_LLM_URL)"
        ) from error


def _pieces(client: "OpenAI", endpoint: Endpoint, messages: Sequence[tuple[str, str]]) -> Iterator[str]:
    asked: Any = [{"role": role, "content": text} for role, text in messages]
    with (
        client.chat.completions.create(model=endpoint.model, messages=asked, stream=True) as stream,
        _cut_off(stream.response, PIECES * endpoint.timeout),
    ):
        ended, is_stream = None, False
        for chunk in stream:
            is_stream = True
            if not chunk.choices:
                continue
            choice = chunk.choices[0]
            delta = choice.delta
            if delta is not None and (delta.tool_calls or delta.function_call):
                raise WritingError("the language model called a tool instead of writing; choose another model")
            if delta is not None and delta.refusal:
                raise WritingError("the language model refused to answer")
            if delta is not None and delta.content:
                if not isinstance(delta.content, str):
                    raise TypeError("the text is no text")
                yield delta.content
            ended = choice.finish_reason or ended
    if not is_stream:
        raise WritingError(
            f"{_place(endpoint)} sends no stream of pieces; does it speak OpenAI's protocol? (PRESSQA_LLM_URL)"
        )
    if ended is None:
        raise WritingError("the language model broke off in the middle; ask again")
    if ended == "length":
        raise WritingError("the language model came to the limit of its length; the rest is missing")
    if ended == "content_filter":
        raise WritingError("the language model refused to go on")


@contextmanager
def _cut_off(response: Any, seconds: float) -> Iterator[None]:
    """End a response that is not at its end after so many seconds; raises `WritingError` then.

    Its connection is shut from another thread: what only keeps it alive ends no wait for the next piece.
    """
    late = threading.Event()

    def cut() -> None:
        late.set()
        stream = response.extensions.get("network_stream")
        connection = stream.get_extra_info("socket") if stream is not None else None
        if connection is not None:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    except Exception as error:
        if late.is_set():
            raise WritingError(f"the language model took longer than {seconds:g} s; ask for less") from error
        raise
    else:
        if late.is_set():
            raise WritingError(f"the language model took longer than {seconds:g} s; ask for less")
    finally:
        timer.cancel()


def _refusal(endpoint: Endpoint, status: int, headers: Any) -> str:
    """Return what a status of an error means; nothing of what the endpoint says comes with it."""
    if status in (401, 403):
        return "the language model refused the key; set PRESSQA_LLM_KEY to one that it knows"
    if status == 404:
        return f"there is no model {endpoint.model!r} at {_place(endpoint)}; see PRESSQA_LLM_MODEL and PRESSQA_LLM_URL"
    if status == 429:
        wait = str(headers.get("retry-after", ""))
        when = f"in {wait} s" if re.fullmatch(r"[0-9]{1,6}", wait) else "later"
        return f"the language model takes no more requests now; try again {when}"
    if status >= 500:
        return f"the language model failed (status {status}); try again, or see its own log"
    return f"the language model refused the request (status {status}); is {endpoint.model!r} a model that chats?"


def _place(endpoint: Endpoint) -> str:
    """Return the address of an endpoint without a user name, password or query, for a message."""
    return re.sub(r"(?<=//)[^/?#]*@", "", endpoint.url).split("?")[0][:200]
