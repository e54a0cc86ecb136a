# Sources of src/engine: accounts, sessions bound to streams, sync, replay.
libmalle_a_SOURCES += \
	src/engine/absent.c src/engine/absent.h \
	src/engine/account.c src/engine/account.h \
	src/engine/message_url.c src/engine/message_url.h \
	src/engine/arriving.c src/engine/arriving.h \
	src/engine/backfill.c \
	src/engine/bodies.c src/engine/bodies.h \
	src/engine/catch_up.c src/engine/catch_up.h \
	src/engine/change.c src/engine/change.h \
	src/engine/convert.c src/engine/convert.h \
	src/engine/connection.c src/engine/connection.h \
	src/engine/core.h \
	src/engine/credentials.c src/engine/credentials.h \
	src/engine/decisions.c src/engine/decisions.h \
	src/engine/enclosed.c src/engine/enclosed.h \
	src/engine/engine.c src/engine/engine.h \
	src/engine/fetches.c src/engine/fetches.h \
	src/engine/finder.c src/engine/finder.h \
	src/engine/headers.c src/engine/headers.h \
	src/engine/housekeeping.c src/engine/housekeeping.h \
	src/engine/indexing.c src/engine/indexing.h \
	src/engine/jobs.c src/engine/jobs.h \
	src/engine/keep_rules.c src/engine/keep_rules.h \
	src/engine/link.c src/engine/link.h src/engine/link_private.h \
	src/engine/link_cost.c \
	src/engine/link_login.c \
	src/engine/local_account.c src/engine/local_account.h src/engine/local_private.h \
	src/engine/local_bodies.c src/engine/local_demo.c src/engine/local_mailboxes.c src/engine/local_replay.c src/engine/local_scan.c src/engine/local_watch.c \
	src/engine/locate.c src/engine/locate.h \
	src/engine/mailbox_list.c src/engine/mailbox_list.h \
	src/engine/namespaces.c src/engine/namespaces.h \
	src/engine/mirror.c src/engine/mirror.h src/engine/mirror_bodies.c \
	src/engine/notices.c \
	src/engine/pop_identity.c src/engine/pop_identity.h \
	src/engine/pop_account.c src/engine/pop_account.h \
	src/engine/pop_fetch.c \
	src/engine/pop_link.c src/engine/pop_link.h \
	src/engine/pop_match.c \
	src/engine/pop_run.c src/engine/pop_run.h src/engine/pop_run_private.h \
	src/engine/pop_settle.c \
	src/engine/parts.c src/engine/parts.h \
	src/engine/pins.c src/engine/pins.h \
	src/engine/post.c \
	src/engine/remembered.c src/engine/remembered.h \
	src/engine/replay.c src/engine/replay.h \
	src/engine/replay_append.c \
	src/engine/replay_flags.c \
	src/engine/replay_gone.c \
	src/engine/replay_mailbox.c \
	src/engine/replay_move.c \
	src/engine/requests.c \
	src/engine/resync.c src/engine/resync.h \
	src/engine/search_command.c src/engine/search_command.h \
	src/engine/selected.c src/engine/selected.h \
	src/engine/selected_map.c \
	src/engine/sent_copy.c src/engine/sent_copy.h \
	src/engine/submission.c src/engine/submission.h \
	src/engine/submission_letter.c src/engine/submission_letter.h \
	src/engine/submission_link.c src/engine/submission_link.h \
	src/engine/submission_url.c src/engine/submission_url.h \
	src/engine/submission_words.c src/engine/submission_words.h \
	src/engine/tls_options.c src/engine/tls_options.h \
	src/engine/transfers.c src/engine/transfers.h \
	src/engine/verify_copy.c src/engine/verify_copy.h src/engine/look.c src/engine/look.h \
	src/engine/carry.c src/engine/carry_append.c src/engine/local_carry.c src/engine/carry.h \
	src/engine/wire_flags.c src/engine/wire_flags.h \
	src/engine/views.c src/engine/views.h \
	src/engine/wire_log.c src/engine/wire_log.h
libmalle_a_SOURCES += src/engine/error.c
libmalle_a_SOURCES += src/engine/match.h src/engine/match.c
libmalle_a_SOURCES += src/engine/probe.h src/engine/probe_private.h src/engine/probe.c src/engine/probe_login.c src/engine/probe_report.c \
	src/engine/probe_cause.c src/engine/probe_cause.h src/engine/probe_mailboxes.c src/engine/probe_smtp.c src/engine/probe_pop.c src/engine/probe_run.c
EXTRA_DIST += doc/internals/filters.md doc/internals/engine.md doc/internals/sync.md doc/internals/faults.md
libmalle_a_SOURCES += src/engine/excursion.h src/engine/excursion.c src/engine/server_search.h src/engine/server_search_private.h src/engine/server_search.c \
	src/engine/server_search_account.c
libmalle_a_SOURCES += src/engine/search_program.h src/engine/search_program.c
libmalle_a_SOURCES += src/engine/readable.h src/engine/readable.c
libmalle_a_SOURCES += src/engine/login.h src/engine/login.c src/engine/login_imap.h src/engine/login_imap.c src/engine/trust.h src/engine/trust.c src/engine/refusal.h src/engine/refusal.c
libmalle_a_SOURCES += src/engine/submission_command.h src/engine/submission_command.c src/engine/submission_private.h src/engine/submission_program.c src/engine/submission_staging.c src/engine/kept_here.h src/engine/kept_here.c src/engine/unsubscribe.h src/engine/unsubscribe.c
libmalle_a_SOURCES += src/engine/spool_file.h src/engine/spool_file.c src/engine/spool_ring.c src/engine/spool.h src/engine/spool.c
libmalle_a_SOURCES += src/engine/filters.h src/engine/filters.c src/engine/filter_arrivals.h src/engine/filter_arrivals.c \
	src/engine/filter_actions.h src/engine/filter_actions.c src/engine/filter_forward.h src/engine/filter_forward.c
libmalle_a_SOURCES += src/engine/muted.c src/engine/muted.h
