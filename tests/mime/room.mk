# Tests of mime.
check_PROGRAMS += tests/mime/test-headers tests/mime/test-structure
tests_mime_test_headers_SOURCES = tests/mime/test-headers.c
tests_mime_test_headers_LDADD = $(TEST_LIBS)
tests_mime_test_structure_SOURCES = tests/mime/test-structure.c
tests_mime_test_structure_LDADD = $(TEST_LIBS)
check_PROGRAMS += tests/mime/test-html
tests_mime_test_html_SOURCES = tests/mime/test-html.c
tests_mime_test_html_LDADD = $(TEST_LIBS)
check_PROGRAMS += tests/mime/test-plain
tests_mime_test_plain_SOURCES = tests/mime/test-plain.c
tests_mime_test_plain_LDADD = $(TEST_LIBS)
check_PROGRAMS += tests/mime/test-mailcap
tests_mime_test_mailcap_SOURCES = tests/mime/test-mailcap.c
tests_mime_test_mailcap_LDADD = $(TEST_LIBS)
check_PROGRAMS += tests/mime/test-reply
tests_mime_test_reply_SOURCES = tests/mime/test-reply.c
tests_mime_test_reply_LDADD = $(TEST_LIBS)
noinst_PROGRAMS += tests/mime/letter-driver
tests_mime_letter_driver_SOURCES = tests/mime/letter-driver.c
tests_mime_letter_driver_LDADD = $(TEST_LIBS)
TESTS += tests/mime/test_letters.py
EXTRA_DIST += tests/mime/test_letters.py
EXTRA_DIST += \
	tests/mime/html/01-paragraphs.html \
	tests/mime/html/01-paragraphs.txt \
	tests/mime/html/02-headings.html \
	tests/mime/html/02-headings.txt \
	tests/mime/html/03-lists.html \
	tests/mime/html/03-lists.txt \
	tests/mime/html/04-quotes.html \
	tests/mime/html/04-quotes.txt \
	tests/mime/html/05-pre.html \
	tests/mime/html/05-pre.txt \
	tests/mime/html/06-links.html \
	tests/mime/html/06-links.txt \
	tests/mime/html/07-deceiving-links.html \
	tests/mime/html/07-deceiving-links.txt \
	tests/mime/html/08-pictures.html \
	tests/mime/html/08-pictures.txt \
	tests/mime/html/09-hidden.html \
	tests/mime/html/09-hidden.txt \
	tests/mime/html/10-scripts.html \
	tests/mime/html/10-scripts.txt \
	tests/mime/html/11-data-table.html \
	tests/mime/html/11-data-table.txt \
	tests/mime/html/12-wide-table.html \
	tests/mime/html/12-wide-table.txt \
	tests/mime/html/13-too-wide-table.html \
	tests/mime/html/13-too-wide-table.txt \
	tests/mime/html/14-layout-table.html \
	tests/mime/html/14-layout-table.txt \
	tests/mime/html/15-newsletter.html \
	tests/mime/html/15-newsletter.txt \
	tests/mime/html/16-entities.html \
	tests/mime/html/16-entities.txt \
	tests/mime/html/17-broken.html \
	tests/mime/html/17-broken.txt \
	tests/mime/html/18-unclosed-style.html \
	tests/mime/html/18-unclosed-style.txt \
	tests/mime/html/19-breaks.html \
	tests/mime/html/19-breaks.txt \
	tests/mime/html/20-gmail-reply.html \
	tests/mime/html/20-gmail-reply.txt \
	tests/mime/html/21-outlook.html \
	tests/mime/html/21-outlook.txt \
	tests/mime/html/22-cjk.html \
	tests/mime/html/22-cjk.txt \
	tests/mime/html/23-rtl.html \
	tests/mime/html/23-rtl.txt \
	tests/mime/html/24-definitions.html \
	tests/mime/html/24-definitions.txt \
	tests/mime/html/25-form.html \
	tests/mime/html/25-form.txt \
	tests/mime/html/26-block-link.html \
	tests/mime/html/26-block-link.txt \
	tests/mime/html/27-preheader.html \
	tests/mime/html/27-preheader.txt \
	tests/mime/html/28-nested-tables.html \
	tests/mime/html/28-nested-tables.txt \
	tests/mime/html/29-style-emphasis.html \
	tests/mime/html/29-style-emphasis.txt \
	tests/mime/html/30-empty.html \
	tests/mime/html/30-empty.txt \
	tests/mime/html/31-link-in-link.html \
	tests/mime/html/31-link-in-link.txt \
	tests/mime/html/32-side-by-side.html \
	tests/mime/html/32-side-by-side.txt
check_PROGRAMS += tests/mime/test-departure
tests_mime_test_departure_SOURCES = tests/mime/test-departure.c
tests_mime_test_departure_LDADD = $(TEST_LIBS)
noinst_PROGRAMS += tests/mime/html-dump
tests_mime_html_dump_SOURCES = tests/mime/html-dump.c
tests_mime_html_dump_LDADD = $(TEST_LIBS)
TESTS += tests/mime/test_html_beside.py
EXTRA_DIST += tests/mime/test_html_beside.py tests/mime/html/checks doc/html.md
EXTRA_DIST += \
	tests/mime/html/33-invoice.html \
	tests/mime/html/34-receipt.html \
	tests/mime/html/35-newsletter-columns.html \
	tests/mime/html/36-reply-chain.html \
	tests/mime/html/37-outlook-reply.html \
	tests/mime/html/38-links-many.html \
	tests/mime/html/39-phishing.html \
	tests/mime/html/40-idn-link.html \
	tests/mime/html/41-javascript-links.html \
	tests/mime/html/42-tracking-pixels.html \
	tests/mime/html/43-pictures-alt.html \
	tests/mime/html/44-hidden-text.html \
	tests/mime/html/45-nested-lists.html \
	tests/mime/html/46-long-list-items.html \
	tests/mime/html/47-definition-list.html \
	tests/mime/html/48-preformatted.html \
	tests/mime/html/49-signature.html \
	tests/mime/html/50-entities.html \
	tests/mime/html/51-soft-hyphens.html \
	tests/mime/html/52-broken-nesting.html \
	tests/mime/html/53-unclosed.html \
	tests/mime/html/54-no-html.html \
	tests/mime/html/55-script-style.html \
	tests/mime/html/56-form.html \
	tests/mime/html/57-wide-data.html \
	tests/mime/html/58-cell-with-paragraphs.html \
	tests/mime/html/59-key-value.html \
	tests/mime/html/60-spacer-layout.html \
	tests/mime/html/61-breaks.html \
	tests/mime/html/62-cjk.html \
	tests/mime/html/63-rtl.html \
	tests/mime/html/64-emphasis.html \
	tests/mime/html/65-deep-quotes-long.html \
	tests/mime/html/66-unsubscribe-footer.html \
	tests/mime/html/67-button-link.html \
	tests/mime/html/68-bomb.html \
	tests/mime/html/69-controls.html \
	tests/mime/html/70-latin-mixed.html
EXTRA_DIST += \
	tests/mime/html/33-invoice.txt \
	tests/mime/html/34-receipt.txt \
	tests/mime/html/35-newsletter-columns.txt \
	tests/mime/html/36-reply-chain.txt \
	tests/mime/html/37-outlook-reply.txt \
	tests/mime/html/38-links-many.txt \
	tests/mime/html/39-phishing.txt \
	tests/mime/html/40-idn-link.txt \
	tests/mime/html/41-javascript-links.txt \
	tests/mime/html/42-tracking-pixels.txt \
	tests/mime/html/43-pictures-alt.txt \
	tests/mime/html/44-hidden-text.txt \
	tests/mime/html/45-nested-lists.txt \
	tests/mime/html/46-long-list-items.txt \
	tests/mime/html/47-definition-list.txt \
	tests/mime/html/48-preformatted.txt \
	tests/mime/html/49-signature.txt \
	tests/mime/html/50-entities.txt \
	tests/mime/html/51-soft-hyphens.txt \
	tests/mime/html/52-broken-nesting.txt \
	tests/mime/html/53-unclosed.txt \
	tests/mime/html/54-no-html.txt \
	tests/mime/html/55-script-style.txt \
	tests/mime/html/56-form.txt \
	tests/mime/html/57-wide-data.txt \
	tests/mime/html/58-cell-with-paragraphs.txt \
	tests/mime/html/59-key-value.txt \
	tests/mime/html/60-spacer-layout.txt \
	tests/mime/html/61-breaks.txt \
	tests/mime/html/62-cjk.txt \
	tests/mime/html/63-rtl.txt \
	tests/mime/html/64-emphasis.txt \
	tests/mime/html/65-deep-quotes-long.txt \
	tests/mime/html/66-unsubscribe-footer.txt \
	tests/mime/html/67-button-link.txt \
	tests/mime/html/68-bomb.txt \
	tests/mime/html/69-controls.txt \
	tests/mime/html/70-latin-mixed.txt
