# Tests of the screen: the real program in a pseudo-terminal.
TESTS += tests/screen/test_decisions.py tests/screen/test_screen.py tests/screen/test_accounts.py tests/screen/test_programs.py tests/screen/test_key_sets.py
EXTRA_DIST += tests/screen/test_decisions.py tests/screen/test_screen.py tests/screen/test_accounts.py tests/screen/test_programs.py tests/screen/test_key_sets.py
TESTS += tests/screen/test_offline.py tests/screen/test_compose.py
EXTRA_DIST += tests/screen/test_offline.py tests/screen/test_compose.py
TESTS += tests/screen/test_key_table.py tests/screen/test_layout.py tests/screen/test_muttrc.py tests/screen/test_terminal_words.py tests/screen/test_examples.py
EXTRA_DIST += tests/screen/test_key_table.py tests/screen/test_layout.py tests/screen/test_muttrc.py tests/screen/test_terminal_words.py tests/screen/test_examples.py
EXTRA_DIST += tests/screen/key-table
EXTRA_DIST += tests/screen/muttrc
