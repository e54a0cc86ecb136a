"""POP3 against real servers: letters come here whole and once, and go there only as the policy says and when they are proved."""

import os

from support import tap
from support.popbag import PopBag, letter, message_id, put, there
from support.servers.table import each

POP = ("dovecot", "courier", "mailutils", "cyrus_slash")


def as_sent(kept):
    """With CRLF, and without what GNU pop3d writes into letters."""
    return b"".join(line + b"\r\n" for line in kept.split(b"\n")[:-1] if not line.startswith((b"X-UIDL:", b"Status:")))


@each(only=POP)
def test_fetch_and_delete(server):
    """fetches all, stores each as it was sent, proves it, and deletes there what the policy says"""
    names = ["a%d" % number for number in range(7)]
    put(server, *names)
    with PopBag(server, policy="leave") as bag:
        said = bag.sync()
        assert "7 messages" in said.out, said
        files = bag.files()
        tap.equal(sorted(files), names)
        tap.equal([len(paths) for paths in files.values()], [1] * 7)
        for name, (path,) in files.items():
            with open(path, "rb") as file:
                kept = as_sent(file.read())
            start = kept.index(b"From: ")
            original = letter(name)
            tap.equal(kept[start:], original[original.index(b"From: "):])
        tap.equal(bag.states(), {"whole/there": 7})
        tap.equal(there(server), names)

        # Again: nothing is fetched twice.
        bag.sync()
        tap.equal({name: len(paths) for name, paths in bag.files().items()}, dict.fromkeys(names, 1))

        # Another policy, and a new letter: all that is proved goes there, and nothing here.
        put(server, "b")
        bag.more = bag.more.replace("leave", "delete")
        bag.write_accounts()
        bag.sync()
        tap.equal(there(server), [])
        tap.equal(bag.states(), {"whole/deleted": 8})
        tap.equal(sorted(bag.files()), names + ["b"])
        assert all(one["verified"] and one["gone"] for one in bag.ledger()), bag.ledger()


if __name__ == "__main__":
    tap.main()
