"""malle doctor against real servers, good and ill: what it says, and what it exits with."""

import json
import tempfile

from support import tap
from support.bag import Bag
from support.certificates import Authority
from support.process import free_ports
from support.scripted_server import ScriptedServer
from support.servers.dovecot import Dovecot
from support.servers.mailutils import Mailutils

dovecot = None


def server():
    global dovecot
    if dovecot is None:
        dovecot = tap.keep(Dovecot())
    return dovecot


def look(bag, code=0):
    result = bag.try_run("doctor", "--json")
    tap.equal(result.code, code, result.out + result.err)
    return json.loads(result.out)[0]


def test_tls():
    """TLS from the first byte: version, certificate, mechanism, extensions, round trips, mailboxes and roles"""
    with Bag(server(), security="imaps") as bag:
        found = look(bag)
        tap.equal(found["ok"], True)
        tap.equal(found["encrypted"], True)
        tap.equal(found["tls_version"], "TLSv1.3")
        tap.equal(found["mechanism"].split("-PLUS")[0], "SCRAM-SHA-256")
        assert "DNS:localhost" in found["certificate"]["names"], found["certificate"]
        tap.equal(found["certificate"]["problem"], None)
        for extension in ("IDLE", "UIDPLUS", "MOVE", "COMPRESS=DEFLATE", "CONDSTORE"):
            tap.equal(found["extensions"][extension], True, extension)
        assert found["round_trip_us"] and all(t > 0 for t in found["round_trip_us"])
        roles = {m["name"]: m["role"] for m in found["mailboxes"]}
        tap.equal(roles["Trash"], "trash")
        tap.equal(roles["Sent"], "sent")
        assert "INBOX" in roles
        words = bag.run("doctor")
        assert "TLSv1.3" in words and "Trash" in words and server().password not in words, words


def test_starttls():
    """STARTTLS is done, and said"""
    with Bag(server(), security="imap") as bag:
        found = look(bag)
        tap.equal((found["ok"], found["encrypted"], found["stage"]), (True, True, "done"))


def test_plain():
    """without TLS only where the account says so, and the words say what that means"""
    with Bag(server()) as bag:
        found = look(bag)
        tap.equal((found["ok"], found["encrypted"]), (True, False))
        assert "+insecure" in bag.run("doctor")


def test_bare_server():
    """GNU imap4d: everything works, and the words say what is missing"""
    with Mailutils() as bare, Bag(bare) as bag:
        found = look(bag)
        tap.equal((found["ok"], found["stage"]), (True, "done"))
        for extension in ("UIDPLUS", "MOVE", "COMPRESS=DEFLATE"):
            tap.equal(found["extensions"][extension], False, extension)


def test_wrong_password():
    """a wrong password: exit code 77, at the login"""
    with Bag(server(), security="imaps") as bag:
        bag.write_accounts(password="wrong")
        found = look(bag, code=77)
        tap.equal((found["ok"], found["stage"]), (False, "login"))
        assert found["error"]


def test_nobody_there():
    """nothing listens: exit code 75, since it may pass"""
    with Bag(server(), port=free_ports(1)[0]) as bag:
        result = bag.try_run("doctor", "--json")
        tap.equal(result.code, 75, result.out + result.err)
        tap.equal(json.loads(result.out)[0]["stage"], "connection")


def certificate_case(problem, **options):
    with tempfile.TemporaryDirectory() as directory:
        authority = Authority(directory)

        def never(link):
            raise AssertionError("a client that distrusts the certificate spoke IMAP")

        with ScriptedServer(never, certificate=authority.server(**options), tls=True) as one:
            one.user, one.password, one.tls_port = "test", "secret", one.port
            one.ca_file = authority.certificate
            with Bag(one, security="imaps") as bag:
                found = look(bag, code=76)
                tap.equal((found["ok"], found["stage"]), (False, "connection"), problem)
                assert found["certificate"]["sha256"] and found["certificate"]["problem"], found


def test_expired():
    """a certificate that has expired is refused before anything is said"""
    certificate_case("expired", days="-1")


def test_wrong_host():
    """a certificate for another host is refused, whatever its common name says"""
    certificate_case("wrong host", alternatives="DNS:elsewhere.example.org", subject="/CN=localhost")


def test_unknown_authority():
    """a self-signed certificate is refused"""
    certificate_case("self-signed", signed=False)


def test_starttls_missing():
    """a server without STARTTLS hears no password"""
    heard = []

    def script(link):
        link.send("* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] hello")
        while True:
            tag, text = link.request()
            heard.append(text)
            if text.upper().startswith("CAPABILITY"):
                link.send("* CAPABILITY IMAP4rev1 AUTH=PLAIN", tag + " OK done")
            else:
                link.send(tag + " BAD no")

    with ScriptedServer(script) as one:
        one.user, one.password = "test", "a-secret-that-must-not-be-sent"
        with Bag(one, security="imap") as bag:
            result = bag.try_run("doctor", "--json")
            tap.equal(result.code, 76, result.out + result.err)
            tap.equal(json.loads(result.out)[0]["ok"], False)
    assert not any("LOGIN" in h.upper() or "AUTHENTICATE" in h.upper() for h in heard), heard


def test_no_accounts():
    """no accounts file: exit code 78, and words on what to do"""
    with Bag() as bag:
        result = bag.try_run("doctor")
        tap.equal(result.code, 78, result.out + result.err)
        assert "accounts" in result.err, result.err


def test_bad_configuration():
    """a wrong line: file, line, what is wrong, and what was meant"""
    with Bag(server(), account="pasword-command = true") as bag:
        result = bag.try_run("doctor")
        assert "accounts:5" in result.err and "password-command" in result.err, result.err


if __name__ == "__main__":
    tap.main()
