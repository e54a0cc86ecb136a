"""Real submission servers, private on loopback: what a person's letters are handed to.

    with DovecotSubmission() as server:         # IMAP and submission of one server, with BURL
    with Postfix() as server:
    with Exim() as server:
    with OpenSmtpd() as server:
        server.submission_port          # STARTTLS wanted before AUTH
        server.submission_tls_port      # TLS from the first byte
        server.user, server.password, server.ca_file
        server.smtp()                   # Python's smtplib, logged in
        server.sink.wait(1)[0].octets   # what was passed on: nothing leaves the machine

Dovecot is installed; the others exclude one another as packages, and must not become this machine's mail server:
each is unpacked into a root of its own (see roots.py).
"""

import os
import smtplib
import ssl

from support import process, tap
from support.servers.dovecot import Dovecot
from support.servers.sink import Sink


class Submission:
    """What they share: the sink that they relay to, and a second client's link."""

    def trust(self):
        return ssl.create_default_context(cafile=self.ca_file)

    def smtp(self, tls=False, user=None):
        if tls:
            link = smtplib.SMTP_SSL("localhost", self.submission_tls_port, local_hostname="localhost", context=self.trust())
        else:
            link = smtplib.SMTP("localhost", self.submission_port, local_hostname="localhost")
            link.starttls(context=self.trust())
        link.login(user or self.user, self.password)
        return link


_DOVECOT_PROGRAM = "/usr/lib/dovecot/submission"
_DOVECOT = """
protocols = $protocols submission
hostname = localhost
submission_host = localhost
submission_relay_host = 127.0.0.1
submission_relay_port = {relay}
submission_relay_trusted = no
submission_max_mail_size = {max_size}
imap_urlauth_host = localhost
imap_metadata = yes
mail_attribute_dict = file:%h/attributes
service submission-login {{
  service_count = 0
  chroot =
  inet_listener submission {{
    port = {port}
  }}
  inet_listener submissions {{
    port = {tls_port}
    ssl = yes
  }}
}}
service imap-urlauth-login {{
  chroot =
}}
"""


class DovecotSubmission(Submission, Dovecot):
    """Dovecot's submission server beside its IMAP, with BURL of what lies in the mailboxes (URLAUTH)."""

    name = "Dovecot"

    def __init__(self, max_size=0, **options):
        """max_size: of a letter, in octets, 0: none; the rest is Dovecot's."""
        super().__init__(**options)
        self.max_size, self.sink = max_size, None
        tap.need(os.access(_DOVECOT_PROGRAM, os.X_OK), "dovecot-submissiond is not installed")

    def __exit__(self, *_):
        super().__exit__()
        if self.sink:
            self.sink.__exit__()
            self.sink = None

    def _configure(self):
        super()._configure()
        self.sink = Sink().__enter__()
        self.submission_port, self.submission_tls_port = process.free_ports(2)
        with open(self.path("dovecot.conf"), "a") as file:
            file.write(_DOVECOT.format(relay=self.sink.port, max_size=self.max_size,
                                       port=self.submission_port, tls_port=self.submission_tls_port))

    def start(self):
        super().start()
        process.wait_for_greeting(self.submission_port, self.process, self.log, b"220 ")


SUBMISSION = (DovecotSubmission,)
