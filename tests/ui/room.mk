# Tests of term and ui.
check_PROGRAMS += tests/ui/test-keys tests/ui/test-cells tests/ui/test-line-editor
tests_ui_test_keys_SOURCES = tests/ui/test-keys.c
tests_ui_test_keys_LDADD = $(TEST_LIBS)
tests_ui_test_cells_SOURCES = tests/ui/test-cells.c
tests_ui_test_cells_LDADD = $(TEST_LIBS)
tests_ui_test_line_editor_SOURCES = tests/ui/test-line-editor.c
tests_ui_test_line_editor_LDADD = $(TEST_LIBS)
check_PROGRAMS += tests/ui/test-find
tests_ui_test_find_SOURCES = tests/ui/test-find.c
tests_ui_test_find_LDADD = $(TEST_LIBS)
check_PROGRAMS += tests/ui/test-commands tests/ui/test-layout
tests_ui_test_commands_SOURCES = tests/ui/test-commands.c
tests_ui_test_commands_LDADD = $(TEST_LIBS)
tests_ui_test_layout_SOURCES = tests/ui/test-layout.c
tests_ui_test_layout_LDADD = $(TEST_LIBS)
