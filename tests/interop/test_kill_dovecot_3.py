"""Killed, or cut off, at each step of each decision: dovecot, part 3 of 3."""

import kill_matrix
from support import tap

test_matrix = kill_matrix.test_of("dovecot", 3)

if __name__ == "__main__":
    tap.main()
