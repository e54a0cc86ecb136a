/* Debian 12's OpenSMTPD (6.8) keeps its keys in a process of their own, and OpenSSL 3 does not ask that process: it
 * works on a copy that knows only the public half, and every TLS connection breaks ("EVP lib"). OpenSMTPD 7 puts the
 * key back after it took it; here that is done for 6.8, so that the server of the tests is the one people had. */
#define _GNU_SOURCE
#include <dlfcn.h>

typedef struct evp_pkey_st EVP_PKEY;
typedef struct rsa_st RSA;

RSA *EVP_PKEY_get1_RSA(EVP_PKEY *key)
{
    RSA *(*get)(EVP_PKEY *) = (RSA * (*) (EVP_PKEY *) ) dlsym(RTLD_NEXT, "EVP_PKEY_get1_RSA");
    int (*put)(EVP_PKEY *, RSA *) = (int (*)(EVP_PKEY *, RSA *)) dlsym(RTLD_DEFAULT, "EVP_PKEY_set1_RSA");
    RSA *rsa = get(key);
    if (rsa != 0 && put != 0)
        put(key, rsa);
    return rsa;
}
