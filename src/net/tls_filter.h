/* Inside net: TLS as a filter on memory BIOs. It knows no socket, so that it runs over anything. */
#ifndef MALLE_NET_TLS_FILTER_H
#define MALLE_NET_TLS_FILTER_H

#include "net/layer.h"
#include "net/tls.h"

typedef struct TlsFilter TlsFilter;

/* The handshake's first bytes are ready in emit(). NULL and ERROR for unreadable files or an unusable name.
 */
TlsFilter *tls_filter_new(const TlsOptions *options, GError **error);
Filter *tls_filter_base(TlsFilter *filter);
/* The handshake is done and the certificate accepted. */
gboolean tls_filter_is_secured(const TlsFilter *filter);
const TlsInfo *tls_filter_info(const TlsFilter *filter);
const TlsCertificateInfo *tls_filter_certificate(const TlsFilter *filter);
GBytes *tls_filter_channel_binding(TlsFilter *filter, const char *kind);

TlsOptions *tls_options_copy(const TlsOptions *options);
/* NULL is allowed. */
void tls_options_free(TlsOptions *options);

#endif
