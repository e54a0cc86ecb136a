# Tests of sasl.
