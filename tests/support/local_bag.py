"""A person whose mail lies in files, and what those files hold, as another program sees them."""

import os

from support.bag import Bag


class LocalBag(Bag):
    """A person whose mail is a Maildir++ below their home."""

    def __init__(self, mailboxes=("Archive", "Trash"), **more):
        super().__init__(**more)
        self.mailboxes = mailboxes

    def __enter__(self):
        super().__enter__()
        self.mail = os.path.join(self.home, "Mail")
        for name in ("",) + tuple("." + name for name in self.mailboxes):
            for folder in ("tmp", "new", "cur"):
                os.makedirs(os.path.join(self.mail, name, folder))
        self.accounts_file = os.path.join(self.config, "accounts")
        self.write_accounts()
        return self

    def write_accounts(self, password=None):
        with open(os.open(self.accounts_file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write("[account here]\nreceive = maildir://%s\naddress = me@example.org\n%s\n" % (self.mail, self.more))

    def put(self, name, letters="", mailbox="", folder="cur", subject=None):
        """As another program delivers it."""
        path = os.path.join(self.mail, mailbox, folder, name + (":2," + letters if folder == "cur" else ""))
        with open(path, "w") as file:
            file.write("From: a@example.org\nTo: me@example.org\nSubject: %s\nMessage-ID: <%s@x>\nDate: Tue, 3 Mar 2026 14:32:10 +0100\n\nText of %s\n"
                       % (subject or name, name, name))

    def files(self, mailbox=""):
        """{base name: letters}; "new" for what is in new/."""
        found = {}
        for folder in ("new", "cur"):
            for name in os.listdir(os.path.join(self.mail, mailbox, folder)):
                base, _, letters = name.partition(":2,")
                assert base not in found, "%s is there twice" % base
                found[base] = "new" if folder == "new" else letters
        return found

    def subjects(self, mailbox):
        """{subject: letters}, for what has a new name."""
        found = {}
        for base, letters in self.files(mailbox).items():
            folder = "new" if letters == "new" else "cur"
            path = os.path.join(self.mail, mailbox, folder, base + (":2," + letters if folder == "cur" else ""))
            with open(path) as file:
                subject = next(line for line in file if line.startswith("Subject: "))[9:].strip()
            assert subject not in found, "%s is there twice" % subject
            found[subject] = letters
        return found

    def shown(self, mailbox="INBOX"):
        """{subject: flags} as the store shows it."""
        rows = self.json("search", "--json", "--in", mailbox, "~A")
        return {row["subject"]: row for row in rows}
