"""All the servers that Malle is tried against, and what each of them lacks.

    @each()
    def test_read(server): ...              # one test for each of ALL, on a fresh server

    @each(without="UIDPLUS")
    def test_expunge(server): ...           # only on those that lack it

    for kind in ALL:
        with kind.start() as server: ...    # server.kind is kind

What is lacking is asserted: tests/interop/test_servers.py asks each server, and doc/internals/servers.md shows
the same table.
"""

import functools

from support.servers.courier import Courier
from support.servers.cyrus import Cyrus
from support.servers.dovecot import Dovecot
from support.servers.mailutils import Mailutils

# What Malle uses where it is there, in the order of the table for people.
EXTENSIONS = ("SASL-IR", "LITERAL+", "IDLE", "NAMESPACE", "ID", "UNSELECT", "CHILDREN", "UIDPLUS", "ENABLE", "CONDSTORE",
              "QRESYNC", "ESEARCH", "MOVE", "SPECIAL-USE", "LIST-EXTENDED", "LIST-STATUS", "BINARY", "COMPRESS=DEFLATE",
              "UTF8=ACCEPT", "SORT", "PREVIEW", "STATUS=SIZE", "MULTIAPPEND", "CATENATE", "CONTEXT=SEARCH", "NOTIFY")
# What no capability says and has to be seen.
HABITS = {
    "keywords": "keywords of the person’s own are kept (PERMANENTFLAGS has `\\*`)",
    "flags at once": "flags are written down when they are set, not when the session ends",
    "names of copies": "COPY says which messages it made (COPYUID)",
}
_NEW = {"SASL-IR", "CONDSTORE", "QRESYNC", "ESEARCH", "MOVE", "SPECIAL-USE", "LIST-EXTENDED", "LIST-STATUS", "BINARY",
        "COMPRESS=DEFLATE", "PREVIEW", "STATUS=SIZE", "MULTIAPPEND", "CATENATE", "CONTEXT=SEARCH", "NOTIFY"}


class Kind:
    """One server in one configuration."""

    def __init__(self, name, short, title, make, lacks):
        self.name, self.short, self.title, self.make, self.lacks = name, short, title, make, frozenset(lacks)

    def start(self, **options):
        server = self.make(**options)
        server.kind = self
        return server

    def has(self, what):
        assert what in EXTENSIONS or what in HABITS, what
        return what not in self.lacks


_CYRUS_LACKS = {"UTF8=ACCEPT", "CONTEXT=SEARCH", "NOTIFY"}
ALL = (
    Kind("dovecot", "Dovecot", "Dovecot", Dovecot, {"UTF8=ACCEPT"}),
    Kind("cyrus_dot", "Cyrus `INBOX.`", "Cyrus IMAP, mailboxes below INBOX with dots", Cyrus, _CYRUS_LACKS),
    Kind("cyrus_slash", "Cyrus `/`", "Cyrus IMAP, mailboxes beside INBOX with slashes",
         functools.partial(Cyrus, unix_hierarchy=True), _CYRUS_LACKS),
    Kind("courier", "Courier", "Courier IMAP", Courier, _NEW | {"LITERAL+", "ID", "UNSELECT"}),
    Kind("mailutils", "mailutils", "GNU mailutils imap4d", Mailutils,
         _NEW | {"CHILDREN", "UIDPLUS", "ENABLE", "UTF8=ACCEPT", "SORT", "keywords", "flags at once", "names of copies"}),
)


def as_text():
    """The table for people: a row for each thing that one server has and another lacks."""
    lines = ["| | %s |" % " | ".join(kind.short for kind in ALL), "|---|" + "---|" * len(ALL)]
    for what in EXTENSIONS + tuple(HABITS):
        lines.append("| %s | %s |" % (HABITS.get(what, what), " | ".join("yes" if kind.has(what) else "lacks" for kind in ALL)))
    return "\n".join(lines) + "\n"


def each(without=None, having=None, only=None, **options):
    """Makes one test for each server of a function that takes a server: test_read becomes test_read_dovecot, …"""
    def make_tests(function):
        for kind in ALL:
            if (only is None or kind.name in only) and (without is None or not kind.has(without)) \
                    and (having is None or kind.has(having)):
                def test(kind=kind):
                    with kind.start(**options) as server:
                        function(server)
                title = (function.__doc__ or function.__name__[5:].replace("_", " ")).strip().splitlines()[0]
                test.__doc__ = "%s: %s" % (kind.title, title)
                function.__globals__["%s_%s" % (function.__name__, kind.name)] = test
        return None         # the runner sees the tests that were made of it
    return make_tests
