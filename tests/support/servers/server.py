"""What every private server offers: links of a second client, and names of its mailboxes.

A subclass has port, tls_port, pop_port, pop_tls_port, ca_file, user and password.
"""

import imaplib
import poplib
import ssl


class Server:
    separator, prefix = "/", ""     # between the parts of a mailbox's name, and before the first of them

    def client(self, user=None, tls=False):
        """Python's imaplib, logged in."""
        if tls:
            link = imaplib.IMAP4_SSL("localhost", self.tls_port,
                                     ssl_context=ssl.create_default_context(cafile=self.ca_file))
        else:
            link = imaplib.IMAP4("127.0.0.1", self.port)
        link.login(user or self.user, self.password)
        return link

    def pop_client(self, user=None, tls=False):
        """Python's poplib, logged in."""
        if tls:
            link = poplib.POP3_SSL("localhost", self.pop_tls_port,
                                   context=ssl.create_default_context(cafile=self.ca_file))
        else:
            link = poplib.POP3("127.0.0.1", self.pop_port)
        link.user(user or self.user)
        link.pass_(self.password)
        return link

    def mailbox(self, *names):
        """What the server calls the mailbox that people see under these names: INBOX.Plans.2026 or Plans/2026."""
        return "INBOX" if names == ("INBOX",) else self.prefix + self.separator.join(names)
