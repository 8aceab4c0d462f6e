"""Requests made from the API's own description: what it allows is answered, what it forbids is refused."""

from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, Phase, given, settings

schemathesis: Any = pytest.importorskip("schemathesis", reason="schemathesis is not installed")

pytestmark = [pytest.mark.fuzz, pytest.mark.filterwarnings("default")]

BEYOND_A_SCHEMA = (" is after ", " after it ends ", "not a cursor", "the question is empty")
"""What no schema can say: that one date is not after another, which cursors a server has given out, and which of all
the signs of Unicode are letters or digits.
"""

ADDRESSES = ("/v1/ask", "/v1/search", "/v1/figures", "/v1/releases", "/v1/releases/{release_id}", "/healthz", "/readyz")


@pytest.mark.parametrize("allowed", [True, False])
@pytest.mark.parametrize("address", ADDRESSES)
def test_what_the_description_says_is_so(client: TestClient, address: str, allowed: bool) -> None:
    described = schemathesis.openapi.from_asgi("/openapi.json", client.app)
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
            response = case.call()
            told = response.json().get("detail", "") if response.status_code == 422 else ""
            beyond = any(words in told for words in BEYOND_A_SCHEMA)
            case.validate_response(response, excluded_checks=accepts if beyond else [])

        try:
            answered_as_described()
        except Exception as error:
            if "Unsatisfiable" not in type(error).__name__:  # an address without arguments has nothing to forbid
                raise
