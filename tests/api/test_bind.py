import socket
from contextlib import closing

from api.cli import _bind


def test_what_is_sent_to_a_client_leaves_at_once() -> None:
    with closing(_bind("127.0.0.1", 0)) as listening, socket.create_connection(listening.getsockname()):
        accepted, _ = listening.accept()
        with closing(accepted):
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) != 0
