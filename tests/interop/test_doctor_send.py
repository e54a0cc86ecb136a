"""malle doctor looks at the submission server as well: connection, certificate, log-in, with causes of their own."""

import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "engine"))

from mailer import Mailer
from support import process, tap
from support.bag import Bag
from support.scripted_server import ScriptedServer
from support.servers.submission import DovecotSubmission, Exim, OpenSmtpd, Postfix


def last(bag):
    """What is told of the submission server."""
    ran = bag.try_run("doctor", "--json")
    return json.loads(ran.out)[-1], ran.code


def good(dovecot, server):
    for scheme, port in (("smtp", server.submission_port), ("smtps", server.submission_tls_port)):
        line = "send = %s://%s@localhost:%d\nca-file = %s\n" % (scheme, server.user, port, server.ca_file)
        with Bag(dovecot, account=line) as bag:
            told, _ = last(bag)
            tap.equal((told["ok"], told["error"], told["encrypted"]), (True, None, True), "%s %s" % (server.name, scheme))
            assert told["mechanism"], told
            words = bag.try_run("doctor").out
            assert "sends by %s://" % scheme in words and told["mechanism"] in words, words


def test_good():
    """the real servers, both ways in: good, by the strongest mechanism"""
    with DovecotSubmission() as dovecot:
        good(dovecot, dovecot)
        for kind in (Postfix, Exim, OpenSmtpd):
            with kind() as server:
                good(dovecot, server)


def cause(dovecot, script, scheme="smtp+insecure", **server):
    with ScriptedServer(script, **server) as at:
        with Bag(dovecot, account="send = %s://ada@localhost:%d\n" % (scheme, at.port)) as bag:
            told, code = last(bag)
            assert code != 0, told
            assert told["error"] and told["advice"], told
            return told["cause"]


def test_causes():
    """each way in which it can be wrong has its cause"""
    def silence(link):
        link.send("* OK IMAP4rev1 here")
        link.nothing_more()

    def web(link):
        link.raw(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        link.nothing_more()

    def injected(link):
        mailer = Mailer(offers=["STARTTLS"])

        def starttls(link, _):
            link.raw(b"220 go on\r\n250 evil\r\n")
            link.nothing_more()
        mailer.on_starttls = starttls
        mailer(link)

    def no_starttls(link):
        class Refusing(Mailer):
            def on_starttls(self, link, _):
                link.send("454 4.7.0 not now")
        Refusing(offers=["STARTTLS"])(link)

    with DovecotSubmission() as dovecot:
        tap.equal(cause(dovecot, Mailer(auth="535 5.7.8 no")), "wrong-credentials")
        tap.equal(cause(dovecot, Mailer(auth="454 4.7.0 later")), "busy")
        tap.equal(cause(dovecot, Mailer(offers=["AUTH X-ODD"])), "no-mechanism")
        tap.equal(cause(dovecot, Mailer(greeting="554 5.3.2 closed")), "sent-away")
        tap.equal(cause(dovecot, silence), "not-submission")
        tap.equal(cause(dovecot, web), "web-server")
        tap.equal(cause(dovecot, Mailer(), scheme="smtp"), "starttls-missing")
        tap.equal(cause(dovecot, no_starttls, scheme="smtp"), "starttls-refused")
        tap.equal(cause(dovecot, injected, scheme="smtp"), "starttls-injected")
        with Bag(dovecot, account="send = smtps://ada@localhost:%d\n" % process.free_ports(1)[0]) as bag:
            tap.equal(last(bag)[0]["cause"], "refused")
        with Bag(dovecot, account="send = smtps://%s@localhost:%d\n" % (dovecot.user, dovecot.submission_tls_port)) as bag:
            assert last(bag)[0]["cause"].startswith("certificate"), last(bag)


if __name__ == "__main__":
    tap.main()
