# Tests of net.
check_PROGRAMS += tests/net/test-stream
tests_net_test_stream_SOURCES = tests/net/test-stream.c tests/net/stream-log.c tests/net/stream-log.h
tests_net_test_stream_LDADD = $(TEST_LIBS)
