# Sources of src/ui; see doc/internals/rooms.md for what belongs here.
libmalle_a_SOURCES += src/ui/ui.h src/ui/app.h src/ui/command.h src/ui/command.c src/ui/command_table.c src/ui/command_table_letters.c src/ui/command_words.c \
	src/ui/commands.h src/ui/cmd_move.c src/ui/cmd_message.c src/ui/cmd_choose.c src/ui/cmd_read.c src/ui/cmd_part.c \
	src/ui/cmd_mailbox.c src/ui/cmd_account.c src/ui/cmd_offline.c src/ui/cmd_program.c src/ui/cmd_set.c src/ui/completers.c \
	src/ui/command_rows_screen.c src/ui/list_columns.h src/ui/list_columns.c src/ui/macro.c src/ui/cmd_layout.c src/ui/cmd_copy.c src/ui/mouse.c src/ui/notify.c src/ui/bindings.c src/ui/keymap.h src/ui/keymap.c src/ui/layout.h src/ui/layout.c src/ui/styles.h src/ui/styles.c \
	src/ui/pictures.h src/ui/pictures.c src/ui/fault.h src/ui/fault.c src/ui/prompt.h src/ui/prompt.c src/ui/frame.c src/ui/status.c src/ui/open.c src/ui/loop.c \
	src/ui/decision.c src/ui/transfers.c src/ui/login_try.h src/ui/login_try.c src/ui/find.h src/ui/find.c src/ui/find_lines.h src/ui/find_lines.c \
	src/ui/view.h src/ui/view_sidebar.c src/ui/view_list.c src/ui/view_reader.c src/ui/view_lines.h src/ui/view_lines.c \
	src/ui/view_help.c src/ui/view_logs.c src/ui/view_attachments.c src/ui/view_journal.c src/ui/view_welcome.c src/ui/view_setup.c \
	src/ui/compose.h src/ui/address_query.h src/ui/address_query.c src/ui/view_compose.c src/ui/letters.c src/ui/cmd_letter.c src/ui/cmd_leave_list.c src/ui/cmd_compose.c
EXTRA_DIST += doc/internals/ui.md doc/internals/commands.md
libmalle_a_SOURCES += src/ui/view_conversation.c src/ui/conversation.h src/ui/cmd_thread.c
