"""Logging in to a real Dovecot by each mechanism that it has: tokens (JWT, validated by it), client certificates, and passwords."""

import base64
import hashlib
import hmac
import json
import os
import tempfile
import time

from support import tap
from support.bag import Bag
from support.certificates import Authority
from support.servers.cyrus import Cyrus
from support.servers.dovecot import Dovecot
from support.servers.kerberos import Kerberos

KEY = b"a key of the test that signs tokens"


def segment(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=")


def token(user="test", seconds=3600):
    """A JSON Web Token as an identity provider gives it; negative seconds: it has expired."""
    now = int(time.time())
    head = {"typ": "JWT", "alg": "HS256"}
    claims = {"sub": user, "iat": now - 7200, "nbf": now - 7200, "exp": now + seconds, "azp": "malle", "aud": "malle", "scope": "mail"}
    text = segment(json.dumps(head).encode()) + b"." + segment(json.dumps(claims).encode())
    return (text + b"." + segment(hmac.new(KEY, text, hashlib.sha256).digest())).decode()


def directory():
    path = tap.keep(tempfile.TemporaryDirectory(prefix="malle-login-"))
    os.chmod(path, 0o755)
    return path


def oauth_server(mechanisms):
    """Dovecot that validates tokens itself (introspection_mode = local), with the key of this test."""
    place = directory()
    keys = os.path.join(place, "keys", "malle", "HS256")
    os.makedirs(keys)
    with open(os.path.join(keys, "default"), "wb") as file:
        file.write(base64.b64encode(KEY))
    options = os.path.join(place, "oauth2.conf")
    with open(options, "w") as file:
        file.write("introspection_mode = local\nlocal_validation_key_dict = fs:posix:prefix=%s/keys/\n"
                   "username_attribute = sub\nscope = mail\n" % place)
    extra = "passdb {\n  driver = oauth2\n  mechanisms = xoauth2 oauthbearer\n  args = %s\n}\n" % options
    return Dovecot(mechanisms=mechanisms + " plain", extra=extra)


def token_bag(server, tokens, security="imaps"):
    """A bag whose token-command prints the next line of tokens at each run."""
    place = directory()
    with open(os.open(os.path.join(place, "tokens"), os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
        file.write("\n".join(tokens) + "\n")
    script = os.path.join(place, "command")
    with open(script, "w") as file:
        file.write("#!/bin/sh\ncd %s\necho x >>runs\nsed -n \"$(wc -l <runs)p\" tokens\n" % place)
    os.chmod(script, 0o700)
    bag = Bag(server, security=security, password=None, account="token-command = " + script)
    bag.runs = lambda: len(open(os.path.join(place, "runs")).readlines())
    return bag


def test_tokens():
    """OAUTHBEARER and XOAUTH2 with tokens that Dovecot checks: log-in, synchronisation, no trace of the token"""
    for mechanism in ("oauthbearer", "xoauth2"):
        good = token()
        with oauth_server(mechanism) as server, token_bag(server, [good] * 9) as bag:
            found = json.loads(bag.run("doctor", "--json"))[0]
            tap.equal((found["ok"], found["mechanism"]), (True, mechanism.upper()))
            bag.run("sync")
            for folder, _, names in os.walk(bag.home):
                for name in names:
                    with open(os.path.join(folder, name), "rb") as file:
                        assert good.encode() not in file.read(), "the token stands in " + name


def test_set_up_with_a_token():
    """account set-up on the screen, with a token command: tried by OAUTHBEARER, saved, and the token itself in no file"""
    good = token()
    with oauth_server("oauthbearer") as server, token_bag(server, [good] * 9, security="imap+insecure") as bag:
        script = bag.more.split(" = ")[1]
        os.remove(bag.accounts_file)
        with bag.screen() as screen:
            screen.until("There is no account yet")
            screen.keys("a")
            screen.until("or a token command")
            screen.type("test@example.org")
            screen.keys("Down", "Down", "^U")
            screen.type("127.0.0.1:%d" % server.port)
            screen.keys("Down", "Space", "Space")
            screen.until("can be read on the way")
            screen.keys("Down", "^U")
            screen.type("test")
            screen.keys("Down", "Down", "Down")
            screen.until("providers that take no passwords")
            screen.type(script)
            screen.keys("Down", "Enter")
            screen.until("the account is saved")
        with open(bag.accounts_file) as file:
            written = file.read()
        assert "token-command = " + script in written and "password" not in written and good not in written, written


def test_expired_token():
    """a token that has expired: one new one is got, and the log-in goes through; two expired ones are told"""
    old, good = token(seconds=-60), token()
    for mechanism in ("oauthbearer", "xoauth2"):
        with oauth_server(mechanism) as server:
            with token_bag(server, [old, good]) as bag:
                bag.run("sync")
                tap.equal(bag.runs(), 2)
            with token_bag(server, [old] * 9) as bag:
                result = bag.try_run("sync")
                assert result.code != 0 and "token" in result.err, result
                tap.equal(bag.runs(), 2)
            with token_bag(server, [old] * 9) as bag:
                result = bag.try_run("doctor")
                tap.equal(result.code, 77, result.out)
                assert "token" in result.out and old not in result.out + result.err, result


def test_token_of_another():
    """a token for somebody else does not open this mailbox, and is not tried as a password"""
    with oauth_server("oauthbearer xoauth2") as server, token_bag(server, [token(user="eve")] * 9) as bag:
        tap.equal(bag.try_run("doctor").code, 77)
        assert "method=PLAIN" not in server.log(), server.log()


def test_password_mechanisms():
    """each password mechanism under TLS and, where the account says so, without it"""
    for mechanism in ("SCRAM-SHA-256", "SCRAM-SHA-1", "CRAM-MD5", "PLAIN", "LOGIN"):
        with Dovecot(mechanisms=mechanism.lower()) as server:
            for security in ("imaps", "imap", "imap+insecure"):
                with Bag(server, security=security) as bag:
                    found = json.loads(bag.run("doctor", "--json"))[0]
                    tap.equal((found["ok"], found["mechanism"], found["encrypted"]), (True, mechanism, security != "imap+insecure"))


def certificate_server(authority):
    extra = ("ssl_ca = <%s\nssl_require_crl = no\nssl_verify_client_cert = yes\nauth_ssl_username_from_cert = yes\n"
             "passdb {\n  driver = static\n  args = nopassword=y\n  mechanisms = external\n}\n" % authority.certificate)
    return Dovecot(mechanisms="external plain", extra=extra)


def client_certificate(authority, mode=0o600, subject="/CN=test", signer=None):
    certificate, key = (signer or authority).server("client%o%d" % (mode, len(subject)), subject=subject)
    path = os.path.join(directory(), "client.pem")
    with open(path, "w") as file:
        file.write(open(certificate).read() + open(key).read())
    os.chmod(path, mode)
    return path


def test_client_certificate():
    """EXTERNAL: the certificate alone logs in, by TLS from the first byte and by STARTTLS"""
    authority = Authority(os.path.join(directory(), "clients"), name="Malle test authority for clients")
    with certificate_server(authority) as server:
        pem = client_certificate(authority)
        for security in ("imaps", "imap"):
            with Bag(server, security=security, password=None, account="client-certificate = " + pem) as bag:
                found = json.loads(bag.run("doctor", "--json"))[0]
                tap.equal((found["ok"], found["mechanism"]), (True, "EXTERNAL"))
                bag.run("sync")


def test_client_certificate_that_others_read():
    """a key that others can read is not used: nothing is sent, and the words say what to do"""
    authority = Authority(os.path.join(directory(), "clients"), name="Malle test authority for clients")
    with certificate_server(authority) as server:
        pem = client_certificate(authority, mode=0o644)
        with Bag(server, security="imaps", password=None, account="client-certificate = " + pem) as bag:
            result = bag.try_run("doctor")
            tap.equal(result.code, 78, result.out)
            assert "chmod 600" in result.out + result.err, result


def test_client_certificate_of_a_stranger():
    """a certificate that the server does not know: the password is used where there is one, else words"""
    authority = Authority(os.path.join(directory(), "clients"), name="Malle test authority for clients")
    stranger = Authority(os.path.join(directory(), "strangers"), name="Nobody's authority")
    with certificate_server(authority) as server:
        pem = client_certificate(authority, signer=stranger)
        with Bag(server, security="imaps", account="client-certificate = " + pem) as bag:
            found = json.loads(bag.run("doctor", "--json"))[0]
            tap.equal((found["ok"], found["mechanism"]), (True, "PLAIN"))
        with Bag(server, security="imaps", password=None, account="client-certificate = " + pem) as bag:
            tap.equal(bag.try_run("doctor").code, 77)


# --- Kerberos --------------------------------------------------------------------------------------------


def kerberos_server(realm, mechanisms="gssapi plain"):
    environment = realm.environment()
    extra = ("import_environment = $import_environment KRB5_CONFIG=%s KRB5RCACHENAME=none:\nauth_gssapi_hostname = localhost\n"
             "auth_krb5_keytab = %s\n" % (environment["KRB5_CONFIG"], realm.keytab))
    return Dovecot(mechanisms=mechanisms, extra=extra)


class KerberosBag(Bag):
    def __init__(self, server, realm, **options):
        super().__init__(server, security="imaps", password=None, account="kerberos = yes", **options)
        self.realm = realm

    def environment(self):
        return {**super().environment(), **self.realm.environment()}


def test_kerberos():
    """GSSAPI: a ticket logs in to a real Dovecot by a real key distribution centre, and without one nothing is asked or sent"""
    with Kerberos() as realm, kerberos_server(realm) as server, KerberosBag(server, realm) as bag:
        realm.log_in()
        found = json.loads(bag.run("doctor", "--json"))[0]
        if "GSSAPI" not in str(found["mechanism"]):
            tap.equal(found["mechanism"], "GSSAPI", found["error"])
        bag.run("sync")
        realm.log_out()
        result = bag.try_run("doctor")
        assert result.code != 0 and "kinit" in result.out + result.err, result


def test_kerberos_centre_gone():
    """the key distribution centre does not answer: words, and no waiting without end"""
    with Kerberos() as realm, kerberos_server(realm) as server, KerberosBag(server, realm) as bag:
        realm.log_in()
        realm.stop()
        result = bag.try_run("doctor")
        assert result.code != 0 and "kinit" in result.out + result.err, result


def test_kerberos_not_offered():
    """a server without GSSAPI: no other way is tried"""
    with Kerberos() as realm, kerberos_server(realm, "plain") as server, KerberosBag(server, realm) as bag:
        realm.log_in()
        result = bag.try_run("doctor")
        tap.equal(result.code, 77, result.out)
        assert "Kerberos" in result.out, result.out


PLUS = "SCRAM-SHA-256-PLUS SCRAM-SHA-1-PLUS SCRAM-SHA-256 SCRAM-SHA-1"


def test_bound_to_the_channel():
    """Cyrus: SCRAM-SHA-256-PLUS, bound to the TLS 1.2 connection by tls-unique; by STARTTLS too"""
    with Cyrus(mechanisms=PLUS, tls_versions="tls1_2") as server:
        for security in ("imaps", "imap"):
            with Bag(server, security=security) as bag:
                found = bag.json("doctor", "--json")[0]
                tap.equal((found["tls_version"], found["mechanism"]), ("TLSv1.2", "SCRAM-SHA-256-PLUS"))
                bag.run("sync")
        assert "badlogin" not in server.log(), server.log()
        assert "SCRAM-SHA-256" in server.log(), server.log()


def test_bound_otherwise():
    """Cyrus wants tls-unique of TLS 1.3, which has none: the refused binding is tried once without, and logs in"""
    with Cyrus(mechanisms=PLUS, tls_versions="tls1_3") as server, Bag(server, security="imaps") as bag:
        found = bag.json("doctor", "--json")[0]
        tap.equal((found["tls_version"], found["mechanism"]), ("TLSv1.3", "SCRAM-SHA-256"))
        tap.equal(server.log().count("badlogin"), 1, "refused once")
        assert "Expected: tls-unique, received: tls-exporter" in server.log(), server.log()
        bag.run("sync")


if __name__ == "__main__":
    tap.main()
