# Tests of the screen: the real program in a pseudo-terminal.
EXTRA_DIST += tests/screen/test_conversation.py
TESTS += tests/screen/test_conversation.py
TESTS += tests/screen/test_search.py
EXTRA_DIST += tests/screen/test_search.py
TESTS += tests/screen/test_decisions.py tests/screen/test_screen.py tests/screen/test_accounts.py tests/screen/test_programs.py tests/screen/test_key_sets.py
EXTRA_DIST += tests/screen/test_decisions.py tests/screen/test_screen.py tests/screen/test_accounts.py tests/screen/test_programs.py tests/screen/test_key_sets.py
TESTS += tests/screen/test_offline.py tests/screen/test_compose.py tests/screen/test_leave_list.py tests/screen/test_doubt.py
EXTRA_DIST += tests/screen/test_offline.py tests/screen/test_compose.py tests/screen/test_leave_list.py tests/screen/test_doubt.py
TESTS += tests/screen/test_key_table.py tests/screen/test_layout.py tests/screen/test_muttrc.py tests/screen/test_terminal_words.py tests/screen/test_examples.py tests/screen/test_kept_screens.py tests/screen/test_faults_of_typing.py tests/screen/test_dates.py tests/screen/test_colours.py tests/screen/test_pictures.py tests/screen/test_lost_terminal.py
EXTRA_DIST += tests/screen/test_key_table.py tests/screen/test_layout.py tests/screen/test_muttrc.py tests/screen/test_terminal_words.py tests/screen/test_examples.py tests/screen/test_kept_screens.py tests/screen/test_faults_of_typing.py tests/screen/test_dates.py tests/screen/test_colours.py tests/screen/test_pictures.py tests/screen/test_lost_terminal.py
EXTRA_DIST += tests/screen/key-table
EXTRA_DIST += tests/screen/muttrc
EXTRA_DIST += \
	tests/screen/kept/compose-120x40-en \
	tests/screen/kept/compose-120x40-fr \
	tests/screen/kept/compose-200x60-en \
	tests/screen/kept/compose-200x60-fr \
	tests/screen/kept/compose-80x24-en \
	tests/screen/kept/compose-80x24-fr \
	tests/screen/kept/help-120x40-en \
	tests/screen/kept/help-120x40-fr \
	tests/screen/kept/help-200x60-en \
	tests/screen/kept/help-200x60-fr \
	tests/screen/kept/help-80x24-en \
	tests/screen/kept/help-80x24-fr \
	tests/screen/kept/list-120x40-en \
	tests/screen/kept/list-120x40-fr \
	tests/screen/kept/list-200x60-en \
	tests/screen/kept/list-200x60-fr \
	tests/screen/kept/list-80x24-en \
	tests/screen/kept/list-80x24-fr \
	tests/screen/kept/list-dark \
	tests/screen/kept/list-light \
	tests/screen/kept/list-mono \
	tests/screen/kept/list-sixteen \
	tests/screen/kept/list-sixteen-light \
	tests/screen/kept/reader-120x40-en \
	tests/screen/kept/reader-120x40-fr \
	tests/screen/kept/reader-200x60-en \
	tests/screen/kept/reader-200x60-fr \
	tests/screen/kept/reader-80x24-en \
	tests/screen/kept/reader-80x24-fr \
	tests/screen/kept/reader-dark \
	tests/screen/kept/reader-light \
	tests/screen/kept/reader-mono \
	tests/screen/kept/reader-sixteen \
	tests/screen/kept/reader-sixteen-light \
	tests/screen/kept/sidebar-120x40-en \
	tests/screen/kept/sidebar-120x40-fr \
	tests/screen/kept/sidebar-200x60-en \
	tests/screen/kept/sidebar-200x60-fr \
	tests/screen/kept/sidebar-80x24-en \
	tests/screen/kept/sidebar-80x24-fr

# Limits that ask the server.
TESTS += tests/screen/test_server_search.py
EXTRA_DIST += tests/screen/test_server_search.py

# The conversation, kept like the others.
KEPT_CONVERSATION = tests/screen/kept-conversation/conversation-80x24-en tests/screen/kept-conversation/conversation-80x24-fr \
	tests/screen/kept-conversation/conversation-120x40-en tests/screen/kept-conversation/conversation-120x40-fr \
	tests/screen/kept-conversation/conversation-200x60-en tests/screen/kept-conversation/conversation-200x60-fr
EXTRA_DIST += $(KEPT_CONVERSATION) tests/screen/test_kept_conversation.py
TESTS += tests/screen/test_kept_conversation.py
