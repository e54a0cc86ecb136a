# Sources of src/model: the UI's only door.
EXTRA_DIST += doc/internals/model.md doc/internals/compose.md
libmalle_a_SOURCES += src/model/queue.h src/model/model.h src/model/mailbox_tree.h src/model/list.h \
	src/model/message.h src/model/actions.h src/model/wire.h src/model/internal.h \
	src/model/actions-private.h src/model/list-private.h src/model/mailbox_tree-private.h src/model/message-private.h \
	src/model/queue.c src/model/model.c src/model/dispatch.c src/model/notices.c src/model/wire.c src/model/pop_ledger.c src/model/pop_ledger.h \
	src/model/submit.c src/model/actions.c src/model/actions-move.c src/model/actions-append.c \
	src/model/mailbox_tree.c src/model/mailbox_names.c \
	src/model/list.c src/model/list-window.c src/model/list-rows.c src/model/list-move.c src/model/list-seek.c \
	src/model/offline.c src/model/list-tags.c src/model/list-limit.c src/model/row-query.c \
	src/model/addresses.h src/model/addresses.c src/model/compose.h src/model/compose-private.h src/model/compose.c src/model/compose-begin.c src/model/compose-draft.c \
	src/model/compose-send.c src/model/bounce.c src/model/message.c src/model/message-text.c src/model/transfer.c
libmalle_a_SOURCES += src/model/new-mail.c src/model/typed.h src/model/typed.c src/model/message-pictures.c
libmalle_a_SOURCES += src/model/conversation.c src/model/conversation.h src/model/actions-threads.c
libmalle_a_SOURCES += src/model/unsubscribe.c
