"""What is recorded beside a collection: of which catalog, model and generation it is. One row for each collection."""

import json
from dataclasses import asdict, dataclass
from typing import Any

from index.search.milvus.server import CALL_SECONDS, READ, WRITE_PATIENCE, Server

_STATES = "pressqa_state"
"""The collection of these records; indexes that share a database share it."""


@dataclass(frozen=True, slots=True)
class State:
    """What a collection holds.

    ``schema`` is the number of its schema; ``catalog``, ``generation`` and ``stamp`` say from which state of which
    catalog it was made, ``fingerprint`` by which model. ``layout`` is the name of its layout, ``words`` the number of
    words in all its passages, and ``published`` the Unix time of its last publication. While ``is_changing``, it may
    have some of the rows of a later generation.
    """

    schema: int
    catalog: str
    generation: int
    stamp: str | None
    fingerprint: str
    layout: str
    words: int
    published: float
    is_changing: bool = False


def read_state(server: Server, collection: str) -> State | None:
    """Return the record of a collection; None if it has none that can be read."""
    rows = server.find(lambda client: _query(client, collection))
    if not rows:
        return None
    try:
        return State(**json.loads(rows[0]["state"]))
    except (ValueError, TypeError, KeyError):
        return None


def _query(client: Any, collection: str) -> Any:
    # Loaded every time: a restart of the server may have unloaded it, and it is no work if not.
    client.load_collection(_STATES, timeout=CALL_SECONDS)
    return client.query(_STATES, ids=[collection], output_fields=["state"], **READ)


def write_state(server: Server, collection: str, state: State) -> None:
    """Record what a collection holds, in place of what was recorded before."""
    row = {"collection": collection, "state": json.dumps(asdict(state)), "unused": [1.0, 0.0]}

    def write(client: Any) -> None:
        if not client.has_collection(_STATES, timeout=CALL_SECONDS):
            _create(client)
        client.upsert(_STATES, [row], timeout=CALL_SECONDS)

    server.call(write, patience=WRITE_PATIENCE)


def delete_state(server: Server, collection: str) -> None:
    """Delete the record of a collection, if it has one."""
    server.find(lambda client: client.delete(_STATES, ids=[collection], timeout=CALL_SECONDS))


def _create(client: Any) -> None:
    from pymilvus import DataType

    schema = client.create_schema(auto_id=False, enable_dynamic_field=False)
    schema.add_field("collection", DataType.VARCHAR, max_length=255, is_primary=True)
    schema.add_field("state", DataType.VARCHAR, max_length=4096)
    schema.add_field("unused", DataType.FLOAT_VECTOR, dim=2)  # Milvus has no collection without a vector
    indexes = client.prepare_index_params()
    indexes.add_index("unused", index_type="FLAT", metric_type="IP")
    try:
        client.create_collection(_STATES, schema=schema, index_params=indexes, **READ)
    except Exception:
        if not client.has_collection(_STATES, timeout=CALL_SECONDS):  # another writer may have made it meanwhile
            raise
