# Tests of mime.
