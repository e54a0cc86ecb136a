#include "config.h"

#include "engine/tls_options.h"

#include "engine/account.h"
#include "engine/pins.h"

void engine_tls_options(EngineAccount *account, const AccountUrl *url, TlsOptions *options)
{
    const Account *config = account->config;
    *options = (TlsOptions){
        .context = account->engine->tls,
        .host = url->host,
        .port = url->port,
        .account = config->name,
        .ca_file = config->ca_file,
        .client_certificate = config->client_certificate,
        .pin_sha256 = pins_lookup(account->engine->pins, config->name, url->host, url->port),
    };
}
