# Tests of screen.
