# Against real servers: what a person does, through commands and on the screen.
EXTRA_DIST += tests/support/bag.py tests/interop/test_doctor.py tests/interop/day.py tests/interop/commands.py \
	tests/interop/test_dovecot.py tests/interop/test_bare_server.py tests/interop/test_commands.py \
	tests/interop/test_counts.py tests/interop/test_safety.py tests/interop/test_login.py
TESTS += tests/interop/test_doctor.py tests/interop/test_dovecot.py tests/interop/test_bare_server.py \
	tests/interop/test_commands.py tests/interop/test_counts.py tests/interop/test_safety.py tests/interop/test_login.py

# The servers themselves, and what each lacks.
EXTRA_DIST += doc/internals/servers.md tests/interop/test_servers.py
TESTS += tests/interop/test_servers.py

# Threads, beside what servers say.
EXTRA_DIST += tests/interop/test_threads.py
TESTS += tests/interop/test_threads.py

# Killed at any moment.
KILL_TESTS = tests/interop/test_kill_dovecot.py tests/interop/test_kill_dovecot_2.py tests/interop/test_kill_dovecot_3.py \
	tests/interop/test_kill_cyrus.py tests/interop/test_kill_cyrus_2.py tests/interop/test_kill_cyrus_3.py \
	tests/interop/test_kill_courier.py tests/interop/test_kill_courier_2.py tests/interop/test_kill_courier_3.py \
	tests/interop/test_kill_mailutils.py tests/interop/test_kill_mailutils_2.py tests/interop/test_kill_mailutils_3.py \
	tests/interop/test_kill_writes.py
EXTRA_DIST += tests/interop/kill_matrix.py $(KILL_TESTS) tests/interop/test_carry.py
TESTS += $(KILL_TESTS) tests/interop/test_carry.py

# A hostile world.
EXTRA_DIST += tests/interop/test_doctor_ways.py tests/interop/test_terminal.py tests/interop/test_no_network.py \
	tests/interop/test_secrets.py
TESTS += tests/interop/test_doctor_ways.py tests/interop/test_terminal.py tests/interop/test_no_network.py \
	tests/interop/test_secrets.py

# Two clients on one account.
TESTS += tests/interop/test_two_clients.py
EXTRA_DIST += tests/interop/test_two_clients.py

# The day on every server beside Dovecot and imap4d.
EXTRA_DIST += tests/interop/test_every_server.py
TESTS += tests/interop/test_every_server.py

# Where letters go.
TESTS += tests/interop/test_send_command.py tests/interop/test_submission_servers.py tests/interop/test_malle_send.py
EXTRA_DIST += tests/interop/test_send_command.py tests/interop/test_submission_servers.py tests/interop/test_malle_send.py
# POP3: letters come here, and go there when they are proved.
TESTS += tests/interop/test_pop.py tests/interop/test_pop_counts.py tests/interop/test_kill_pop.py
EXTRA_DIST += tests/interop/test_pop.py tests/interop/test_pop_counts.py tests/interop/test_kill_pop.py tests/support/popbag.py
TESTS += tests/interop/test_submission.py
EXTRA_DIST += tests/interop/test_submission.py
TESTS += tests/interop/test_one_upload.py tests/interop/test_pass_on.py
EXTRA_DIST += tests/interop/test_one_upload.py tests/interop/test_pass_on.py
TESTS += tests/interop/test_kill_submission.py
EXTRA_DIST += tests/interop/test_kill_submission.py
TESTS += tests/interop/test_doctor_send.py tests/interop/test_doctor_pop.py tests/interop/test_pop_login.py
EXTRA_DIST += tests/interop/test_doctor_send.py tests/interop/test_doctor_pop.py tests/interop/test_pop_login.py

# Searches on servers beside searches here.
TESTS += tests/interop/test_search.py
EXTRA_DIST += tests/interop/test_search.py
