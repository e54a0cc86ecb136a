"""Logging in, and what happens when a log-in does not hold: tokens that expire, servers that throttle, lists that were tampered with."""

import base64
import os
import tempfile
import threading

from driver import FLAGGED, Driver, Refused
from liar import Liar, letters
from support import tap
from support.certificates import Authority
from support.proxy import Proxy
from support.scripted_server import Closed, ScriptedServer
from support.servers.dovecot import Dovecot

WAITING, STOPPED = 3, 4


class Tokens:
    """A token-command that numbers what it prints, and the directory in which it counts."""

    def __init__(self, body="echo x >>$D/runs; echo token-$(wc -l <$D/runs)"):
        self.directory = tap.keep(tempfile.TemporaryDirectory(prefix="malle-token-"))
        self.script = os.path.join(self.directory, "command")
        with open(self.script, "w") as file:
            file.write("#!/bin/sh\nD=%s\nenv >$D/env\n%s\n" % (self.directory, body))
        os.chmod(self.script, 0o700)
        self.settings = "token-command = %s\n" % self.script

    def runs(self):
        try:
            with open(os.path.join(self.directory, "runs")) as file:
                return len(file.readlines())
        except FileNotFoundError:
            return 0


class TokenServer(Liar):
    """Takes the tokens in good, by OAUTHBEARER or XOAUTH2; what was presented stands in tokens, how its error was answered in answers."""

    def __init__(self, good, mechanisms="AUTH=OAUTHBEARER AUTH=XOAUTH2", **boxes):
        super().__init__("IMAP4rev1 SASL-IR %s" % mechanisms, **boxes)
        self.good, self.tokens, self.answers, self.mechanisms = set(good), [], [], []
        self.error = None

    def on_authenticate(self, link, tag, rest):
        mechanism, _, initial = rest.partition(" ")
        said = base64.b64decode(initial).decode()
        token = said.split("auth=Bearer ")[1].split("\x01")[0]
        self.tokens.append(token)
        self.mechanisms.append(mechanism)
        if token in self.good:
            link.send(tag + " OK in")
            return
        error = self.error if self.error is not None else b'{"status":"invalid_token","scope":"mail"}' if mechanism == "OAUTHBEARER" else b'{"status":"401","schemes":"bearer"}'
        link.send("+ " + base64.b64encode(error).decode())
        self.answers.append(link.line())
        link.send(tag + " NO [AUTHENTICATIONFAILED] no")


def words_of(engine, state):
    return [fact for fact in engine.facts if fact.startswith("state %d " % state)]


def test_token_refused_once():
    """a token that has expired: the error is answered by an empty message, one new token is made, one new log-in"""
    for mechanism, answer in (("OAUTHBEARER", "AQ=="), ("XOAUTH2", "")):
        tokens, server = Tokens(), TokenServer({"token-2"}, "AUTH=" + mechanism, INBOX=letters(2))
        with ScriptedServer(server) as at, Driver(at.port, password=None, settings=tokens.settings) as engine:
            engine("look", "INBOX")
            engine("rows")
            tap.equal(server.tokens, ["token-1", "token-2"])
            tap.equal(server.answers, [answer], mechanism)
            tap.equal(tokens.runs(), 2)
            tap.equal(words_of(engine, STOPPED), [])


def test_token_refused_twice():
    """two tokens that are refused: words for the person, and no third try until there is one asked for"""
    tokens, server = Tokens(), TokenServer({"token-4"}, INBOX=letters(1))
    with ScriptedServer(server) as at, Driver(at.port, password=None, settings=tokens.settings) as engine:
        said = engine("state", STOPPED)
        tap.equal(server.tokens, ["token-1", "token-2"])
        assert any("token" in fact and ":check" in fact for fact in said), said
        engine("check")
        engine("online")
        tap.equal(server.tokens, ["token-1", "token-2", "token-3", "token-4"])


def test_token_refused_in_words():
    """the error that the server puts into the challenge is told: what it calls it, and what the token would have to allow"""
    for error, words in ((b'{"status":"invalid_token","scope":"mail"}', "(invalid_token)"),
                         (b'{ "status" : "insufficient_scope", "scope":"https://mail.example/" }', "https://mail.example/"),
                         (b'{"status":"\x1b[31m"}', "may have expired"), (b'\xff\x00{', "may have expired"), (b'', "may have expired")):
        tokens, server = Tokens(), TokenServer(set(), INBOX=letters(1))
        server.error = error
        with ScriptedServer(server) as at, Driver(at.port, password=None, settings=tokens.settings) as engine:
            said = engine("state", STOPPED)
            assert any(words in fact for fact in said + engine.facts), (error, engine.facts)


def test_token_in_one_flight():
    """OAUTHBEARER and XOAUTH2 log in with one command and one flight"""
    for mechanism in ("OAUTHBEARER", "XOAUTH2"):
        tokens, server = Tokens(), TokenServer({"token-1"}, "AUTH=" + mechanism, INBOX=letters(1))
        with ScriptedServer(server) as at, Proxy(at.port) as link, Driver(link.port, password=None, settings=tokens.settings) as engine:
            engine("online")
            tap.equal(link.stats()["login"]["flights"], 1, mechanism)
            tap.equal(server.mechanisms, [mechanism])


def test_token_and_where_it_goes():
    """the command learns for whom it is asked; the token is in no environment, and never tried as a password"""
    tokens = Tokens()
    server = TokenServer({"token-1"}, "AUTH=PLAIN AUTH=LOGIN AUTH=SCRAM-SHA-256 AUTH=CRAM-MD5", INBOX=letters(1))
    with ScriptedServer(server) as at, Driver(at.port, password=None, settings=tokens.settings) as engine:
        said = engine("state", STOPPED)
        assert any("takes no tokens" in fact for fact in said), said
        tap.equal(server.sent("AUTHENTICATE") + server.sent("LOGIN"), [])
        with open(os.path.join(tokens.directory, "env")) as file:
            environment = file.read()
        assert "MALLE_HOST=127.0.0.1" in environment and "MALLE_USER=test" in environment, environment
        with open("/proc/%d/environ" % engine.process.pid) as file:
            assert "token-1" not in file.read()
        with open("/proc/%d/cmdline" % engine.process.pid) as file:
            assert "token-1" not in file.read()


def test_token_only_under_tls():
    """a token is shown to nobody on the way: STARTTLS that is missing or refused ends it"""
    for refusal in ("missing", "NO", "BAD"):
        tokens, heard = Tokens(), []

        def script(link):
            link.send("* OK [CAPABILITY IMAP4rev1 %s SASL-IR AUTH=OAUTHBEARER AUTH=XOAUTH2] hello" % ("" if refusal == "missing" else "STARTTLS"))
            while True:
                tag, text = link.request()
                heard.append(text)
                link.send("%s %s no" % (tag, refusal if refusal != "missing" else "BAD"))

        with ScriptedServer(script) as at, Driver(at.port, password=None, settings=tokens.settings, scheme="imap") as engine:
            engine("state", STOPPED)
        assert not [text for text in heard if "AUTHENTICATE" in text.upper()], heard


def test_token_made_once():
    """whoever asks while a token is being made waits for that one"""
    tokens = Tokens("echo x >>$D/runs; read line <$D/gate; echo token-1")
    os.mkfifo(os.path.join(tokens.directory, "gate"))
    server = TokenServer({"token-1"}, INBOX=letters(1))
    with ScriptedServer(server) as at, Driver(at.port, password=None, settings=tokens.settings) as engine:
        for _ in range(3):
            engine("check")
        engine("go", "offline")
        engine("go", "online")
        opener = threading.Thread(target=lambda: open(os.path.join(tokens.directory, "gate"), "w").write("go\n"))
        opener.start()
        engine("online")
        opener.join()
        tap.equal(tokens.runs(), 1)
        tap.equal(server.tokens, ["token-1"])


def test_expired_in_mid_session():
    """the server ends a session whose token has expired: one new token, one new log-in, and the decision is carried out"""
    tokens, server = Tokens(), TokenServer({"token-1", "token-2"}, INBOX=letters(3))

    def away(link, tag, text):
        link.send("* BYE Session invalidated - AccessTokenExpired")
        link.close()

    server.once("UID STORE", away)
    with ScriptedServer(server) as at, Driver(at.port, password=None, settings=tokens.settings) as engine:
        engine("look", "INBOX")
        engine("synced", "INBOX")
        engine("flags", "0", "+\\Flagged")
        engine("settle")
        tap.equal(server.tokens, ["token-1", "token-2"])
        tap.equal(tokens.runs(), 2)
        tap.equal([letter.number for letter in server.boxes["INBOX"].letters if "\\Flagged" in letter.flags], [3])
        assert engine.rows("INBOX")[0]["flags"] & FLAGGED


def test_expired_answers_no():
    """the same, said by NO to one command: the decision is not failed by it, and carried out once"""
    for words in ("NO [EXPIRED] log in again", "NO AccessTokenExpired", "BAD Session invalidated - AccessTokenExpired"):
        tokens, server = Tokens(), TokenServer({"token-1", "token-2"}, INBOX=letters(3))
        server.once("UID STORE", lambda link, tag, text: link.send("%s %s" % (tag, words)))
        with ScriptedServer(server) as at, Driver(at.port, password=None, settings=tokens.settings) as engine:
            engine("look", "INBOX")
            engine("synced", "INBOX")
            engine("flags", "0", "+\\Flagged")
            engine("settle")
            tap.equal(server.tokens, ["token-1", "token-2"], words)
            tap.equal(len([letter for letter in server.boxes["INBOX"].letters if "\\Flagged" in letter.flags]), 1)
            assert not [fact for fact in engine.facts if fact.startswith("intent") and "failed" in fact], engine.facts


def test_expired_again():
    """a server that says so again right after the new log-in: words, and no loop"""
    tokens, server = Tokens(), TokenServer({"token-%d" % n for n in range(9)}, INBOX=letters(1))
    server.on_select = lambda link, tag, rest: link.send(tag + " NO [EXPIRED] log in again")
    with ScriptedServer(server) as at, Driver(at.port, password=None, settings=tokens.settings) as engine:
        engine("look", "INBOX")
        said = engine("state", STOPPED)
        assert any("again right after a new login" in fact for fact in said), said
        tap.equal(server.tokens, ["token-1", "token-2"])


def test_password_expires_in_mid_session():
    """with a password the log-in is begun anew with the same one"""
    server = Liar("IMAP4rev1", INBOX=letters(2))
    server.once("UID STORE", lambda link, tag, text: link.send(tag + " NO [EXPIRED] log in again"))
    with ScriptedServer(server) as at, Driver(at.port) as engine:
        engine("look", "INBOX")
        engine("synced", "INBOX")
        engine("flags", "0", "+\\Flagged")
        engine("settle")
        tap.equal(len(server.sent("LOGIN")), 2)
        tap.equal(len([letter for letter in server.boxes["INBOX"].letters if "\\Flagged" in letter.flags]), 1)


def test_throttled():
    """Exchange's words of throttling are obeyed: nothing is sent for as long as it says, and no decision is lost"""
    for words, low, high in (("BAD Request is throttled. Suggested Backoff Time: 299961 milliseconds", 240, 301),
                             ("NO [THROTTLED] slower, please", 1, 61),
                             ("BAD Request is throttled. Suggested Backoff Time: 99999999999999999999999 milliseconds", 3500, 3601)):
        server = Liar("IMAP4rev1", INBOX=letters(2))
        server.once("UID STORE", lambda link, tag, text: link.send("%s %s" % (tag, words)))
        with ScriptedServer(server) as at, Driver(at.port) as engine:
            engine("look", "INBOX")
            engine("synced", "INBOX")
            engine("flags", "0", "+\\Flagged")
            said = engine("state", WAITING)
            assert any("asks us to wait" in fact for fact in said + engine.facts), engine.facts
            waits = [int(fact.split()[1]) for fact in engine.facts if fact.startswith("retry ")]
            assert low <= waits[-1] <= high, (words, waits)
            tap.equal(len(server.sent("UID STORE")), 1)
            engine("check")          # the person will not wait
            engine("settle")
            tap.equal(len([letter for letter in server.boxes["INBOX"].letters if "\\Flagged" in letter.flags]), 1)


def test_flights_of_each_mechanism():
    """what a log-in costs with a real server that takes initial responses"""
    costs = {"plain": 1, "login": 3, "cram-md5": 2, "scram-sha-1": 3, "scram-sha-256": 3}
    for mechanism, flights in costs.items():
        with Dovecot(mechanisms=mechanism) as dovecot, Proxy(dovecot.port) as link, Driver(link.port, offline=True) as engine:
            link.rtt(100)
            engine("go", "online")
            engine("listed")
            seen = link.stats()["flights"] - 1      # the list of mailboxes
            tap.note("%s: %d flights" % (mechanism, seen))
            tap.equal(seen, flights, mechanism)


def test_external_in_one_flight():
    """a certificate logs in with one command and one flight (what a real server makes of it: tests/interop/test_login.py)"""
    directory = tap.keep(tempfile.TemporaryDirectory(prefix="malle-external-"))
    authority = Authority(os.path.join(directory, "tls"))
    certificate, key = authority.server("client", subject="/CN=test")
    pem = os.path.join(directory, "client.pem")
    with open(os.open(pem, os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
        file.write(open(certificate).read() + open(key).read())
    server = Liar("IMAP4rev1 SASL-IR AUTH=EXTERNAL AUTH=PLAIN", INBOX=letters(1))
    server.on_authenticate = lambda link, tag, rest: link.send(tag + " OK in")
    with ScriptedServer(server, certificate=authority.server(), tls=True) as at, \
            Driver(at.port, password=None, scheme="imaps", host="localhost",
                   settings="client-certificate = %s\nca-file = %s\n" % (pem, authority.certificate)) as engine:
        engine("online")
        tap.equal(server.commands[0], "AUTHENTICATE EXTERNAL =")
    os.chmod(pem, 0o644)
    with ScriptedServer(server, certificate=authority.server(), tls=True) as at, \
            Driver(at.port, password=None, scheme="imaps", host="localhost",
                   settings="client-certificate = %s\nca-file = %s\n" % (pem, authority.certificate)) as engine:
        said = engine("state", STOPPED)
        assert any("chmod 600" in fact for fact in said + engine.facts), engine.facts


def test_external_refused_falls_back():
    """a certificate that only TLS wanted: the password logs in"""
    directory = tap.keep(tempfile.TemporaryDirectory(prefix="malle-external-"))
    authority = Authority(os.path.join(directory, "tls"))
    certificate, key = authority.server("client", subject="/CN=test")
    pem = os.path.join(directory, "client.pem")
    with open(os.open(pem, os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
        file.write(open(certificate).read() + open(key).read())
    server = Liar("IMAP4rev1 SASL-IR AUTH=EXTERNAL AUTH=PLAIN", INBOX=letters(1))
    server.on_authenticate = lambda link, tag, rest: link.send(tag + (" NO no" if "EXTERNAL" in rest else " OK in"))
    with ScriptedServer(server, certificate=authority.server(), tls=True) as at, \
            Driver(at.port, scheme="imaps", host="localhost",
                   settings="client-certificate = %s\nca-file = %s\n" % (pem, authority.certificate)) as engine:
        engine("online")
        tap.equal([command.split()[1] for command in server.sent("AUTHENTICATE")], ["EXTERNAL", "PLAIN"])


def test_the_strongest_first():
    """of all that is offered the strongest is taken, in any order of the offer"""
    strength = ["SCRAM-SHA-256", "SCRAM-SHA-1", "CRAM-MD5", "PLAIN", "LOGIN"]
    while strength:
        server = Liar("IMAP4rev1 SASL-IR " + " ".join("AUTH=" + name for name in reversed(strength)), INBOX=[])
        chosen = []

        def authenticate(link, tag, rest):
            chosen.append(rest.split()[0])
            link.send(tag + " NO [AUTHENTICATIONFAILED] no")

        server.on_authenticate = authenticate
        with ScriptedServer(server) as at, Driver(at.port) as engine:
            engine("state", STOPPED)
            tap.equal(chosen, [strength[0]])
        strength.pop(0)


def test_offer_after_tls_counts():
    """S9: mechanisms announced before TLS are forgotten, those after it are used"""
    directory = tap.keep(tempfile.TemporaryDirectory(prefix="malle-offer-"))
    authority = Authority(os.path.join(directory, "tls"))
    server = Liar("IMAP4rev1 SASL-IR AUTH=SCRAM-SHA-256", INBOX=[])
    chosen = []

    def authenticate(link, tag, rest):
        chosen.append(rest.split()[0])
        link.send(tag + " NO [AUTHENTICATIONFAILED] no")

    server.on_authenticate = authenticate

    def script(link):
        link.send("* OK [CAPABILITY IMAP4rev1 STARTTLS AUTH=PLAIN AUTH=LOGIN] hello")
        link.send(link.command("STARTTLS") + " OK begin")
        link.starttls()
        server.serve(link)

    with ScriptedServer(script, certificate=authority.server()) as at, \
            Driver(at.port, scheme="imap", host="localhost", settings="ca-file = %s\n" % authority.certificate) as engine:
        engine("state", STOPPED)
        tap.equal(chosen, ["SCRAM-SHA-256"])


def test_login_disabled():
    """S9: where LOGIN is disabled and nothing else is offered, no password leaves, not even with +insecure"""
    server = Liar("IMAP4rev1 LOGINDISABLED", INBOX=[])
    with ScriptedServer(server) as at, Driver(at.port) as engine:
        said = engine("state", STOPPED)
        assert any("No password was sent" in fact for fact in said), said
        tap.equal([command for command in server.commands if "secret" in command or "LOGIN" in command.upper()], [])


def challenge_case(challenge, mechanism, expected="*"):
    """What is answered to a challenge that no server of good will sends; then the server says NO."""
    server, answers = Liar("IMAP4rev1 AUTH=" + mechanism, INBOX=[]), []

    def authenticate(link, tag, rest):
        link.send("+ ")
        answers.append(link.line())
        link.raw(b"+ " + challenge + b"\r\n")
        answers.append(link.line())
        link.send(tag + " BAD cancelled")

    def authenticate_server_first(link, tag, rest):
        link.raw(b"+ " + challenge + b"\r\n")
        answers.append(link.line())
        link.send(tag + " BAD cancelled")

    server.on_authenticate = authenticate if mechanism.startswith(("SCRAM", "PLAIN")) else authenticate_server_first
    with ScriptedServer(server) as at, Driver(at.port) as engine:
        try:
            engine("state", STOPPED)
        except Refused:
            pass
    assert answers[-1] == expected, (mechanism, challenge[:40], answers)
    tap.equal(server.sent("LOGIN "), [], "a password after " + mechanism)


def test_hostile_challenges():
    """S24: a challenge that is not base64, far too long, empty, out of order: cancelled, and no weaker log-in is tried"""
    for mechanism in ("SCRAM-SHA-256", "SCRAM-SHA-1", "CRAM-MD5"):
        challenge_case(b"!!!not base64", mechanism)
        challenge_case(b"QUJ", mechanism)
        challenge_case(b"QUJD" * 30000, mechanism)
    challenge_case(b"", "CRAM-MD5")
    challenge_case(base64.b64encode(b"r=short,s=QSXCR+Q6sek8bf92,i=4096"), "SCRAM-SHA-256")
    challenge_case(base64.b64encode(b"v=rmF9pqV8S7suAoZWja4dJRkFsKQ="), "SCRAM-SHA-1")


if __name__ == "__main__":
    tap.main()
