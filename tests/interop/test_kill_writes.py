"""Killed at each write of the store."""

import kill_matrix
from support import tap
from support.servers import table


def test_writes():
    """killed in place of any one call that writes to the store or waits for the disk: server and store end the same"""
    tap.long_only()
    with table.ALL[0].start() as server:
        kill_matrix.all_writes(kill_matrix.ground_of(server))


if __name__ == "__main__":
    tap.main()
