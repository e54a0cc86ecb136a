# Tests of model.
MODEL_WORLD = tests/model/world.c tests/model/world.h
check_PROGRAMS += tests/model/test-list tests/model/test-model tests/model/test-compose
tests_model_test_list_SOURCES = tests/model/test-list.c $(MODEL_WORLD)
tests_model_test_list_LDADD = $(TEST_LIBS)
tests_model_test_model_SOURCES = tests/model/test-model.c $(MODEL_WORLD)
tests_model_test_model_LDADD = $(TEST_LIBS)
tests_model_test_compose_SOURCES = tests/model/test-compose.c $(MODEL_WORLD)
tests_model_test_compose_LDADD = $(TEST_LIBS)
