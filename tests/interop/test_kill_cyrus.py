"""Killed, or cut off, at each step of each decision: cyrus."""

import kill_matrix
from support import tap
from support.servers import table

KIND = "cyrus_dot"


def test_matrix():
    """whatever the moment at which Malle is killed or cut off, server and store end the same"""
    kind = next(kind for kind in table.ALL if kind.name == KIND)
    with kind.start() as server:
        kill_matrix.matrix(kill_matrix.ground_of(server))


if __name__ == "__main__":
    tap.main()
