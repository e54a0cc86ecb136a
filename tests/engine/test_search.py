"""Searching on servers: what is found, where each mailbox was searched, and what is sent for it."""

from driver import Driver
from support import tap
from support.link import Link
from support.servers import table

LETTERS = {
    "INBOX": ["Subject: first\n\nThe heron stands in the water.",
              "Subject: second heron\n\nNothing here.",
              "Subject: =?utf-8?Q?Die_M=C3=B6we?=\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\nEine Möwe über dem Meer.",
              "Subject: fourth\n\nA message of no bird, and long." + "\nmore" * 3000],
    "Lists": ["Subject: five\nList-Id: birds <birds.example.org>\n\nA heron again.", "Subject: six\n\nA crow."],
    "Lists2": ["Subject: seven\n\nThe heron of another mailbox.\nPtarmigan."],
    "Empty": [],
}


def fill(server):
    link = Link(server)
    for name, letters in LETTERS.items():
        if name != "INBOX":
            link.create(name)
        for number, letter in enumerate(letters):
            text = "From: Ann <ann@example.org>\nTo: test@example.org\nDate: Tue, 03 Mar 2026 10:%02d:00 +0000\nMessage-ID: <%s.%d@x>\n%s\n" % (
                number, name, number, letter)
            status, said = link.append(name, None, None, text.replace("\n", "\r\n").encode())
            assert status == "OK", said
    return link


def search(engine, query, where="auto", what="all"):
    """The first words of the subjects of what was found, and where each mailbox was searched."""
    hits, searched = set(), {}
    for line in engine("search", query, where, what):
        words = line.split(" ")
        if words[0] == "hit":
            hits.add(words[3])
        elif words[0] == "searched" and words[1] != "asking":
            searched[words[2].split("/")[-1].split(".")[-1]] = words[1]
    return hits, searched


def opened(server, directory=None):
    return Driver(server.port, directory, user=server.user, password=server.password)


def begin(engine):
    engine("look", "INBOX")
    engine("listed")
    engine("synced", "INBOX")


@table.each()
def test_found_everywhere(server):
    """words in texts that are not here are found in every mailbox, seen before or not, and the open one stays open"""
    fill(server)
    with opened(server) as engine:
        begin(engine)
        hits, searched = search(engine, "heron")
        tap.equal(hits, {"first", "second", "five", "seven"})
        for name in LETTERS:
            tap.equal(searched.get(name), "server", name)
        tap.equal(search(engine, "body:heron")[0], {"first", "five", "seven"})
        tap.equal(search(engine, "body:ptarmigan or subject:six")[0], {"six", "seven"})
        tap.equal(search(engine, "body:heron not in:Lists2 in:Lists")[0], {"five"})
        tap.equal(search(engine, "body:heron list:birds")[0], {"five"})
        tap.equal(search(engine, "body:bird larger:10K")[0], {"fourth"})
        # The open mailbox is still followed.
        Link(server).append("INBOX", None, None, b"From: b@example.org\r\nSubject: late\r\n\r\nA late heron.\r\n")
        engine("check")
        engine("total", len(LETTERS["INBOX"]) + 1)
        tap.equal(search(engine, "body:late")[0], {"late"})


@table.each()
def test_letters_outside_ascii(server):
    """words outside ASCII are found in texts that are not here, or it is said that the server knows none"""
    fill(server)
    with opened(server) as engine:
        begin(engine)
        hits, searched = search(engine, "body:Möwe")
        if searched["INBOX"] == "server":
            tap.equal(hits, {"Die"})
        else:
            tap.note("not on this server")
            tap.equal(hits, set())
        tap.equal(search(engine, "subject:Möwe")[0], {"Die"})


@table.each()
def test_only_where_it_tells_more(server):
    """what is all here is not asked for; "here" and "server" say where"""
    fill(server)
    with opened(server) as engine:
        begin(engine)
        hits, searched = search(engine, "subject:heron in:INBOX")
        tap.equal((hits, searched.get("INBOX")), ({"second"}, "here"))
        hits, searched = search(engine, "subject:heron", "server")
        tap.equal((hits, searched.get("INBOX")), ({"second"}, "server"))
        hits, searched = search(engine, "body:heron", "here")
        tap.equal((hits, searched.get("INBOX")), (set(), "not"))
        hits, searched = search(engine, "file:report")
        tap.equal(searched.get("INBOX"), "not")
        # A limit of the open mailbox.
        hits, searched = search(engine, "body:heron", "auto", "open")
        tap.equal((hits, searched), ({"first"}, {"INBOX": "server"}))
        engine("go", "offline")
        engine("state", 0)
        hits, searched = search(engine, "body:heron")
        tap.equal((hits, searched.get("INBOX")), (set(), "not"))


if __name__ == "__main__":
    tap.main()
