"""malle import muttrc: a user's binds, colours, aliases and options become Malle's files, which Malle then uses; the rest is listed, line by line."""

import os
import re

from support import tap
from support.bag import Bag

HERE = os.path.dirname(os.path.abspath(__file__))


def import_into(bag, *more):
    with open(os.path.join(HERE, "muttrc")) as file:
        text = file.read()
    path = os.path.join(bag.home, ".muttrc")
    with open(path, "w") as file:
        file.write(text)
    with open(os.path.join(bag.home, "more.muttrc"), "w") as file:
        file.write("bind index B help\nfrobnicate\n")
    return bag.run("import", "muttrc", path, *more)


def read(bag, *names):
    with open(os.path.join(bag.home, *names)) as file:
        return file.read()


def test_files():
    """what comes out, word by word"""
    with Bag() as bag:
        said = import_into(bag)
        keys = read(bag, ".config", "malle", "keys")
        for line in ("bind list <C-a> move-message", "bind reader <C-a> move-message", "bind list gg first-entry", "bind list G last-entry",
                     "bind reader <PageDown> page-down", "unbind any <Tab>", "bind list A move-message Archive", "bind reader A move-message Archive",
                     "bind list <Esc>u limit ~N", "bind list X tag-pattern ~f boss ; tag-prefix ; flag-message", "bind list Z shell fetchmail -v",
                     "bind list B help"):
            assert line in keys.splitlines(), (line, keys)
        theme = read(bag, ".config", "malle", "themes", "muttrc").splitlines()
        for line in ("base = dark", "body = white", "list-cursor = black on cyan", "quote-1 = 75", "header-value = cyan", "signature = #808080"):
            assert line in theme, (line, theme)
        tap.equal(read(bag, ".config", "malle", "colours").splitlines()[1:], ["bold bright-red if ~f boss@example.org", "yellow if ~F"])
        options = read(bag, ".config", "malle", "config").splitlines()
        for line in ("list-columns = signs, date, who, size, subject", "date-format = %Y-%m-%d", "threads = yes", "sort-descending = yes", "sidebar-width = 30",
                     "key-bar = no", "theme = muttrc"):
            assert line in options, (line, options)
        cards = read(bag, ".local", "share", "malle", "contacts", "muttrc.vcf")
        assert "FN:Kit Marlowe\nNICKNAME:kit\nEMAIL:kit@kitmarlowe.example\n" in cards, cards
        assert "KIND:group\nFN:team\nNICKNAME:team\nMEMBER:mailto:ada@example.org\nMEMBER:mailto:bob@example.org\n" in cards, cards
        assert re.search(r"^10 keys taken over", said, re.M) and "2 aliases" in said, said


def test_what_is_left():
    """each line that could not be translated is told with its place and the reason; no command was run"""
    with Bag() as bag:
        said = import_into(bag)
        for number, word in ((7, "editor"), (12, "fly-to-the-moon"), (18, "enter-command"), (24, "https"), (26, "mono bold"), (28, "Mother"), (31, "account-hook"),
                             (32, "smtp_pass"), (34, "uname")):
            assert re.search(r"\.muttrc:%d: .*%s" % (number, re.escape(word)), said), (number, word, said)
        assert "more.muttrc:2: frobnicate" in said
        assert "imap_user" in said and "add-account" in said
        secret = [line for line in said.splitlines() if "pass mail" in line]
        assert secret, "what a command would have printed is not there; the command is"


def test_nothing_is_overwritten():
    """a file that is the person's stays; what was read goes beside it. --dry-run writes nothing"""
    with Bag(options="# mine\n") as bag:
        said = import_into(bag, "--dry-run")
        assert "bind list gg first-entry" in said
        assert not os.path.exists(os.path.join(bag.config, "keys"))
        said = import_into(bag)
        tap.equal(read(bag, ".config", "malle", "config"), "# mine\n")
        assert "theme = muttrc" in read(bag, ".config", "malle", "config.from-muttrc")
        assert "is yours already" in said


def test_malle_uses_it():
    """Malle starts with these files without a complaint; the macro runs, the colours are there"""
    with Bag() as bag:
        import_into(bag)
        with open(os.path.join(bag.config, "colours"), "a") as file:
            file.write("bold 208 if from:plomberie\n")
        with bag.screen("--demo", rows=24, columns=80) as screen:
            screen.until(lambda s: "Tu rentres" in s.line(1))
            assert "config:" not in screen.text() and "keys:" not in screen.text(), screen.text()
            screen.until("Facture 2043")
            cell = screen.cells("Facture 2043")[0]
            tap.equal((cell.fg, cell.bold), ("ff8700", True))
            screen.type("\x1bu")
            screen.until("limited to ~N")


if __name__ == "__main__":
    tap.main()
