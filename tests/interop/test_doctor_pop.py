"""malle doctor looks at POP3 servers step by step, with causes, classes and exit codes of their own."""

import os
import sys
import json
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))

from engine.poppy import Poppy
from support import process, tap
from support.certificates import Authority
from support.popbag import PopBag, letter, put
from support.scripted_server import ScriptedServer
from support.servers.table import each

SERVERS = ("dovecot", "courier", "mailutils")
OK, TEMPORARY, UNAVAILABLE, PROTOCOL, NO_PERMISSION, NO_HOST, CONFIG = 0, 75, 69, 76, 77, 68, 78


def told(bag):
    ran = bag.try_run("doctor", "--json")
    return json.loads(ran.out)[0], ran.code


@each(only=SERVERS)
def test_good(server):
    """what a good server is, in words and as JSON; nothing is fetched or deleted"""
    put(server, "a", "b")
    for security in ("pop3s", "pop3+insecure"):
        with PopBag(server, security=security, policy="delete") as bag:
            found, code = told(bag)
            tap.equal((code, found["stage"], found["error"], found["letters"], found["encrypted"]), (OK, "done", None, 2, security == "pop3s"))
            assert found["octets"] > 100 and found["mechanism"], found
            words = bag.try_run("doctor").out
            assert "2 letters" in words and found["mechanism"] in words and "round trip" in words, words
            tap.equal(bag.paths(), [])
    with PopBag(server) as bag:
        bag.sync()
        tap.equal(len(bag.paths()), 2)


def serve(server, security="pop3+insecure", more="", password=None, **listening):
    with server.listen(**listening) as address:
        address.pop_tls_port = address.port
        with PopBag(address, security=security, more=more) as bag:
            if password is not None:
                bag.write_accounts(password)
            found, code = told(bag)
            if code:
                assert found["error"] and found["advice"], found
                assert "imap" not in (found["error"] + found["advice"]).lower(), found
            return found["cause"], found["class"], code, found


class Saying(Poppy):
    def __init__(self, words):
        super().__init__([("u", letter("a"))])
        self.words = words

    def log_in(self, link, words):
        link.send(self.words)


def test_refused_log_ins():
    """each reason for which a log-in is refused has its cause and exit code"""
    for words, cause, code in (("-ERR [AUTH] no", "wrong-credentials", NO_PERMISSION), ("-ERR no", "login-refused", NO_PERMISSION),
                               ("-ERR [IN-USE] busy", "busy", TEMPORARY), ("-ERR [LOGIN-DELAY] wait", "busy", TEMPORARY),
                               ("-ERR [SYS/TEMP] later", "busy", TEMPORARY), ("-ERR [SYS/PERM] broken", "contact-admin", NO_PERMISSION)):
        tap.equal(serve(Saying(words))[0:3:2], (cause, code), words)


class Stls(Poppy):
    def __init__(self, how):
        super().__init__([("u", letter("a"))], capabilities=() if how == "missing" else ("STLS",))
        self.how = how

    def answer(self, link, verb, number, words, listed, marked):
        if verb != "STLS":
            super().answer(link, verb, number, words, listed, marked)
        elif self.how == "injected":
            link.raw(b"+OK go\r\n+OK evil\r\n")
            link.hang()
        else:
            link.send("-ERR no")


def test_encryption():
    """S1, S2, S4, S10: STLS missing, refused, with a tail; a certificate of a stranger: the class is encryption, and no password leaves"""
    for how, cause in (("missing", "starttls-missing"), ("refused", "starttls-refused"), ("injected", "starttls-injected")):
        server = Stls(how)
        tap.equal(serve(server, "pop3")[:3], (cause, "encryption", PROTOCOL))
        tap.equal([line for line in server.heard if line.startswith(("USER", "PASS", "AUTH", "APOP"))], [])
    authority = Authority(tap.keep(tempfile.TemporaryDirectory(prefix="malle-pop-")))
    server = Poppy([("u", letter("a"))])
    found = serve(server, "pop3s", certificate=authority.server(), tls=True)
    tap.equal((found[1], found[2], server.heard), ("encryption", PROTOCOL, []))


def cause_of_script(script):
    with ScriptedServer(script) as address:
        address.user, address.password, address.pop_port, address.pop_tls_port = "test", "secret", address.port, None
        with PopBag(address) as bag:
            found, code = told(bag)
            return found["cause"], code


def test_what_answers():
    """a server of another kind, a web page, one that sends us away, and nobody"""
    def smtp(link):
        link.send("220 smtp.example.org ESMTP")
        link.nothing_more()

    def web(link):
        link.raw(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        link.nothing_more()

    def away(link):
        link.send("-ERR come back tomorrow")
        link.close()
    tap.equal(cause_of_script(smtp), ("not-pop", UNAVAILABLE))
    tap.equal(cause_of_script(web), ("web-server", UNAVAILABLE))
    tap.equal(cause_of_script(away), ("sent-away", TEMPORARY))
    port = process.free_ports(1)[0]
    server = Poppy()
    with server.listen() as address:
        with PopBag(address, port=port) as bag:
            found, code = told(bag)
            tap.equal((found["cause"], code), ("refused", TEMPORARY))


def test_notes():
    """LOGIN-DELAY and EXPIRE are told, and what the lack of UIDL, TOP and PIPELINING costs"""
    server = Poppy([("u", letter("a"))], without={"UIDL", "TOP", "PIPELINING"}, capabilities=("LOGIN-DELAY 900", "EXPIRE 30"))
    with server.listen() as address, PopBag(address) as bag:
        found, code = told(bag)
        tap.equal((code, [one["cause"] for one in found["findings"]]), (OK, ["login-delay", "expires"]))
        words = bag.try_run("doctor").out
        for expected in ("900 seconds between logins", "older than 30 days", "no UIDL", "no TOP", "no PIPELINING"):
            assert expected in words, (expected, words)


def test_nothing_to_log_in_with():
    """no mechanism that both sides have"""
    server = Poppy([("u", letter("a"))], without={"USER"}, capabilities=("SASL X-ODD",))
    tap.equal(serve(server)[:3], ("no-mechanism", "login", NO_PERMISSION))


if __name__ == "__main__":
    tap.main()
