# Sources of src/model; see doc/internals/rooms.md for what belongs here.
libmalle_a_SOURCES += src/model/queue.h src/model/model.h src/model/mailbox_tree.h src/model/list.h \
	src/model/message.h src/model/actions.h src/model/wire.h
