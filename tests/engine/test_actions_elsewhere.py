"""The decisions of test_actions.py, carried out on Cyrus, in both of its hierarchies, and on Courier."""

import test_actions
from support import tap
from support.servers import table

USERS = tuple("user%d" % number for number in range(len(test_actions.STEPS)))
started = {}


def server_of(kind, user):
    """One server of each kind for the file, and a fresh user for each step."""
    if kind.name not in started:
        started[kind.name] = tap.keep(kind.start(users=USERS))
    started[kind.name].user = user
    return started[kind.name]


def as_test(step, kind, user):
    def test():
        test_actions.play(step, server_of(kind, user))
    test.__doc__ = "%s: %s" % (kind.title, (step.__doc__ or step.__name__).strip())
    globals()["test_%s_%s" % (step.__name__, kind.name)] = test


for one, its_user in zip(test_actions.STEPS, USERS):
    for each in table.ALL:
        if each.name in ("cyrus_dot", "cyrus_slash", "courier"):
            as_test(one, each, its_user)


if __name__ == "__main__":
    tap.main()
