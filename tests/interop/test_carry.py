"""Messages to another account: appended there, found there, and only then removed here."""

import day
from support import tap
from support.bag import Bag
from support.servers.dovecot import Dovecot

OTHER = "[account two]\nreceive = imap+insecure://two@127.0.0.1:%d\naddress = two@example.org\npassword = secret\n"


def test_move_and_copy():
    """flags and INTERNALDATE go along, a move leaves nothing behind, a copy leaves the original"""
    with Dovecot() as server:
        server.user = "one"
        one, two = server.client("one"), server.client("two")
        two.create("Plans")
        day.put(one, "A", "B", "C", flags="\\Flagged")
        one.select("INBOX")
        dates = one.fetch("1:2", "(INTERNALDATE)")[1]
        with Bag(server, account=OTHER % server.port, name="one") as bag:
            bag.run("sync")
            bag.do("change-mailbox one:INBOX", "tag-pattern ~s A", "move-message two:Plans")
            bag.do("change-mailbox one:INBOX", "tag-pattern ~s B", "copy-message two/Plans")
            bag.run("sync")
            tap.equal(bag.json("journal", "--json"), [])
            tap.equal(day.subjects(one), {"B": {"\\Flagged"}, "C": {"\\Flagged"}})
            tap.equal(day.subjects(two, "Plans"), {"A": {"\\Flagged"}, "B": {"\\Flagged"}})
            two.select("Plans")
            tap.equal(two.fetch("1:2", "(INTERNALDATE)")[1], dates)


if __name__ == "__main__":
    tap.main()
