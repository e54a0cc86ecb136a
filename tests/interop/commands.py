"""The day again without a screen: malle sync, do, search and journal, and the store compared with the server."""

import json
import os
import re

import day
from support import tap
from support.bag import Bag


def on_server(link, mailbox):
    """UID → (subject, seen, flagged, keywords), of what is not marked as deleted."""
    found = {}
    status, count = link.select('"%s"' % mailbox, readonly=True)
    tap.equal(status, "OK")
    if int(count[0]):
        for item in link.uid("FETCH", "1:*", "(FLAGS BODY.PEEK[HEADER.FIELDS (SUBJECT)])")[1]:
            if isinstance(item, tuple):
                head = item[0].decode()
                uid = int(re.search(r"UID (\d+)", head).group(1))
                flags = set(re.search(r"FLAGS \(([^)]*)\)", head).group(1).split())
                if "\\Deleted" not in flags:
                    found[uid] = (item[1].decode().partition(":")[2].strip(), "\\Seen" in flags, "\\Flagged" in flags,
                                  frozenset(f for f in flags if not f.startswith(("\\", "$"))))
    link.close()
    return found


def in_bag(bag, mailbox):
    found = {}
    for row in bag.json("search", "--json", "--in", mailbox, "~A !~D"):
        words = frozenset(w for w in (row["keywords"] or "").split() if not w.startswith("$"))
        found[row["uid"]] = (row["subject"], row["seen"], row["flagged"], words)
    return found


def same(bag, link, *mailboxes):
    """After a sync the store says what the server says."""
    bag.run("sync")
    tap.equal(bag.json("journal", "--json"), [], "nothing is left to send")
    for mailbox in mailboxes:
        tap.equal(in_bag(bag, mailbox), on_server(link, mailbox), "store and server, " + mailbox)


def evening(server, bare=False):
    link = day.Link(server)
    for name in ("Archive", "Trash", "Plans"):
        link.create(name)
    day.put(link, *["Evening %d" % n for n in range(10)])
    with Bag(server) as bag:
        same(bag, link, "INBOX", "Plans")
        bag.do("change-mailbox INBOX", "tag-pattern ~s 'Evening [0-4]'", "set-flag flagged", "set-flag read")
        same(bag, link, "INBOX")
        tap.equal({s for s, seen, flagged, _ in on_server(link, "INBOX").values() if seen and flagged},
                  {"Evening %d" % n for n in range(5)})
        bag.do("change-mailbox INBOX", "tag-pattern ~s 'Evening [12]'", "move-message Plans")
        bag.do("change-mailbox INBOX", "tag-pattern ~s 'Evening 3'", "copy-message Plans")
        bag.do("change-mailbox INBOX", "tag-pattern ~s 'Evening 4'", "delete-message")
        same(bag, link, "INBOX", "Plans", "Trash")
        tap.equal({s for s, *_ in on_server(link, "Plans").values()}, {"Evening 1", "Evening 2", "Evening 3"})
        tap.equal({s for s, *_ in on_server(link, "Trash").values()}, {"Evening 4"})
        tap.equal(len(on_server(link, "INBOX")), 7)
        # Decided and taken back in one go: nothing of it is left anywhere.
        bag.do("change-mailbox INBOX", "tag-pattern ~s 'Evening 9'", "delete-message", "undo")
        same(bag, link, "INBOX", "Trash")
        tap.equal(len(on_server(link, "INBOX")), 7)
        if bare:
            result = bag.try_run("do", "change-mailbox INBOX", "tag-pattern ~A", "set-flag work")
            assert result.code == 65 and "work" in result.err, result
        else:
            bag.do("change-mailbox INBOX", "tag-pattern ~s 'Evening 9'", "set-flag work")
            same(bag, link, "INBOX")
            assert any("work" in words for *_, words in on_server(link, "INBOX").values())
        kept_and_archived(bag, link)
        bag.do("create-mailbox Garden")
        assert "Garden" in day.mailboxes(link)
        bag.do("change-mailbox Garden", "rename-mailbox Orchard")
        bag.do("subscribe Orchard")
        assert b"Orchard" in b" ".join(link.lsub()[1])
        bag.do("unsubscribe Orchard")
        assert b"Orchard" not in b" ".join(x or b"" for x in link.lsub()[1])
        bag.do("delete-mailbox Orchard")
        assert not {"Garden", "Orchard"} & day.mailboxes(link), day.mailboxes(link)


def names(server):
    """Nobody has to know what stands before the server's names; who writes it is understood."""
    link = day.Link(server)
    for name in ("Plans", "Bin"):
        link.create(name)
    day.put(link, "To the bin", "To the plans")
    day.put(link, "Planned", mailbox="Plans")

    def listed(bag):
        """By their first level, as a sidebar shows them."""
        return {name.split(server.separator)[0] for name, in bag.query("SELECT shown_name FROM mailbox WHERE shown_gone = 0")}
    with Bag(server, account="trash = Bin\noffline Plans = everything") as bag:
        bag.run("sync", "--mailbox", "Plans")
        tap.equal([row["mailbox"] for row in bag.json("search", "--json", "--in", "Plans", "~A")], ["Plans"])
        tap.equal(len(bag.json("search", "--json", "--in", server.mailbox("Plans"), "~A")), 1, "by the server's name for it, too")
        assert {"INBOX", "Plans", "Bin"} <= listed(bag), listed(bag)
        bag.run("sync")
        bag.do("change-mailbox INBOX", "tag-pattern ~s 'To the bin'", "delete-message")
        bag.do("change-mailbox INBOX", "tag-pattern ~s 'To the plans'", "move-message " + server.mailbox("Plans"))
        same(bag, link, "INBOX", "Plans", "Bin")
        tap.equal([len(on_server(link, name)) for name in ("INBOX", "Plans", "Bin")], [0, 2, 1])
        for garden in ("Garden", server.mailbox("Été & co", "Ökonomie")):
            orchard = garden.replace("Garden", "Orchard").replace("Été", "Automne")
            bag.do("create-mailbox " + garden)
            bag.do("change-mailbox Plans", "tag-pattern ~s Planned", "copy-message " + garden)
            bag.do("change-mailbox " + garden, "rename-mailbox " + orchard)
            bag.run("sync", "--mailbox", orchard)
            tap.equal([row["subject"] for row in bag.json("search", "--json", "--in", orchard, "~A")], ["Planned"])
        assert {"Orchard", "Automne & co"} <= listed(bag) and "Garden" not in listed(bag), listed(bag)
        there = day.mailboxes(link)
        assert "Orchard" in there and any(name.startswith("Automne &- co" + server.separator) for name in there), there
        found = bag.json("doctor", "--json")[0]
        roles = {one["name"]: (one["role"], one["role_from"]) for one in found["mailboxes"] if one["role"]}
        tap.equal((roles["INBOX"][0], roles["Bin"]), ("inbox", ("trash", "accounts file")), roles)
        tap.equal([one for one in found["findings"] if one["cause"] == "mailbox-missing"], [])


def kept_and_archived(bag, link):
    """A file kept in a mailbox and as a draft; a message archived. The letters go once the server has them."""
    drafts = "Drafts" if "Drafts" in day.mailboxes(link) else None
    path = os.path.join(bag.home, "old letter.eml")
    with open(path, "wb") as file:
        file.write(day.letter("Kept").replace(b"\r\n", b"\n"))
    bag.do("append-file 'old letter.eml' Plans")
    same(bag, link, "Plans")
    seen = [seen for subject, seen, *_ in on_server(link, "Plans").values() if subject == "Kept"]
    tap.equal(seen, [True] if drafts else [False])      # imap4d drops the flags of an APPEND into a Maildir
    result = bag.try_run("do", "save-draft old letter.eml")
    assert result.code == (0 if drafts else 65), result
    if drafts:
        same(bag, link, "Drafts")
        link.select("Drafts", readonly=True)
        tap.equal(link.search(None, "DRAFT", "SUBJECT", "Kept")[1][0].split(), [b"1"])
        link.close()
    assert bag.try_run("do", "append-file nowhere.eml Plans").code == 65
    assert bag.try_run("do", "append-file Plans").code == 65
    tap.equal(os.listdir(bag.store_path() + ".letters"), [])
    os.remove(path)
    bag.do("change-mailbox INBOX", "tag-pattern ~s 'Evening 5'", "archive-message")
    same(bag, link, "INBOX", "Archive")
    tap.equal([row[0] for row in on_server(link, "Archive").values()], ["Evening 5"])


def without_link(server, proxy):
    """Decided while nothing can be reached: kept, said with exit code 75 or 0, listed, sent by the next sync."""
    link = day.Link(server)
    day.put(link, "Far away", "Further away")
    with Bag(server, port=proxy.port) as bag:
        same(bag, link, "INBOX")
        proxy.refuse()
        result = bag.try_run("do", "change-mailbox INBOX", "tag-pattern ~s 'Far away'", "set-flag flagged")
        tap.equal(result.code, 75, result.out + result.err)
        bag.run("do", "--offline", "change-mailbox INBOX", "tag-pattern ~s 'Further'", "set-flag read")
        waiting = bag.json("journal", "--json")
        tap.equal([(w["kind"], w["state"]) for w in waiting], [("flags", "pending")] * 2)
        # What was decided is what is shown.
        shown = {row[0]: row[1:3] for row in in_bag(bag, "INBOX").values()}
        tap.equal(shown, {"Far away": (False, True), "Further away": (True, False)})
        tap.equal(set(on_server(link, "INBOX").values()), {("Far away", False, False, frozenset()),
                                                         ("Further away", False, False, frozenset())})
        proxy.accept()
        same(bag, link, "INBOX")
        tap.equal({row[0]: row[1:3] for row in on_server(link, "INBOX").values()},
                  {"Far away": (False, True), "Further away": (True, False)})


def storm(server, rounds, random, bare=False):
    """A second client changes everything at random between, and the store comes to the same each time."""
    link = day.Link(server)
    for name in ("Archive", "Trash", "Plans"):
        link.create(name)
    day.put(link, *["Storm %d" % n for n in range(30)])
    with Bag(server) as bag:
        for round in range(rounds):
            for _ in range(random.randrange(1, 6)):
                mailbox = random.choice(["INBOX", "INBOX", "Plans"])
                exists = int(link.select(mailbox)[1][0])
                what = random.choice(["flag", "unflag", "seen", "append", "expunge", "copy"])
                if what == "append" or not exists:
                    day.put(link, "Storm added %d.%d" % (round, random.randrange(1000)), mailbox=mailbox)
                    continue
                start = random.randrange(1, exists + 1)
                chosen = "%d:%d" % (start, min(exists, start + random.randrange(4)))
                if what == "expunge":
                    link.store(chosen, "+FLAGS.SILENT", "(\\Deleted)")
                    link.expunge()
                elif what == "copy":
                    link.copy(chosen, "Plans")
                else:
                    link.store(chosen, "-FLAGS" if what == "unflag" else "+FLAGS",
                               "(\\Seen)" if what == "seen" else "(\\Flagged)")
            link.close()        # imap4d writes flags down only then
            ours = random.choice(["set-flag flagged", "clear-flag flagged", "set-flag read", "move-message Plans",
                                  "delete-message", "copy-message Plans"])
            pattern = "~s '%d$'" % random.randrange(10)
            result = bag.try_run("do", "change-mailbox INBOX", "tag-pattern " + pattern, ours)
            tap.note("round %d: %s %s: %s %s" % (round, pattern, ours, result.code, (result.out + result.err).strip()))
            # Nothing tagged is a refusal; what had been expunged by others meanwhile is a conflict, and is cleared away.
            assert result.code in (0, 65), result
            # imap4d refuses a whole set for one UID that is gone.
            for left in json.loads(bag.try_run("journal", "--json").out):
                assert left["state"] == "conflict" or bare and left["state"] == "failed", left
                bag.run("journal", "cancel", str(left["id"]))
            same(bag, link, "INBOX", "Plans", "Trash")
