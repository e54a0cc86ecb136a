# The manual, and what explains the inside. Pages of mechanisms are listed by their rooms.
noinst_PROGRAMS += doc/make-manual
doc_make_manual_SOURCES = doc/make-manual.c
doc_make_manual_LDADD = libmalle.a $(LIBRARIES_USED)

dist_man_MANS += doc/man/malle.1 doc/man/malle-accounts.5 doc/man/malle-config.5 doc/man/malle-keys.5 doc/man/malle-filters.5
EXTRA_DIST += doc/man/malle-config.5.in doc/man/malle-keys.5.in
EXTRA_DIST += doc/internals/rooms.md doc/internals/dependencies.md doc/internals/how-to.md doc/internals/config.md doc/internals/cli.md \
	doc/internals/secrets.md doc/benchmarks.md
EXTRA_DIST += doc/internals/offline.md
EXTRA_DIST += contrib/systemd/malle-sync.service contrib/systemd/malle-sync.timer

applicationsdir = $(datadir)/applications
dist_applications_DATA = contrib/malle.desktop
bashcompletiondir = $(datadir)/bash-completion/completions
dist_bashcompletion_DATA = contrib/completion/malle
zshcompletiondir = $(datadir)/zsh/site-functions
dist_zshcompletion_DATA = contrib/completion/_malle

fishcompletiondir = $(datadir)/fish/vendor_completions.d
dist_fishcompletion_DATA = contrib/completion/malle.fish

# Examples: all options explained, made from the table; the rest by hand.
examplesdir = $(docdir)/examples
dist_examples_DATA = doc/examples/accounts doc/examples/keys doc/examples/colours doc/examples/theme
nodist_examples_DATA = doc/examples/config
CLEANFILES += doc/examples/config
doc/examples/config: doc/make-manual$(EXEEXT)
	$(MKDIR_P) doc/examples
	LC_ALL=C doc/make-manual$(EXEEXT) --config >$@

# The three key sets as files, to copy from.
keysdir = $(pkgdatadir)/keys
keys_DATA = doc/keys/mutt doc/keys/alpine doc/keys/vi
CLEANFILES += $(keys_DATA)
$(keys_DATA): doc/make-manual$(EXEEXT)
	$(MKDIR_P) doc/keys
	LC_ALL=C doc/make-manual$(EXEEXT) --keys $(@F) >$@

# The built-in themes as files, the same way.
themesdir = $(pkgdatadir)/themes
themes_DATA = doc/themes/dark doc/themes/light doc/themes/sixteen doc/themes/sixteen-light doc/themes/mono
CLEANFILES += $(themes_DATA)
$(themes_DATA): doc/make-manual$(EXEEXT)
	$(MKDIR_P) doc/themes
	LC_ALL=C doc/make-manual$(EXEEXT) --theme $(@F) >$@

# After a change of the option table or of a template. Writes into the source tree, and only when asked to.
update-manual: doc/make-manual$(EXEEXT)
	doc/make-manual$(EXEEXT) $(srcdir)/doc/man/malle-config.5.in >$(srcdir)/doc/man/malle-config.5
	doc/make-manual$(EXEEXT) $(srcdir)/doc/man/malle-keys.5.in >$(srcdir)/doc/man/malle-keys.5
.PHONY: update-manual
