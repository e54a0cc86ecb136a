"""POP3 and protection (S1–S12): without it no password leaves, what came before it is nobody's word, and half a letter is none."""

from support import tap
from support.certificates import Authority
from support.popbag import PopBag, letter
from support.scripted_server import ScriptedServer
from engine.poppy import Poppy

import json
import os
import tempfile

SECRET = "secret"


class Stls(Poppy):
    """Offers STLS, and does with it what `how` says."""

    def __init__(self, letters, how, authority):
        super().__init__(letters)
        self.how, self.pair = how, authority
        self.encrypted = False

    def session(self, link):
        self.encrypted = False
        super().session(link)

    def answer(self, link, verb, number, words, listed, marked):
        if verb == "CAPA" and not self.encrypted:
            link.send("+OK", "USER", "PIPELINING", *(() if self.how == "missing" else ("STLS",)), "X-CLEAR", ".")
        elif verb == "STLS":
            self.stls(link)
        else:
            super().answer(link, verb, number, words, listed, marked)

    def stls(self, link):
        if self.how == "refused":
            link.send("-ERR no")
        elif self.how == "odd":
            link.send("* maybe")
        elif self.how == "injected":
            link.raw(b"+OK go\r\n+OK\r\nUSER\r\n.\r\n")
            link.hang()
        else:
            link.send("+OK go")
            link.starttls()
            self.encrypted = True


def served(how, code, expected):
    authority = Authority(tap.keep(tempfile.TemporaryDirectory(prefix="malle-pop-")))
    server = Stls([("u", letter("a"))], how, authority)
    with server.listen(certificate=authority.server()) as address:
        address.ca_file = authority.certificate
        address.pop_tls_port = None
        with PopBag(address, security="pop3", policy="delete") as bag:
            result = bag.sync(code)
            assert expected.lower() in result.err.lower(), (how, result)
            if code:
                assert not [line for line in server.heard if line.startswith(("USER", "PASS", "AUTH", "APOP"))], server.heard
                tap.equal(bag.paths(), [])
                assert "X-CLEAR" not in result.err
            return server, bag.paths()


def test_stls_missing():
    """S1: no STLS among the capabilities: no password leaves"""
    served("missing", 77, "does not offer STLS")


def test_stls_refused():
    """S2: STLS is refused: no password leaves"""
    served("refused", 77, "refuses STLS")


def test_stls_answered_oddly():
    """S2: an answer that is none: no password leaves"""
    served("odd", 75, "does not answer as a POP3 server")


def test_injected():
    """S4: octets behind the answer to STLS end the connection"""
    served("injected", 77, "nothing of that data was used")


def test_stls_works():
    """S5: with STLS the capabilities are asked again, and what was said before counts no more"""
    server, paths = served("works", 0, "")
    tap.equal((server.count("CAPA"), len(paths), server.letters), (2, 1, []))


def test_words_in_clear():
    """S6: what a greeting says before protection is not shown as the server's word"""
    def script(link):
        link.send("-ERR [SYS/PERM] call this number: 555")
        link.close()
    with ScriptedServer(script) as address:
        address.user, address.password, address.pop_port, address.pop_tls_port = "test", SECRET, address.port, None
        with PopBag(address, security="pop3") as bag:
            assert "555" not in bag.sync(75).err


def test_certificates():
    """S10: a certificate for another host, one that is expired, one of a stranger: nothing is sent"""
    authority = Authority(tap.keep(tempfile.TemporaryDirectory(prefix="malle-pop-")))
    stranger = Authority(tap.keep(tempfile.TemporaryDirectory(prefix="malle-pop-")), "Somebody else")
    server = Poppy([("u", letter("a"))])
    with server.listen(certificate=stranger.server(), tls=True) as address:
        address.ca_file, address.pop_tls_port = authority.certificate, address.port
        with PopBag(address, security="pop3s") as bag:
            assert "not trusted" in bag.sync(77).err
            tap.equal((server.heard, bag.paths()), ([], []))


class Breaking(Poppy):
    def retr(self, link, number, octets):
        if number == 2:
            link.raw(b"+OK\r\n" + octets[:len(octets) // 2])
            link.close()        # without close_notify
        super().retr(link, number, octets)


def test_truncated_stream():
    """S11: a connection that ends in the middle of a letter leaves no half of it, and nothing is deleted"""
    authority = Authority(tap.keep(tempfile.TemporaryDirectory(prefix="malle-pop-")))
    server = Breaking([("a", letter("a")), ("b", letter("b"))])
    with server.listen(certificate=authority.server(), tls=True) as address:
        address.ca_file, address.pop_tls_port = authority.certificate, address.port
        with PopBag(address, security="pop3s", policy="delete") as bag:
            bag.sync(75)
            assert "b" not in bag.files(), bag.files()
            tap.equal((len(server.letters), server.count("DELE")), (2, 0))


class Apop(Poppy):
    def answer(self, link, verb, number, words, listed, marked):
        if verb == "APOP":
            import hashlib
            right = hashlib.md5(("<1.2@host>" + SECRET).encode()).hexdigest()
            link.send("+OK in" if words[1] == right else "-ERR no")
        elif verb == "PASS":
            link.send("-ERR only APOP")
        else:
            super().answer(link, verb, number, words, listed, marked)


def test_apop():
    """S9: on a line in clear the password is not shown where the server has APOP"""
    server = Apop([("u", letter("a"))], greeting="+OK ready <1.2@host>")
    with server.listen() as address, PopBag(address, policy="delete") as bag:
        bag.sync()
        tap.equal((server.count("APOP"), server.count("PASS"), server.letters), (1, 0, []))


def test_logged_in_before_protection():
    """S3: a server that behaves as if the log-in were done, before protection: nothing of it is used, nothing is sent but CAPA"""
    heard = []

    def script(link):
        link.send("+OK ready", "+OK maildrop has 2 messages", "1 100", "2 100", ".")
        while True:
            heard.append(link.line())
            link.send("+OK", "USER", ".")
    with ScriptedServer(script) as address:
        address.user, address.password, address.pop_port, address.pop_tls_port = "test", SECRET, address.port, None
        with PopBag(address, security="pop3") as bag:
            bag.sync(77)
            tap.equal((bag.paths(), [line for line in heard if line != "CAPA"]), ([], []))


def test_referrals():
    """S7: words that name another server are told, and nobody goes there"""
    other = Poppy([("u", letter("elsewhere"))])

    class Referring(Poppy):
        def log_in(self, link, words):
            link.send("-ERR [REFERRAL pop://test@127.0.0.1:%d/] go there" % self.elsewhere)
    server = Referring([("u", letter("a"))])
    with other.listen() as there, server.listen() as address:
        server.elsewhere = there.port
        with PopBag(address) as bag:
            assert "go there" in bag.sync(77).err
            tap.equal((other.sessions, bag.paths()), (0, []))


def test_second_stls():
    """S8: STLS that is offered again under TLS is not taken; a second greeting ends the connection"""
    class Again(Stls):
        def answer(self, link, verb, number, words, listed, marked):
            if verb == "CAPA":
                link.send("+OK", "USER", "PIPELINING", "STLS", "UIDL", "TOP", ".")
            else:
                super().answer(link, verb, number, words, listed, marked)
    authority = Authority(tap.keep(tempfile.TemporaryDirectory(prefix="malle-pop-")))
    server = Again([("u", letter("a"))], "works", authority)
    with server.listen(certificate=authority.server()) as address:
        address.ca_file, address.pop_tls_port = authority.certificate, None
        with PopBag(address, security="pop3", policy="delete") as bag:
            bag.sync()
            tap.equal((server.count("STLS"), len(bag.paths())), (1, 1))
    twice = Poppy([("u", letter("a"))], greeting="+OK ready\r\n+OK ready once more")
    with twice.listen() as address, PopBag(address) as bag:
        bag.sync(75)
        tap.equal((bag.paths(), [line for line in twice.heard if line.startswith(("USER", "PASS"))]), ([], []))


def test_pinned():
    """S12: a certificate that was trusted is trusted for that server alone, and another one there is not"""
    authority = Authority(tap.keep(tempfile.TemporaryDirectory(prefix="malle-pop-")))
    first, second = authority.server("first", signed=False), authority.server("second", signed=False)
    server = Poppy([("u", letter("a"))])
    with server.listen(certificate=first, tls=True) as address:
        address.ca_file, address.pop_tls_port = None, address.port
        with PopBag(address, security="pop3s", policy="leave") as bag:
            assert "not trusted" in bag.sync(77).err
            digest = json.loads(bag.try_run("doctor", "--json").out)[0]["certificate"]["sha256"]
            state = os.path.join(bag.home, ".local", "state", "malle")
            os.makedirs(state, exist_ok=True)
            with open(os.path.join(state, "pins"), "w") as file:
                file.write("%s localhost %d %s\n" % (bag.name, address.port, digest))
            bag.sync()
            tap.equal(len(bag.paths()), 1)
            address.certificate = second
            sessions = server.sessions
            bag.sync(77)
            tap.equal(server.sessions, sessions, "nothing was said to who shows another one")


if __name__ == "__main__":
    tap.main()
