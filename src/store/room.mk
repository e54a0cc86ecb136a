# Sources of src/store: the only room with SQLite.
libmalle_a_SOURCES += src/store/intent.h src/store/rows.h src/store/reader.h src/store/writer.h
