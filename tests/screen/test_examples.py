"""The examples that are shipped are right: Malle starts with them without a complaint."""

import os
import shutil

from support import tap
from support.bag import Bag

ROOT = os.path.abspath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))


def test_examples():
    """keys, colours, theme, and the config with every option taken out of comment"""
    with Bag() as bag:
        for name in ("keys", "colours"):
            shutil.copy(os.path.join(ROOT, "doc", "examples", name), os.path.join(bag.config, name))
        os.mkdir(os.path.join(bag.config, "themes"))
        shutil.copy(os.path.join(ROOT, "doc", "examples", "theme"), os.path.join(bag.config, "themes", "mine"))
        with open(os.path.join("doc", "examples", "config")) as file:      # made in the build directory
            lines = [line[1:] for line in file if line.startswith("#") and not line.startswith("# ")]
        names = [line.split(" = ")[0] for line in lines]
        assert len(set(names)) > 30, names
        with open(os.path.join(bag.config, "config"), "w") as file:
            for name in dict.fromkeys(names):          # the first line of each: the default
                file.write(next(line for line in lines if line.startswith(name + " = ")))
        with bag.screen("--demo") as screen:
            screen.until("unread of 43")
            assert not screen.line(23).strip(), screen.line(23)
            screen.keys(":")
            screen.until(lambda s: s.line(23).startswith(":"))
            screen.type("notices")
            screen.keys("Enter")
            screen.until("What was said")
            for word in ("config:", "keys:", "colours:", "themes"):
                assert word not in screen.text(), screen.text()
            screen.keys("q", ":")
            screen.until(lambda s: s.line(23).startswith(":"))
            screen.type("set theme mine")
            screen.keys("Enter")
            screen.until("theme = mine")


def test_every_option_has_an_example():
    """malle-config(5) gives each option its default and an example"""
    with open(os.path.join(ROOT, "doc", "man", "malle-config.5")) as file:
        page = file.read()
    options = page[page.index(".Sh OPTIONS"):page.index(".Sh COLOURS")].split(".It Ic ")[1:]
    assert len(options) > 30
    for option in options:
        assert "Default:" in option and "Example:" in option, option


if __name__ == "__main__":
    tap.main()
