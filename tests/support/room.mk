# What the tests stand on: a TAP runner, private servers, a counting proxy, a screen.
EXTRA_DIST += doc/internals/tests.md
EXTRA_DIST += tests/support/run-checks tests/support/lsan.supp tests/support/no-python tests/support/__init__.py tests/support/tap.py \
	tests/support/process.py tests/support/certificates.py tests/support/servers/__init__.py \
	tests/support/servers/dovecot.py tests/support/test_support.py
TESTS += tests/support/test_support.py

noinst_PROGRAMS += tests/support/counting-proxy
tests_support_counting_proxy_SOURCES = tests/support/counting-proxy.c tests/support/flights.c tests/support/flights.h
tests_support_counting_proxy_LDADD = $(GLIB_LIBS) $(ZLIB_LIBS)
EXTRA_DIST += tests/support/proxy.py tests/support/scripted_server.py tests/support/screen.py \
	tests/support/servers/mailutils.py tests/support/servers/kerberos.py tests/support/servers/cyrus.py tests/support/servers/courier.py \
	tests/support/servers/server.py tests/support/servers/roots.py tests/support/servers/table.py tests/support/servers/sink.py tests/support/servers/submission.py \
	tests/support/servers/unpack tests/support/mailsets.py tests/support/netns.py tests/support/local_bag.py

# Kills a process at one exact write, for the kill matrix.
EXTRA_DIST += tests/support/striking_proxy.py tests/support/strike.c
check_DATA = tests/support/strike.so tests/support/still-clock.so
CLEANFILES += tests/support/still-clock.so
EXTRA_DIST += tests/support/still_clock.c
tests/support/still-clock.so: tests/support/still_clock.c
	$(AM_V_CC)$(MKDIR_P) tests/support && $(CC) -O1 -g -Wall -fPIC -shared -o $@ $(srcdir)/tests/support/still_clock.c -ldl
CLEANFILES += tests/support/strike.so
tests/support/strike.so: tests/support/strike.c
	$(AM_V_CC)$(MKDIR_P) tests/support && $(CC) -O1 -g -Wall -fPIC -shared -o $@ $(srcdir)/tests/support/strike.c -ldl

# Come before all others in the roots of some servers.
EXTRA_DIST += tests/support/servers/only_user.c tests/support/servers/opensmtpd_keys.c
check_DATA += tests/support/only-user.so tests/support/opensmtpd-keys.so
CLEANFILES += tests/support/only-user.so tests/support/opensmtpd-keys.so
tests/support/only-user.so: tests/support/servers/only_user.c
	$(AM_V_CC)$(MKDIR_P) tests/support && $(CC) -O1 -g -Wall -fPIC -shared -o $@ $(srcdir)/tests/support/servers/only_user.c -ldl
tests/support/opensmtpd-keys.so: tests/support/servers/opensmtpd_keys.c
	$(AM_V_CC)$(MKDIR_P) tests/support && $(CC) -O1 -g -Wall -fPIC -shared -o $@ $(srcdir)/tests/support/servers/opensmtpd_keys.c -ldl

# What tests/support/mailsets.py has made.
clean-local: clean-mail-sets
clean-mail-sets:
	rm -rf mail-sets
.PHONY: clean-mail-sets

# What tests/support/servers/unpack has fetched; "make clean" leaves it, because it comes over the network.
distclean-local: clean-server-roots
clean-server-roots:
	rm -rf server-roots
.PHONY: clean-server-roots

# For tests/support/run-checks: a test that left no result has to be missed by somebody.
list-test-logs:
	@echo $(TEST_LOGS)
.PHONY: list-test-logs
