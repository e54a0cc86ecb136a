"""Other programs at the same Maildirs: seen on the screen as it happens, and they see what is done here."""

import os
import subprocess

from support import tap
from support.local_bag import LocalBag
from support.screen import Screen


def test_seen_live():
    """with Malle open: mail that is delivered, marked, moved and removed, and mailboxes that come and go, without a key"""
    with LocalBag() as bag:
        bag.put("1.a", "S")
        with bag.screen(rows=24, columns=100) as screen:
            screen.until("1.a")
            bag.put("2.b", folder="new")
            screen.until("2.b")
            os.rename(os.path.join(bag.mail, "new", "2.b"), os.path.join(bag.mail, "cur", "2.b:2,FS"))
            screen.until(lambda _: bag.query("SELECT base_flags FROM message m JOIN local_uid l ON l.uid = m.uid AND l.mailbox_id = m.mailbox_id "
                                             "WHERE l.key = '2.b'") == [(5,)])
            os.rename(os.path.join(bag.mail, "cur", "1.a:2,S"), os.path.join(bag.mail, ".Archive", "cur", "1.a:2,S"))
            screen.until_gone("1.a")
            screen.until(lambda _: list(bag.shown("Archive")) == ["1.a"])
            os.unlink(os.path.join(bag.mail, "cur", "2.b:2,FS"))
            screen.until_gone("2.b")
            for folder in ("tmp", "new", "cur"):
                os.makedirs(os.path.join(bag.mail, ".Fresh", folder))
            bag.put("3.c", mailbox=".Fresh", folder="new")
            screen.until(lambda _: bag.query("SELECT shown_total FROM mailbox WHERE name = 'Fresh'") == [(1,)])
            os.rename(os.path.join(bag.mail, ".Fresh"), os.path.join(bag.mail, ".Ripe"))
            screen.until(lambda _: bag.query("SELECT name FROM mailbox WHERE name IN ('Fresh', 'Ripe')") == [("Ripe",)])
            screen.type(":quit\r")
            screen.until_end()


def test_mailutils():
    """GNU mailutils delivers into the Maildir and reads from it what was decided here"""
    movemail = tap.need_program("movemail.mailutils")
    messages = tap.need_program("messages.mailutils")
    with LocalBag() as bag:
        bag.put("1.a", "S")
        mbox = os.path.join(bag.home, "incoming")
        with open(mbox, "w") as file:
            for number in range(3):
                file.write("From a@example.org Tue Mar  3 14:32:10 2026\nFrom: a@example.org\nSubject: incoming %d\nMessage-ID: <i%d@x>\n\nText\n\n"
                           % (number, number))
        with bag.screen() as screen:
            screen.until("1.a")
            subprocess.run([movemail, mbox, "maildir:" + bag.mail], check=True)
            for number in range(3):
                screen.until("incoming %d" % number)
            screen.type(":tag-pattern ~s0\r")
            screen.until("1 tagged")
            screen.type(":move-message Archive\r")
            screen.until(lambda _: len(bag.files(".Archive")) == 1)
            screen.type(":quit\r")
            screen.until_end()
        for mailbox, count in (("", 3), (".Archive", 1)):
            said = subprocess.run([messages, "maildir:" + os.path.join(bag.mail, mailbox)], capture_output=True, check=True).stdout.decode()
            assert said.rstrip().endswith(": %d" % count), said


def neomutt(bag, mailbox, keys):
    """NeoMutt with that Maildir open, these keys, and out again."""
    program = tap.need_program("neomutt")
    place = os.path.join(bag.mail, mailbox)
    settings = "set mbox_type=Maildir; set sort=subject; set quit=yes; set delete=yes; set confirmappend=no; set confirmcreate=no; set mark_old=no; set resolve=no"
    return Screen([program, "-n", "-F", "/dev/null", "-e", settings, "-e", "push '%s'" % keys, "-f", place], home=bag.home, cwd=bag.home)


def test_neomutt():
    """NeoMutt flags, deletes and saves messages that Malle shows, and sees the flags that Malle sets; both open at the same time"""
    with LocalBag() as bag:
        for name in ("1.a", "2.b", "3.c"):
            bag.put(name, "S")
        with bag.screen() as screen:
            screen.until("3.c")
            with neomutt(bag, "", "<search>~s1.a<enter><flag-message><search>~s2.b<enter><delete-message><search>~s3.c<enter><save-message><kill-line>%s/.Archive<enter><quit>"
                         % bag.mail) as other:
                other.until_end()
            screen.until_gone("2.b")
            screen.until_gone("3.c")
            tap.equal(list(bag.subjects(".Archive")), ["3.c"])
            screen.until(lambda _: list(bag.shown("Archive")) == ["3.c"])
            tap.equal(bag.files(), {"1.a": "FS"})
            screen.until(lambda _: bag.shown()["1.a"]["flagged"])
            screen.type(":tag-pattern ~A\r")
            screen.until("1 tagged")
            screen.type(":set-flag answered\r")
            screen.until(lambda _: bag.files() == {"1.a": "FRS"})
            with neomutt(bag, "", "<limit>~F~Q<enter>") as other:
                other.until("1.a")
                other.type("q")
                other.until_end()
            screen.type(":quit\r")
            screen.until_end()
        tap.equal(bag.files(), {"1.a": "FRS"})


if __name__ == "__main__":
    tap.main()
