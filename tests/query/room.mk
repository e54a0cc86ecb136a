# Tests of query.
