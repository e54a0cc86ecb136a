"""A second client of the tests' servers."""


class Link:
    """A second client that calls mailboxes as people do: Plans, where the server says INBOX.Plans."""

    def __init__(self, server):
        self.server, self.link = server, server.client()

    def __getattr__(self, name):
        return getattr(self.link, name)

    def _name(self, name):
        return '"%s"' % self.server.mailbox(name.strip('"'))

    def select(self, name, readonly=False):
        return self.link.select(self._name(name), readonly)

    def create(self, name):
        return self.link.create(self._name(name))

    def append(self, name, *rest):
        return self.link.append(self._name(name), *rest)

    def delete(self, name):
        return self.link.delete(self._name(name))

    def copy(self, numbers, name):
        return self.link.copy(numbers, self._name(name))
