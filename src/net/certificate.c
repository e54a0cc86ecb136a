#include "config.h"

#include "net/tls_private.h"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "base/i18n.h"

#define NAMES_MAX 100

static char *name_words(const X509_NAME *name)
{
    BIO *bio = BIO_new(BIO_s_mem());
    char *data = NULL;
    char *words;
    long length;

    /* RFC 2253 order and quoting, but UTF-8 as it is and not as backslashes. */
    X509_NAME_print_ex(bio, name, 0, (XN_FLAG_RFC2253 | ASN1_STRFLGS_UTF8_CONVERT) & ~ASN1_STRFLGS_ESC_MSB);
    length = BIO_get_mem_data(bio, &data);
    words = g_utf8_make_valid(data ? data : "", length > 0 ? length : 0);
    BIO_free(bio);
    return words;
}

static gint64 time_seconds(const ASN1_TIME *time)
{
    struct tm tm = { 0 };
    g_autoptr(GDateTime) date = NULL;

    if (!ASN1_TIME_to_tm(time, &tm))
        return 0;
    date = g_date_time_new_utc(tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min,
                               (gdouble)tm.tm_sec);
    return date ? g_date_time_to_unix(date) : 0;
}

static char *alternative_words(const GENERAL_NAME *name)
{
    if (name->type == GEN_DNS) {
        const ASN1_IA5STRING *text = name->d.dNSName;
        g_autofree char *valid =
            g_utf8_make_valid((const char *)ASN1_STRING_get0_data(text), ASN1_STRING_length(text));

        return g_strconcat("DNS:", valid, NULL);
    }
    if (name->type == GEN_IPADD) {
        const ASN1_OCTET_STRING *bytes = name->d.iPAddress;
        char text[INET6_ADDRSTRLEN];
        int family = ASN1_STRING_length(bytes) == 4 ? AF_INET : AF_INET6;

        if (family == AF_INET6 && ASN1_STRING_length(bytes) != 16)
            return NULL;
        if (!inet_ntop(family, ASN1_STRING_get0_data(bytes), text, sizeof text))
            return NULL;
        return g_strconcat("IP:", text, NULL);
    }
    return NULL;
}

static GPtrArray *alternative_names(X509 *certificate)
{
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    GENERAL_NAMES *found = X509_get_ext_d2i(certificate, NID_subject_alt_name, NULL, NULL);

    for (int i = 0; i < sk_GENERAL_NAME_num(found) && names->len < NAMES_MAX; i++) {
        char *words = alternative_words(sk_GENERAL_NAME_value(found, i));

        if (words)
            g_ptr_array_add(names, words);
    }
    GENERAL_NAMES_free(found);
    return names;
}

static char *digest_words(X509 *certificate)
{
    guint8 digest[EVP_MAX_MD_SIZE];
    guint length = 0;
    GString *words = g_string_new(NULL);

    X509_digest(certificate, EVP_sha256(), digest, &length);
    for (guint i = 0; i < length; i++)
        g_string_append_printf(words, "%02x", digest[i]);
    return g_string_free(words, FALSE);
}

TlsCertificateInfo *tls_certificate_info_new(X509 *certificate)
{
    TlsCertificateInfo *info = g_new0(TlsCertificateInfo, 1);

    info->subject = name_words(X509_get_subject_name(certificate));
    info->issuer = name_words(X509_get_issuer_name(certificate));
    info->names = alternative_names(certificate);
    info->not_before = time_seconds(X509_get0_notBefore(certificate));
    info->not_after = time_seconds(X509_get0_notAfter(certificate));
    info->sha256 = digest_words(certificate);
    ERR_clear_error();
    return info;
}

static gpointer copy_string(gconstpointer text, gpointer user_data)
{
    (void)user_data;
    return g_strdup(text);
}

TlsCertificateInfo *tls_certificate_info_copy(const TlsCertificateInfo *info)
{
    TlsCertificateInfo *copy;

    if (!info)
        return NULL;
    copy = g_memdup2(info, sizeof *info);
    copy->subject = g_strdup(info->subject);
    copy->issuer = g_strdup(info->issuer);
    copy->names = g_ptr_array_copy(info->names, copy_string, NULL);
    g_ptr_array_set_free_func(copy->names, g_free);
    copy->sha256 = g_strdup(info->sha256);
    copy->problem = g_strdup(info->problem);
    return copy;
}

void tls_certificate_info_free(TlsCertificateInfo *info)
{
    if (!info)
        return;
    g_free(info->subject);
    g_free(info->issuer);
    g_ptr_array_unref(info->names);
    g_free(info->sha256);
    g_free(info->problem);
    g_free(info);
}

static char *date_words(gint64 seconds)
{
    g_autoptr(GDateTime) date = g_date_time_new_from_unix_utc(seconds);

    return date ? g_date_time_format(date, "%Y-%m-%d") : g_strdup("?");
}

static TlsTrouble trouble_of(int code)
{
    switch (code) {
    case X509_V_OK:
        return TLS_TROUBLE_NONE;
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
        return TLS_TROUBLE_WRONG_NAME;
    case X509_V_ERR_CERT_HAS_EXPIRED:
        return TLS_TROUBLE_EXPIRED;
    case X509_V_ERR_CERT_NOT_YET_VALID:
        return TLS_TROUBLE_NOT_YET_VALID;
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
        return TLS_TROUBLE_SELF_SIGNED;
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
        return TLS_TROUBLE_UNKNOWN_ISSUER;
    case X509_V_ERR_CERT_REVOKED:
        return TLS_TROUBLE_REVOKED;
    default:
        return TLS_TROUBLE_OTHER;
    }
}

static char *trouble_words(int code, const char *host, const TlsCertificateInfo *info)
{
    g_autofree char *date = NULL;

    switch (info->trouble) {
    case TLS_TROUBLE_WRONG_NAME:
        return g_strdup_printf(_("it is not for %s"), host);
    case TLS_TROUBLE_EXPIRED:
        date = date_words(info->not_after);
        return g_strdup_printf(_("it or one that it depends on has expired (its own date is %s)"), date);
    case TLS_TROUBLE_NOT_YET_VALID:
        date = date_words(info->not_before);
        return g_strdup_printf(_("it is valid only from %s on (is this computer's clock right?)"), date);
    case TLS_TROUBLE_SELF_SIGNED:
        return g_strdup(_("it is self-signed"));
    case TLS_TROUBLE_UNKNOWN_ISSUER:
        return g_strdup(_("its issuer is not known to this computer"));
    case TLS_TROUBLE_REVOKED:
        return g_strdup(_("it was revoked"));
    default:
        return g_strdup(X509_verify_cert_error_string(code));
    }
}

void tls_certificate_info_judge(TlsCertificateInfo *info, int code, const char *host)
{
    info->trouble = trouble_of(code);
    g_free(info->problem);
    info->problem = info->trouble != TLS_TROUBLE_NONE ? trouble_words(code, host, info) : NULL;
}

/* Strict: anything but hexadecimal digits and colons makes it unequal to everything. */
static char *digest_normal(const char *digest)
{
    GString *normal = g_string_new(NULL);

    for (; *digest; digest++) {
        if (g_ascii_isxdigit(*digest))
            g_string_append_c(normal, g_ascii_tolower(*digest));
        else if (*digest != ':')
            g_string_append_c(normal, '?');
    }
    return g_string_free(normal, FALSE);
}

gboolean tls_digest_equal(const char *one, const char *other)
{
    g_autofree char *a = digest_normal(one);
    g_autofree char *b = digest_normal(other);

    return strlen(a) == 64 && strcmp(a, b) == 0 && !strchr(a, '?');
}

char *tls_library_words(void)
{
    unsigned long code = ERR_peek_last_error();
    const char *reason = code ? ERR_reason_error_string(code) : NULL;
    char *words;

    if (reason)
        words = g_utf8_make_valid(reason, -1);
    else if (code && ERR_SYSTEM_ERROR(code))
        words = g_strdup(g_strerror(ERR_GET_REASON(code)));
    else
        words = g_strdup(_("no reason given"));
    ERR_clear_error();
    return words;
}
