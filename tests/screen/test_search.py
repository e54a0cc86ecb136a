"""Searching all mailboxes on the screen: one list over what was found, each row with the mailbox it lies in."""

import contextlib
import os

from support import tap
from support.bag import Bag
from support.local_bag import LocalBag


@contextlib.contextmanager
def demo(rows, columns):
    with Bag() as bag, bag.screen("--demo", rows=rows, columns=columns) as screen:
        screen.until("INBOX")
        yield screen


def search(screen, text):
    screen.keys("X")
    screen.until("Search all mailboxes:")
    screen.keys("^U")
    screen.type(text + "\n")


def test_search_all():
    """what is found in several mailboxes stands in one list, the newest first, and is read, flagged, moved and brought back there"""
    with demo(rows=30, columns=120) as screen:
        search(screen, "from:sophie")
        screen.until(lambda s: "Search: from:sophie" in s.line(0) and s.line(0).rstrip().endswith("5 · newest first"))
        screen.until(lambda s: len([line for line in s.lines()[1:] if "Sophie" in line]) == 5)
        rows = [line[24:] for line in screen.lines()[1:] if "Sophie" in line]
        assert "cuisine" in rows[0] and "Inbox" in rows[4], rows
        screen.type(":first-entry\n")
        screen.until(lambda s: s.cursor.row == 1)
        screen.keys("F")
        screen.until(lambda s: "!" in s.line(1)[24:40])
        screen.keys("Enter")
        screen.until("Sophie")
        screen.keys("q")
        subject = screen.line(1)
        screen.type(":move-message Trash\n")
        screen.until("moved to Trash")
        screen.until(lambda s: s.line(1) != subject)
        screen.type(":undo\n")
        screen.until(lambda s: "!" in s.line(1)[24:40])
        screen.keys("l")
        screen.until("Limit to messages matching:")
        screen.type("in:cuisine\n")
        screen.until("Search: from:sophie, limited to in:cuisine")
        screen.until(lambda s: s.line(0).rstrip().endswith("4 · newest first") and "Tes cl" not in s.text())
        screen.type(":change-mailbox INBOX\n")
        screen.until(lambda s: "INBOX" in s.line(0) and "unread of" in s.line(0))


class TwoAccounts(LocalBag):
    """A second account, in a Maildir of its own below ~/Work."""

    def __enter__(self):
        self.more = "[account work]\nreceive = maildir://HOME/Work\naddress = me@work.example\n"
        super().__enter__()
        self.work = os.path.join(self.home, "Work")
        for folder in ("tmp", "new", "cur"):
            os.makedirs(os.path.join(self.work, folder))
        return self

    def write_accounts(self, password=None):
        self.more = self.more.replace("HOME", self.home)
        super().write_accounts(password)


def test_inboxes():
    """with two accounts the sidebar begins with both inboxes as one: read, flagged and moved in the account where each lies, and live"""
    with TwoAccounts() as bag:
        bag.put("1.a", "S", subject="at home")
        bag.put("2.b", "S", mailbox="../Work", subject="at work")
        with bag.screen(rows=24, columns=110) as screen:
            screen.until("at home")
            screen.until("All inboxes")
            screen.type(":inboxes\n")
            screen.until(lambda s: "All inboxes" in s.line(0)[24:] and s.row_of("at home") and s.row_of("at work"))
            assert " work " in screen.line(screen.row_of("at work")) and " here " in screen.line(screen.row_of("at home"))
            bag.put("3.c", mailbox="../Work", folder="new", subject="news of work")
            screen.until(lambda s: s.row_of("news of work") is not None)
            screen.until(lambda s: "1/3" in s.line(1))
            screen.type(":tag-pattern ~s at\n")
            screen.until("2 tagged")
            screen.type(";F")
            screen.until(lambda _: bag.files() == {"1.a": "FS"} and bag.files("../Work").get("2.b") == "FS")
            screen.type(":limit news\n")
            screen.until_gone("at home")
            screen.until(lambda s: s.row_of("news of work") is not None)
            screen.type(":limit all\n")
            screen.until("at home")
            screen.type(":search ~s home\n")
            screen.until(lambda s: s.cursor.row == s.row_of("at home"))
            screen.type(":move-message Archive\n")
            screen.until(lambda _: len(bag.files(".Archive")) == 1)
            screen.until_gone("at home")
            screen.type(":quit\n")
            screen.until_end()
        with bag.screen(rows=24, columns=110) as screen:
            screen.until(lambda s: "All inboxes" in s.line(0)[24:] and s.row_of("news of work") is not None)


def test_one_inbox():
    """with one account there is no second name for its inbox"""
    with demo(rows=24, columns=100) as screen:
        screen.type(":inboxes\n")
        screen.until("There is one account")
        assert "All inboxes" not in screen.text()


def test_saved():
    """a search is kept under a name, in a file that a person can write; opened from the sidebar, also next time; and forgotten"""
    with LocalBag() as bag:
        bag.put("1.a", "S", subject="apples")
        bag.put("2.b", "S", mailbox=".Archive", subject="more apples")
        bag.put("3.c", "S", mailbox=".Archive", subject="pears")
        path = os.path.join(bag.config, "searches")
        with open(path, "w") as file:
            file.write("# mine\nOf pears = subject:pears\n")
        with bag.screen(rows=24, columns=110) as screen:
            screen.until("Of pears")
            screen.type(":save-search nothing\n")
            screen.until("Search all mailboxes first")
            search(screen, "subject:apples")
            screen.until(lambda s: s.row_of("more apples") is not None)
            screen.type(":save-search =x\n")
            screen.until("cannot be the name of a search")
            screen.type(":save-search Apples, all\n")
            screen.until("Saved as Apples, all")
            screen.until(lambda s: any("Apples, all" in line[:24] for line in s.lines()[:6]))
            screen.type(":quit\n")
            screen.until_end()
        with open(path) as file:
            assert file.read() == "# mine\nOf pears = subject:pears\nApples, all = subject:apples\n"
        with bag.screen(rows=24, columns=110) as screen:
            screen.until("Apples, all")
            screen.type(":mailboxes\n")
            screen.type(":first-entry\n")
            screen.until(lambda s: s.cursor.row == 1)
            screen.keys("Enter")
            screen.until(lambda s: "Search: subject:pears" in s.line(0) and s.row_of("pears  ") is not None)
            screen.type(":mailboxes\n")
            screen.until(lambda s: s.cursor.row == 1)
            screen.keys("j", "Enter")
            screen.until(lambda s: "Search: subject:apples" in s.line(0) and s.row_of("more apples") is not None)
            screen.type(":delete-search Of pears\n")
            screen.until_gone("Of pears")
            screen.type(":quit\n")
            screen.until_end()
        with open(path) as file:
            assert file.read() == "# mine\nApples, all = subject:apples\n"


def test_nothing():
    """nothing found is said; an error of the query points at its place, and the list stays"""
    with demo(rows=24, columns=100) as screen:
        search(screen, "zzyzx")
        screen.until("Nothing was found")
        search(screen, "from:a subjekt:b")
        screen.until("is “subject:” meant?")
        assert "Search: zzyzx" in screen.text()


def test_completion():
    """the words of the language are completed behind the prompt"""
    with demo(rows=24, columns=100) as screen:
        screen.keys("X")
        screen.until("Search all mailboxes:")
        screen.type("has")
        screen.keys("Tab")
        screen.until("has:attachment")
        screen.type(" fi")
        screen.keys("Tab")
        screen.until("has:attachment file:")


if __name__ == "__main__":
    tap.main()
