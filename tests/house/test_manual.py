"""The manual says what the program does: the pages made from its tables are fresh, and the rest names what exists."""

import configparser
import os
import re
import subprocess

from support import tap

SOURCE = tap.source_dir()
BUILD = os.environ.get("MALLE_BUILDDIR", os.path.join(SOURCE, "build"))


def page(name):
    with open(os.path.join(SOURCE, "doc", "man", name), encoding="utf-8") as file:
        return file.read()


def fresh(name):
    made = subprocess.run([os.path.join(BUILD, "doc", "make-manual"), os.path.join(SOURCE, "doc", "man", name + ".in")],
                          stdout=subprocess.PIPE, check=True).stdout.decode()
    assert made == page(name), "run: make update-manual"


def test_config_page_is_fresh():
    """malle-config(5) is what the option table makes of its template"""
    fresh("malle-config.5")


def test_keys_page_is_fresh():
    """malle-keys(5) is what the command table makes of its template"""
    fresh("malle-keys.5")


def test_commands_are_documented():
    """every command without a screen is in malle(1) and in the three completions"""
    with open(os.path.join(SOURCE, "src", "cli", "cli.c"), encoding="utf-8") as file:
        names = re.findall(r'\{ "([a-z]+)", cli_', file.read())
    assert len(names) >= 5, names
    manual = page("malle.1")
    for name in names:
        assert ".It Ic %s" % name in manual, name
        for completion in ("malle", "_malle", "malle.fish"):
            with open(os.path.join(SOURCE, "contrib", "completion", completion), encoding="utf-8") as file:
                assert re.search(r"\b%s\b" % name, file.read()), (completion, name)


def test_options_are_documented():
    """every option has its meaning, its default and an example in malle-config(5)"""
    with open(os.path.join(SOURCE, "src", "config", "options-table.c"), encoding="utf-8") as file:
        names = re.findall(r'^    (?:BOOL|NUMBER|CHOICE|TEXT|LIST)\(OPTION_[A-Z_]+, "([a-z-]+)"', file.read(), re.M)
    assert len(names) >= 43, names
    entries = dict(re.findall(r"^\.It Ic ([a-z-]+)[^\n]*\n(.*?)(?=^\.It |^\.El)", page("malle-config.5"), re.M | re.S))
    for name in names:
        entry = entries.get(name, "")
        assert re.search(r"^Default: \S", entry, re.M), (name, entry)
        assert re.search(r"^Example:\n.*%s = \S" % name, entry, re.M | re.S), (name, entry)
        assert len(entry.split("Default:")[0].split()) >= 4, (name, entry)


def test_desktop_file():
    """mailto: links find the program by malle.desktop"""
    entry = configparser.ConfigParser(interpolation=None, strict=True)
    entry.optionxform = str
    entry.read(os.path.join(SOURCE, "contrib", "malle.desktop"), encoding="utf-8")
    desktop = entry["Desktop Entry"]
    tap.equal((desktop["Type"], desktop["Exec"], desktop["Terminal"]), ("Application", "malle %u", "true"))
    assert "x-scheme-handler/mailto" in desktop["MimeType"].split(";")
    for key in ("Comment", "GenericName", "Keywords"):
        assert desktop[key] and desktop[key + "[fr]"], key
    with open(os.path.join(SOURCE, "doc", "room.mk"), encoding="utf-8") as file:
        assert re.search(r"applications_DATA = .*malle\.desktop", file.read()), "it is installed"


def test_account_keys_are_documented():
    """every key of the accounts file is in malle-accounts(5)"""
    with open(os.path.join(SOURCE, "src", "config", "accounts.c"), encoding="utf-8") as file:
        keys = re.findall(r'\{ "([a-z-]+)", KEY_', file.read())
    assert len(keys) >= 16, keys
    manual = page("malle-accounts.5")
    for key in keys:
        assert re.search(r"^\.It Ic .*\b%s\b" % re.escape(key), manual, re.M), key


def test_pages_are_sound():
    """mandoc or groff reads every page without complaint"""
    pages = ["malle.1", "malle-accounts.5", "malle-config.5", "malle-keys.5", "malle-filters.5"]
    program = tap.need_program("groff", "/usr/bin/groff")
    for name in pages:
        result = subprocess.run([program, "-mdoc", "-Tutf8", "-Kutf8", "-ww", os.path.join(SOURCE, "doc", "man", name)],
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        assert result.returncode == 0 and not result.stderr, (name, result.stderr.decode())


if __name__ == "__main__":
    tap.main()
