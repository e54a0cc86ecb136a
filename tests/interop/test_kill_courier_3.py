"""Killed, or cut off, at each step of each decision: courier, part 3 of 3."""

import kill_matrix
from support import tap

test_matrix = kill_matrix.test_of("courier", 3)

if __name__ == "__main__":
    tap.main()
