#!/usr/bin/env python3
"""send-command: a program in the place of a server, in the outbox's states; with msmtp, and with scripts for what it will not do."""

import json
import os
import signal
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from support import process, tap
from support.bag import Bag
from support.servers.submission import Postfix

ACCOUNT = """[account home]
name = Ada
address = ada@example.org
receive = maildir://%s/Mail
send-command = %s
"""
LETTER = b"From: Ada <ada@example.org>\nTo: bob@example.net\nBcc: dan@example.net\nSubject: x\nMessage-ID: <1@example.org>\n" \
         b"Date: Tue, 24 Nov 2026 12:00:00 +0100\n\n.\n..\nbody\n"


class Desk(Bag):
    def __init__(self, command):
        super().__init__()
        self.command = command

    def __enter__(self):
        super().__enter__()
        for name in ("cur", "new", "tmp"):
            os.makedirs(os.path.join(self.home, "Mail", name))
        self.write(self.command)
        return self

    def write(self, command):
        with open(os.open(os.path.join(self.config, "accounts"), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(ACCOUNT % (self.home, command.replace("%h", self.home)))

    def states(self):
        return [intent["state"] for intent in json.loads(self.try_run("journal", "--json").out)]

    def given(self):
        with open(self.home + "/arguments") as file:
            arguments = file.read().splitlines()
        with open(self.home + "/letter", "rb") as file:
            return arguments, file.read()


def script(ending):
    return "sh -c 'printf \"%%s\\\\n\" \"$@\" >%%h/arguments; cat >%%h/letter; %s' s" % ending


def test_taken():
    """The letter without Bcc, LF at its line ends, and its recipients as arguments; the copy is kept"""
    with Desk(script("exit 0")) as desk:
        desk.run("send", "--wait", "-t", "-f", "bounce@example.org", input=LETTER)
        tap.equal(desk.given(), (["-oi", "-f", "bounce@example.org", "--", "bob@example.net", "dan@example.net"],
                                 LETTER.replace(b"Bcc: dan@example.net\n", b"")))
        tap.equal(desk.json("journal", "--json"), [])
        copies = [os.path.join(folder, name) for folder, _, names in os.walk(desk.home + "/Mail") for name in names if "/.Sent/" in folder + "/"
                  and os.path.basename(folder) in ("cur", "new")]
        tap.equal(len(copies), 1, str(list(os.walk(desk.home + "/Mail"))))


def test_words():
    """75: again later; another status: refused with its words; what cannot be run waits; nothing of a letter is read by a shell"""
    with Desk(script("echo not now >&2; exit 75")) as desk:
        result = desk.try_run("send", "--wait", "-t", input=LETTER)
        tap.equal(result.code, 75, result.err)
        assert "not now" in result.err, result.err
    with Desk(script("echo no such user >&2; exit 67")) as desk:
        result = desk.try_run("send", "--wait", "-t", input=LETTER)
        tap.equal(result.code, 65, result.err)
        assert "no such user" in result.err, result.err
    with Desk("/nowhere/at/all") as desk:
        tap.equal(desk.try_run("send", "--wait", "-t", input=LETTER).code, 75)
    with Desk(script("exit 0")) as desk:
        desk.run("send", "--wait", "-s", "$(touch %s/evil)" % desk.home, "'$(touch${IFS}evil)'@example.net", input=b"`touch evil`\n")
        assert not os.path.exists(desk.home + "/evil")


def test_killed():
    """The program is killed, or Malle while it runs: unknown, never again by itself"""
    with Desk(script("kill -9 $$")) as desk:
        tap.equal(desk.try_run("send", "--wait", "-t", input=LETTER).code, 69)
        tap.equal(desk.states(), ["unknown"])
    with Desk(script("echo >%h/runs; sleep 1000")) as desk:
        sending = desk.start("send", "--queue", "-t", stdin=-1)
        sending.communicate(LETTER)
        syncing = desk.start("sync")
        tap.wait_until(lambda: os.path.exists(desk.home + "/runs"), "the program runs")
        process.signal_all(syncing.pid, signal.SIGKILL)
        syncing.communicate()
        os.unlink(desk.home + "/runs")
        tap.equal(desk.try_run("sync").code, 65)
        tap.equal(desk.states(), ["unknown"])
        assert not os.path.exists(desk.home + "/runs"), "sent a second time"


def test_msmtp():
    """msmtp, to Postfix"""
    tap.need_program("msmtp")
    with Postfix() as server, Desk("msmtp -C %h/msmtprc") as desk:
        path = desk.home + "/msmtprc"
        with open(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
            file.write("account default\nhost localhost\nport %d\ntls on\ntls_starttls on\ntls_trust_file %s\nauth plain\nuser %s\npassword %s\n"
                       % (server.submission_port, server.ca_file, server.user, server.password))
        desk.run("send", "--wait", "-t", input=LETTER)
        tap.wait_until(lambda: {r for letter in server.sink.letters for r in letter.recipients} == {"bob@example.net", "dan@example.net"}, "both")
        octets = server.sink.letters[0].octets
        assert octets.endswith(b"\r\n\r\n.\r\n..\r\nbody\r\n") and b"Bcc" not in octets, octets


tap.main()
