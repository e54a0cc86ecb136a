# Sources of src/query: the query language.
libmalle_a_SOURCES += src/query/query.h src/query/node.h src/query/node.c src/query/text.c src/query/fields.c \
	src/query/range.c src/query/parse.c src/query/match.c src/query/texts.c src/query/format.c
EXTRA_DIST += doc/internals/query.md
