"""malle search --server beside malle search --here, where everything is here: what a server finds is what is found here, but for what
doc/internals/query.md says of servers. And malle search as it is."""

import json
import os
import random

from support import mailsets, tap
from support.bag import Bag
from support.link import Link
from support.servers import table
from support.servers.dovecot import Dovecot

HAND_MADE = (
    "Subject: County fair\n\nThe harvest of the county.",
    "Subject: =?utf-8?Q?J=C3=B6rg_und_das_Caf=C3=A9?=\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\nDas Café von Jörg.",
    "Subject: Broken\n\nThe two words stand on different\nlines here.",
    "Subject: Markup\nMIME-Version: 1.0\nContent-Type: text/html; charset=utf-8\n\n<p class=\"blockquote\">A <b>heron</b> in HTML.</p>",
    "Subject: Listed\nList-Id: Birds <birds.example.org>\nReply-To: desk@example.org\n\nText.",
)
WORDS = ("people", "harvest", "county", "heron", "different", "Anna", "example", "index", "person3", "host7", "nowhere", "two", "lines")
FIELDS = ("body:", "subject:", "from:", "to:", "cc:", "", "id:")
OTHERS = ("is:unread", "is:flagged", "is:answered", "larger:3K", "smaller:3K", "after:2018-01-01", "before:2017-07-16", "in:INBOX")


def fill(link):
    texts = list(mailsets.letters(60, seed=11))
    for number, letter in enumerate(HAND_MADE):
        texts.append(("From: Ann <ann@example.org>\nTo: test@example.org\nDate: Tue, 03 Mar 2026 10:%02d:00 +0000\nMessage-ID: <made.%d@x>\n%s\n" % (
            number, number, letter)).encode())
    for number, text in enumerate(texts):
        flags = ("", "\\Seen", "\\Seen \\Flagged", "\\Answered")[number % 4]
        status, said = link.append("INBOX", flags, None, text.replace(b"\n", b"\r\n"))
        assert status == "OK", said


def found(bag, where, query):
    result = bag.try_run("search", where, "--json", "--in", "INBOX", query)
    assert result.code == 0, (query, result.code, result.err)
    return {row["message_id"] for row in json.loads(result.out)}


def queries(rng, count):
    for _ in range(count):
        parts = []
        for _ in range(rng.randint(1, 3)):
            part = rng.choice(OTHERS) if rng.random() < 0.4 else rng.choice(FIELDS) + rng.choice(WORDS)
            parts.append("not " + part if rng.random() < 0.2 else part)
        yield parts[0] if len(parts) == 1 else (" or " if rng.random() < 0.3 else " ").join(parts)


# Differences that query.md explains: words within words, accents, phrases over two lines, markup. (query, here, on servers)
EXPLAINED = (
    ("body:ounty", 0, None),            # within a word: not here
    ("body:\"different lines\"", 1, None),
    ("subject:jorg", 1, None),          # without its accent
    ("body:blockquote", 0, None),       # markup
)


@table.each()
def test_the_same_as_here(server):
    """what a server finds is what is found here, for words that stand alone"""
    link = Link(server)
    fill(link)
    rng = random.Random(int(os.environ.get("MALLE_TEST_SEED", "5")))
    with Bag(server, account="offline = everything") as bag:
        bag.run("sync")
        differ = []
        asked = list(queries(rng, 120 if tap.long_run() else 25))
        for query in asked + ["subject:Café", "body:Café", "subject:Jörg or body:heron", "replyto:desk", "body:\"von Jörg\""]:
            here, there = found(bag, "--here", query), found(bag, "--server", query)
            if here != there:
                differ.append((query, sorted(here - there)[:3], sorted(there - here)[:3], len(here), len(there)))
        tap.equal(differ, [])
        for query, here, there in EXPLAINED:
            one, other = len(found(bag, "--here", query)), len(found(bag, "--server", query))
            tap.note("%s: %d here, %d on the server" % (query, one, other))
            tap.equal(one, here, query)
        # List-Id is in no summary: only the server knows it.
        made = {"made.4@x"}
        tap.equal((found(bag, "--here", "list:birds"), made & found(bag, "--server", "list:birds")), (set(), made))


def test_texts_that_are_not_here():
    """without --here and --server the servers are asked for texts that are not here, and beside a running Malle that is said"""
    with Dovecot() as server:
        link = Link(server)
        fill(link)
        with Bag(server) as bag:
            bag.run("sync")
            result = bag.try_run("search", "--here", "body:harvest")
            tap.equal((result.code, result.out), (0, ""))
            assert "not searched whole" in result.err, result
            tap.equal(len(bag.json("search", "--json", "body:harvest")), 1)
            tap.equal([row["subject"] for row in bag.json("search", "--json", "--account", "test", "body:harvest is:unread")], ["County fair"])
            with bag.screen() as screen:
                screen.until("County fair")
                result = bag.try_run("search", "body:harvest")
                tap.equal((result.code, result.out), (0, ""))
                assert "The servers were not asked" in result.err, result
            server.stop()
            result = bag.try_run("search", "body:harvest")
            tap.equal(result.code, 0)
            assert "only as far as" in result.err, result
            assert bag.try_run("search", "--server", "body:harvest").code != 0
            tap.equal(bag.try_run("search", "--server", "--here", "x").code, 64)


if __name__ == "__main__":
    tap.main()
