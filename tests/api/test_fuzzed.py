"""Requests made from the API's own description: what it allows is answered, what it forbids is refused."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, Phase, given, settings

from api.app import create_app
from api.keys import create_key
from qa.settings import Settings

schemathesis: Any = pytest.importorskip("schemathesis", reason="schemathesis is not installed")

pytestmark = [pytest.mark.fuzz, pytest.mark.filterwarnings("default")]

BEYOND_A_SCHEMA = (
    *(" is after ", " after it ends ", "not a cursor", "the question is empty"),
    *(" has no words", " is empty", "would be stored as", "the id has "),
)
"""What no schema can say: that one date is not after another, which cursors a server has given out, which of all the
signs of Unicode are letters or digits, and which ids are stored as they are.
"""

ADDRESSES = (
    *("/v1/ask", "/v1/ask/batch", "/v1/ask/stream", "/v1/search", "/v1/figures"),
    *("/v1/releases", "/v1/releases/{release_id}", "/v1/releases:batch", "/v1/jobs/{job_id}"),
    *("/healthz", "/readyz", "/metrics"),
)


@pytest.fixture
def writer(tmp_path: Path, ingest: Callable[..., Settings], releases: Any) -> Iterator[TestClient]:
    """A server of its own, asked with a key for writing."""
    at = ingest(tmp_path, releases)
    _, token = create_key(at.data, "desk", "write", None, datetime.now(UTC))
    with TestClient(create_app(at), headers={"Authorization": f"Bearer {token}"}) as client:
        yield client


@pytest.mark.parametrize("allowed", [True, False])
@pytest.mark.parametrize("address", ADDRESSES)
def test_what_the_description_says_is_so(writer: TestClient, address: str, allowed: bool) -> None:
    key = {"Authorization": writer.headers["Authorization"]}
    described = schemathesis.openapi.from_asgi("/openapi.json", writer.app)
    accepts = schemathesis.checks.CHECKS.get_by_names(["positive_data_acceptance"])
    mode = schemathesis.GenerationMode.POSITIVE if allowed else schemathesis.GenerationMode.NEGATIVE
    for method in described[address]:
        requests = described[address][method].as_strategy(generation_mode=mode)

        @settings(
            max_examples=30,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(requests)
        def answered_as_described(case: Any) -> None:
            response = case.call(headers=key)
            told = response.json().get("detail", "") if response.status_code == 422 else ""
            beyond = any(words in told for words in BEYOND_A_SCHEMA)
            case.validate_response(response, headers=key, excluded_checks=accepts if beyond else [])

        try:
            answered_as_described()
        except Exception as error:
            if "Unsatisfiable" not in type(error).__name__:  # an address without arguments has nothing to forbid
                raise
