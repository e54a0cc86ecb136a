"""A person whose mail comes by POP3, and what the tests look at: the ledger, the files, the server.

    with PopBag(server, policy="delete") as bag:
        bag.sync()
        bag.files()       # {Message-ID: [path, …]} of all Maildirs of the account
        bag.ledger()      # malle pop-ledger --json
        there(server)     # [Message-ID, …] on the server
"""

import glob
import json
import os
import re
import sqlite3

from support.bag import Bag

LETTER = ("Return-Path: <sender@example.net>\r\nFrom: Sender <sender@example.net>\r\nTo: test@example.org\r\n"
          "Subject: Letter %(id)s\r\nDate: Mon, 2 Mar 2026 10:00:00 +0100\r\nMessage-ID: <%(id)s@example.net>\r\n"
          "Content-Type: text/plain; charset=utf-8\r\n\r\n%(text)s\r\n")


def letter(name, text=None):
    return (LETTER % {"id": name, "text": text or "Text of %s\r\n.a line with a dot\r\n..and two" % name}).encode()


def message_id(octets):
    found = re.search(rb"^Message-ID: <(.*?)@", octets, re.MULTILINE | re.IGNORECASE)
    return found.group(1).decode() if found else None


def put(server, *names, text=None):
    """Letters into the server's INBOX."""
    client = server.client()
    for name in names:
        done = client.append("INBOX", None, None, letter(name, text))
        assert done[0] == "OK", done
    client.logout()


def there(server):
    """Whose letters the server has, as another client sees them."""
    client = server.client()
    client.select("INBOX", readonly=True)
    _, found = client.search(None, "ALL")
    names = []
    for number in found[0].split():
        names.append(message_id(client.fetch(number, "(BODY.PEEK[HEADER])")[1][0][1]))
    client.logout()
    return sorted(names)


class PopBag(Bag):
    def __init__(self, server, policy=None, port=None, more="", security="pop3+insecure", **options):
        self.synced = False
        lines = ("pop-policy = %s\n" % policy if policy else "") + "poll = 0\n" + more
        pop_port = port or (server.pop_tls_port if security == "pop3s" else server.pop_port)
        super().__init__(server, port=pop_port, security=security, account=lines, host="localhost" if security != "pop3+insecure" else "127.0.0.1",
                         **options)

    def sync(self, code=0):
        if self.synced:
            self.forget_login()
        self.synced = True
        result = self.try_run("sync")
        assert result.code == code, result
        return result

    def forget_login(self):
        """As if the last log-in were long ago: servers may ask for time between two (LOGIN-DELAY)."""
        with sqlite3.connect(self.store_path()) as link:
            link.execute("UPDATE pop_server SET last_login = 0")

    def try_forget(self):
        """The same, where there may be no store yet."""
        try:
            self.forget_login()
        except (AssertionError, sqlite3.OperationalError):
            pass

    @property
    def mail(self):
        return os.path.join(self.home, ".local", "share", "malle", "mail", self.name)

    def paths(self):
        return sorted(path for folder in ("new", "cur") for pattern in ("", ".*/")
                      for path in glob.glob(os.path.join(glob.escape(self.mail), pattern + folder, "*")))

    def files(self):
        found = {}
        for path in self.paths():
            with open(path, "rb") as file:
                found.setdefault(message_id(file.read()), []).append(path)
        return found

    def ledger(self, code=0):
        result = self.try_run("pop-ledger", "--json")
        assert result.code == code, result
        return json.loads(result.out)

    def states(self, code=0):
        """{state of the copy + "/" + state there: how many}"""
        counts = {}
        for one in self.ledger(code):
            state = "%s/%s" % (one["copy"], one["server"])
            counts[state] = counts.get(state, 0) + 1
        return counts
