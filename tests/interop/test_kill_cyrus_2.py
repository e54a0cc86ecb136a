"""Killed, or cut off, at each step of each decision: cyrus, part 2 of 3."""

import kill_matrix
from support import tap

test_matrix = kill_matrix.test_of("cyrus_dot", 2)

if __name__ == "__main__":
    tap.main()
