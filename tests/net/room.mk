# Tests of net.
check_PROGRAMS += tests/net/test-stream
tests_net_test_stream_SOURCES = tests/net/test-stream.c tests/net/stream-log.c tests/net/stream-log.h
tests_net_test_stream_LDADD = $(TEST_LIBS)

check_PROGRAMS += tests/net/test-drip
tests_net_test_drip_SOURCES = tests/net/test-drip.c tests/net/stream-log.c tests/net/stream-log.h
tests_net_test_drip_LDADD = $(TEST_LIBS)

check_PROGRAMS += tests/net/test-tls
tests_net_test_tls_SOURCES = tests/net/test-tls.c tests/net/attempt.c tests/net/attempt.h \
	tests/net/stream-log.c tests/net/stream-log.h tests/net/tls-server.c tests/net/tls-server.h
tests_net_test_tls_LDADD = $(TEST_LIBS)

check_PROGRAMS += tests/net/test-connect
tests_net_test_connect_SOURCES = tests/net/test-connect.c tests/net/attempt.c tests/net/attempt.h \
	tests/net/fake-resolver.c tests/net/fake-resolver.h tests/net/proxy-server.c tests/net/proxy-server.h \
	tests/net/stream-log.c tests/net/stream-log.h tests/net/tls-server.c tests/net/tls-server.h
tests_net_test_connect_LDADD = $(TEST_LIBS)

noinst_PROGRAMS += tests/net/probe
tests_net_probe_SOURCES = tests/net/probe.c
tests_net_probe_LDADD = $(TEST_LIBS)
TESTS += tests/net/test_real_server.py tests/net/test_binding.py
EXTRA_DIST += tests/net/test_real_server.py tests/net/test_binding.py
