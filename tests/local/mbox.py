"""An mbox of the test's own, looked at with another implementation: Python's mailbox module."""

import mailbox
import os
import subprocess
import tempfile

from local import driver

FROM = b"From sender@example.net Tue Mar  3 14:32:10 2026\n"


def letter(name, body=b"Text.\n", marks=b""):
    return b"Subject: %s\nMessage-ID: <%s@example.net>\n%s\n%s" % (name.encode(), name.encode(), marks, body)


class Mbox:
    def __enter__(self):
        self.place = tempfile.TemporaryDirectory(prefix="malle-mbox-")
        self.path = os.path.join(self.place.name, "box")
        self.state = os.path.join(self.place.name, "state")
        self.fresh()
        return self

    def __exit__(self, *unused):
        self.place.cleanup()

    def fresh(self, *letters):
        """These letters, and nothing begun."""
        subprocess.run(["rm", "-rf", self.state, self.path + ".lock"], check=True)
        self.write(b"".join(FROM + one + b"\n" for one in letters))

    def write(self, octets):
        with open(self.path, "wb") as file:
            file.write(octets)

    def octets(self):
        with open(self.path, "rb") as file:
            return file.read()

    @property
    def environment(self):
        return {"XDG_STATE_HOME": self.state}

    def run(self, *arguments, environment=None, message=b""):
        return driver(*arguments, environment=dict(self.environment, **(environment or {})), message=message)

    def keys(self):
        return self.run("list", self.path)

    def messages(self):
        """[(subject, body, status + x-status, keywords)] as Python finds them."""
        box = mailbox.mbox(self.path, create=False)
        found = [(one["Subject"], one.get_payload(), "".join(sorted(one.get_flags())), one["X-Keywords"] or "") for one in box]
        box.close()
        return found

    def subjects(self):
        return [one[0] for one in self.messages()]

    def left(self):
        """What a change leaves beside the mail when it is not at its end."""
        state = os.path.join(self.state, "malle")
        return sorted(os.listdir(state) if os.path.isdir(state) else []) + [name for name in os.listdir(self.place.name) if name.endswith(".lock")]
