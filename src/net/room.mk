# Sources of src/net; see doc/internals/rooms.md for what belongs here.
libmalle_a_SOURCES += \
	src/net/certificate.c \
	src/net/connect.c src/net/connect.h \
	src/net/deflate.c \
	src/net/doorbell.c src/net/doorbell.h \
	src/net/error.c src/net/error.h \
	src/net/flights.c src/net/flights.h \
	src/net/layer.h \
	src/net/network.c src/net/network.h \
	src/net/watch.c src/net/watch.h \
	src/net/scripted.c src/net/scripted.h \
	src/net/service.c \
	src/net/socket.c src/net/socket.h \
	src/net/stream.c src/net/stream.h src/net/stream_private.h \
	src/net/stream_read.c \
	src/net/stream_write.c \
	src/net/tls.h src/net/tls_private.h \
	src/net/tls_binding.c \
	src/net/tls_context.c \
	src/net/tls_filter.c src/net/tls_filter.h
EXTRA_DIST += doc/internals/net.md doc/internals/tls.md
