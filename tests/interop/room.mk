# Tests of interop.
