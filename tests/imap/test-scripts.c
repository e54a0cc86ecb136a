/* Byte-exact sessions: every script of scripts/ is played with the server's bytes cut into pieces of 1, 2, 3,
 * 7 and all octets, and must give the same events and the same output each time.
 *
 * A script is lines:
 *   # …          a comment
 *   @ WORD …     how the session is made: tls (the default), starttls, none, small N (limits.small_literal),
 * line N, depth N S: TEXT      the server sends TEXT and CRLF          S= TEXT   the same without CRLF (C
 * escapes; \q{N}{c} is N times the character c) > WORDS      something is asked of the session: see
 * commands[] and actions[] below C: TEXT      and it wrote TEXT and CRLF              C= TEXT   without CRLF;
 * consecutive ones are one expectation E: TEXT      an event, as render.c writes it ! TEXT       the feeding
 * failed, with a message that begins so All output and all events must be named before the next S or >. With
 * MALLE_RECORD=1 in the environment the program prints the scripts with what came in place of what was
 * expected.
 */
#include "config.h"

#include "render.h"

#include <glib/gstdio.h>

typedef struct {
    const char *name;
    char **lines;
    guint at;
    gsize chunk;
    ImapSession *session;
    ImapSessionOptions options;
    Render render;
    SaslMechanism *mechanism;
    GString *output; /* not yet compared */
    GError *error;
    bool recording;
    GString *record;
} Player;

/* ---- reading a script ---- */

static GString *unescape(const char *text)
{
    GString *out = g_string_new(NULL);
    for (const char *p = text; *p != '\0'; p++) {
        guint count;
        char c;
        int length = 0;
        if (*p != '\\') {
            g_string_append_c(out, *p);
        } else if (sscanf(p, "\\q{%u}{%c}%n", &count, &c, &length) == 2 && length > 0) {
            for (guint i = 0; i < count; i++)
                g_string_append_c(out, c);
            p += length - 1;
        } else if (p[1] == 'x') {
            g_string_append_c(out, (char)(g_ascii_xdigit_value(p[2]) << 4 | g_ascii_xdigit_value(p[3])));
            p += 3;
        } else {
            p++;
            g_string_append_c(out, *p == 'r' ? '\r' : *p == 'n' ? '\n' : *p == '0' ? '\0' : *p);
        }
    }
    return out;
}

static G_GNUC_NORETURN void complain(Player *player, const char *what, const char *expected, const char *got)
{
    g_error("%s:%u (pieces of %" G_GSIZE_FORMAT "): %s\n  expected: %s\n  got:      %s", player->name,
            player->at + 1, player->chunk, what, expected, got);
}

static const char *line_at(Player *player)
{
    return player->lines[player->at] == NULL ? "" : player->lines[player->at];
}

/* Lines that begin with either prefix, put together; CRLF behind those of the first. */
static GString *gather(Player *player, const char *with_crlf, const char *without)
{
    GString *bytes = g_string_new(NULL);
    for (; player->lines[player->at] != NULL; player->at++) {
        const char *line = line_at(player);
        bool crlf = g_str_has_prefix(line, with_crlf);
        if (!crlf && !g_str_has_prefix(line, without))
            break;
        GString *text = unescape(strlen(line) > 3 ? line + 3 : "");
        g_string_append_len(bytes, text->str, (gssize)text->len);
        if (crlf)
            g_string_append(bytes, "\r\n");
        g_string_free(text, TRUE);
        if (player->recording)
            g_string_append_printf(player->record, "%s\n", line);
    }
    return bytes;
}

/* ---- asking ---- */

static ImapUidSet *set_of(const char *text)
{
    g_autoptr(GError) error = NULL;
    ImapUidSet *set = imap_uidset_parse(text, -1, &error);
    g_assert_no_error(error);
    return set;
}

static ImapCommand *make_fetch(char **words)
{
    static const struct {
        const char *name;
        guint item;
    } ITEMS[] = { { "flags", IMAP_FETCH_FLAGS },
                  { "date", IMAP_FETCH_INTERNALDATE },
                  { "size", IMAP_FETCH_SIZE },
                  { "envelope", IMAP_FETCH_ENVELOPE },
                  { "structure", IMAP_FETCH_BODYSTRUCTURE },
                  { "modseq", IMAP_FETCH_MODSEQ },
                  { "uid", IMAP_FETCH_UID } };
    ImapFetchSection sections[8] = { 0 };
    ImapFetchWants wants = { .sections = sections };
    bool by_seq = strcmp(words[0], "fetch") == 0;

    for (guint i = 2; words[i] != NULL; i++) {
        bool known = false;
        for (guint j = 0; j < G_N_ELEMENTS(ITEMS); j++) {
            if (strcmp(words[i], ITEMS[j].name) == 0) {
                wants.items |= ITEMS[j].item;
                known = true;
            }
        }
        if (g_str_has_prefix(words[i], "since=")) {
            wants.changed_since = g_ascii_strtoull(words[i] + 6, NULL, 10);
            known = true;
        }
        if (strcmp(words[i], "vanished") == 0)
            known = wants.vanished = true;
        if (known)
            continue;
        ImapFetchSection *section = &sections[wants.n_sections++];
        section->binary = g_str_has_prefix(words[i], "binary:");
        section->binary_size = g_str_has_prefix(words[i], "binarysize:");
        char *name = strchr(words[i], ':') == NULL ? words[i] : strchr(words[i], ':') + 1;
        g_strdelimit(name, "_", ' ');
        char *partial = strchr(name, '@');
        if (partial != NULL) {
            *partial = '\0';
            section->origin = g_ascii_strtoull(partial + 1, &partial, 10);
            section->length = g_ascii_strtoull(partial + 1, NULL, 10);
        }
        section->section = strcmp(name, "all") == 0 ? "" : name;
    }
    if (by_seq) {
        char *colon;
        guint32 first = (guint32)g_ascii_strtoull(words[1], &colon, 10);
        return imap_command_fetch(first, (guint32)g_ascii_strtoull(colon + 1, NULL, 10), &wants);
    }
    g_autoptr(ImapUidSet) set = set_of(words[1]);
    return imap_command_uid_fetch(set, &wants);
}

static ImapCommand *make_store(char **words)
{
    g_autoptr(ImapUidSet) set = set_of(words[1]);
    ImapStoreMode mode = *words[2] == '+'   ? IMAP_STORE_ADD
                         : *words[2] == '-' ? IMAP_STORE_REMOVE
                                            : IMAP_STORE_REPLACE;
    return imap_command_uid_store(set, mode, (const char *const *)words + 4, true,
                                  g_ascii_strtoull(words[3], NULL, 10));
}

static ImapCommand *make_select(char **words)
{
    ImapSelectParameters parameters = { 0 };
    g_autoptr(ImapUidSet) known = NULL;
    if (words[2] == NULL)
        return imap_command_select(words[1], NULL);
    parameters.condstore = strcmp(words[2], "condstore") == 0;
    if (strcmp(words[2], "qresync") == 0) {
        parameters.qresync = true;
        parameters.uidvalidity = (guint32)g_ascii_strtoull(words[3], NULL, 10);
        parameters.modseq = g_ascii_strtoull(words[4], NULL, 10);
        if (words[5] != NULL)
            parameters.known_uids = known = set_of(words[5]);
    }
    return imap_command_select(words[1], &parameters);
}

static ImapCommand *make_append(char **words)
{
    g_autoptr(GBytes) bytes = g_bytes_new(words[2], strlen(words[2]));
    bool utf8 = g_strcmp0(words[3], "utf8") == 0;
    return imap_command_append(words[1], utf8 ? NULL : (const char *const *)words + 3, utf8 ? 0 : 837587065,
                               imap_source_from_bytes(bytes), utf8, false);
}

static ImapCommand *make_search(char **words)
{
    g_autoptr(ImapSearch) search = imap_search_new();
    guint returns = 0;
    for (guint i = 1; words[i] != NULL; i++) {
        if (strcmp(words[i], "esearch") == 0)
            returns = IMAP_SEARCH_RETURN_ALL | IMAP_SEARCH_RETURN_COUNT;
        else if (strcmp(words[i], "unseen") == 0)
            imap_search_flag(search, MAIL_FLAG_SEEN, false);
        else if (strcmp(words[i], "not") == 0)
            imap_search_not(search);
        else if (strcmp(words[i], "or") == 0)
            imap_search_or(search);
        else if (strcmp(words[i], "(") == 0)
            imap_search_open(search);
        else if (strcmp(words[i], ")") == 0)
            imap_search_close(search);
        else if (g_str_has_prefix(words[i], "subject="))
            imap_search_text(search, IMAP_SEARCH_SUBJECT, words[i] + 8);
        else if (g_str_has_prefix(words[i], "header="))
            imap_search_header(search, "Message-ID", words[i] + 7);
        else if (strcmp(words[i], "since") == 0)
            imap_search_date(search, IMAP_SEARCH_SINCE, 2026, 3, 1);
        else
            g_error("no such key: %s", words[i]);
    }
    if (strcmp(words[0], "search") == 0)
        return imap_command_search(search, returns);
    if (strcmp(words[0], "sorted") == 0)
        return imap_command_uid_sort("REVERSE DATE", search, returns, returns == 0 ? 0 : 1, returns == 0 ? 0 : 40);
    if (strcmp(words[0], "threads") == 0)
        return imap_command_uid_thread("REFS", search);
    if (strcmp(words[0], "everywhere") == 0)
        return imap_command_esearch((const char *const[]){ "INBOX", "Entw&APw-rfe", "a b" }, 3, search, returns);
    if (strcmp(words[0], "newest") == 0)
        return imap_command_uid_search_partial(search, IMAP_SEARCH_RETURN_COUNT, -1, -40);
    return strcmp(words[0], "partial") == 0 ? imap_command_uid_search_partial(search, 0, 1, 40)
                                            : imap_command_uid_search(search, returns);
}

static ImapCommand *make_list(char **words)
{
    guint options = 0, items = 0;
    for (guint i = 3; words[i] != NULL; i++) {
        if (strcmp(words[i], "special") == 0)
            options |= IMAP_LIST_RETURN_SPECIAL_USE | IMAP_LIST_RETURN_SUBSCRIBED;
        else if (strcmp(words[i], "status") == 0)
            items = IMAP_STATUS_ITEM_MESSAGES | IMAP_STATUS_ITEM_UNSEEN | IMAP_STATUS_ITEM_UIDNEXT;
        else if (strcmp(words[i], "subscribed") == 0)
            options |= IMAP_LIST_SELECT_SUBSCRIBED;
    }
    return imap_command_list(strcmp(words[1], "-") == 0 ? "" : words[1], words[2], options, items);
}

static ImapCommand *make_simple(char **words)
{
    const char *one = words[1];
#define NO_ARGUMENT(name, call)                                                                              \
    if (strcmp(words[0], name) == 0)                                                                         \
    return call
    NO_ARGUMENT("capability", imap_command_capability());
    NO_ARGUMENT("noop", imap_command_noop());
    NO_ARGUMENT("logout", imap_command_logout());
    NO_ARGUMENT("starttls", imap_command_starttls());
    NO_ARGUMENT("compress", imap_command_compress());
    NO_ARGUMENT("namespace", imap_command_namespace());
    NO_ARGUMENT("unselect", imap_command_unselect());
    NO_ARGUMENT("close", imap_command_close());
    NO_ARGUMENT("expunge", imap_command_expunge());
    NO_ARGUMENT("id", imap_command_id((const char *const *)words + 1));
    NO_ARGUMENT("enable", imap_command_enable((const char *const *)words + 1));
    NO_ARGUMENT("login", imap_command_login(words[1], words[2]));
    NO_ARGUMENT("examine", imap_command_examine(one, NULL));
    NO_ARGUMENT("create", imap_command_create(one, words[2] == NULL ? 0 : IMAP_MAILBOX_TRASH));
    NO_ARGUMENT("delete", imap_command_delete(one));
    NO_ARGUMENT("rename", imap_command_rename(one, words[2]));
    NO_ARGUMENT("subscribe", imap_command_subscribe(one));
    NO_ARGUMENT("unsubscribe", imap_command_unsubscribe(one));
    NO_ARGUMENT("lsub", imap_command_lsub("", one));
    NO_ARGUMENT("status", imap_command_status(one, IMAP_STATUS_ITEM_MESSAGES | IMAP_STATUS_ITEM_UIDNEXT));
    NO_ARGUMENT("sort", imap_command_uid_sort("REVERSE DATE", NULL, 0, 0, 0));
#undef NO_ARGUMENT
    g_error("no such command: %s", words[0]);
}

static ImapCommand *make_command(char **words)
{
    static const struct {
        const char *name;
        ImapCommand *(*make)(char **words);
    } COMMANDS[] = { { "fetch", make_fetch },   { "uidfetch", make_fetch }, { "store", make_store },
                     { "select", make_select }, { "append", make_append },  { "uidsearch", make_search },
                     { "search", make_search }, { "partial", make_search },
                     { "sorted", make_search }, { "threads", make_search }, { "everywhere", make_search },
                     { "newest", make_search }, { "list", make_list } };
    g_autoptr(ImapUidSet) set = NULL;
    for (guint i = 0; i < G_N_ELEMENTS(COMMANDS); i++)
        if (strcmp(words[0], COMMANDS[i].name) == 0)
            return COMMANDS[i].make(words);
    if (strcmp(words[0], "copy") == 0)
        return imap_command_uid_copy(set = set_of(words[1]), words[2]);
    if (strcmp(words[0], "move") == 0)
        return imap_command_uid_move(set = set_of(words[1]), words[2]);
    if (strcmp(words[0], "uidexpunge") == 0)
        return imap_command_uid_expunge(set = set_of(words[1]));
    return make_simple(words);
}

static void authenticate(Player *player, char **words, GError **error)
{
    bool oauth = strcmp(words[1], "XOAUTH2") == 0;
    SaslCredentials credentials = { .authcid = words[2],
                                    .secret = oauth ? NULL : words[3],
                                    .token = oauth ? words[3] : NULL };
    g_autoptr(GError) failure = NULL;
    g_clear_pointer(&player->mechanism, sasl_mechanism_free);
    player->mechanism = sasl_mechanism_new(words[1], &credentials, &failure);
    g_assert_no_error(failure);
    imap_session_authenticate(player->session, player->mechanism, render_done, &player->render, error);
    while (imap_session_auth_busy(player->session))
        imap_session_auth_resume(player->session);
}

static void drop_mechanism(Player *player)
{
    g_clear_pointer(&player->mechanism, sasl_mechanism_free);
}

static void ask(Player *player, const char *text)
{
    ImapSession *session = player->session;
    g_auto(GStrv) words = g_strsplit(text, " ", -1);
    g_autoptr(GError) error = NULL;
    bool first = strcmp(words[0], "first") == 0;

    for (guint i = 0; words[i] != NULL; i++) {
        GString *plain = unescape(words[i]);
        g_free(words[i]);
        words[i] = g_string_free(plain, FALSE);
    }
    if (strcmp(words[0], "tls-started") == 0)
        imap_session_tls_started(session);
    else if (strcmp(words[0], "compression-started") == 0)
        imap_session_compression_started(session);
    else if (strcmp(words[0], "auth") == 0)
        authenticate(player, words, &error);
    else if (strcmp(words[0], "idle") == 0)
        imap_session_idle(session, render_done, &player->render, &error);
    else if (strcmp(words[0], "idle-quietly") == 0)
        imap_session_idle(session, NULL, NULL, &error);
    else if (strcmp(words[0], "idle-done") == 0)
        imap_session_idle_done(session);
    else if (strcmp(words[0], "hold") == 0)
        imap_session_hold(session);
    else if (strcmp(words[0], "release") == 0)
        imap_session_release(session);
    else if (strcmp(words[0], "disconnect") == 0)
        imap_session_close(session, words[1]);
    else if (strcmp(words[0], "cancel") == 0)
        g_assert_true(imap_session_cancel(session, g_ascii_strtoull(words[1], NULL, 10)));
    else if (first)
        imap_session_send_first(session, make_command(words + 1), render_done, &player->render, &error);
    else
        imap_session_send(session, make_command(words), render_done, &player->render, &error);
    if (error != NULL)
        g_queue_push_tail(&player->render.lines, g_strdup_printf("refused: %s", error->message));
}

/* ---- comparing ---- */

static void take_output(Player *player)
{
    g_autoptr(GError) error = NULL;
    GBytes *bytes;
    while ((bytes = imap_session_take_output(player->session, NULL, &error)) != NULL) {
        g_string_append_len(player->output, g_bytes_get_data(bytes, NULL), (gssize)g_bytes_get_size(bytes));
        g_bytes_unref(bytes);
    }
    g_assert_no_error(error);
}

static void record_output(Player *player, const char *line, bool crlf)
{
    gsize len = strlen(line), same = 1;
    g_string_append(player->record, crlf ? "C: " : "C= ");
    while (same < len && line[same] == line[0])
        same++;
    if (len > 40 && same == len) {
        g_string_append_printf(player->record, "\\q{%" G_GSIZE_FORMAT "}{%c}\n", len, line[0]);
        return;
    }
    for (gsize i = 0; i < len; i++) {
        guchar c = (guchar)line[i];
        if (c < ' ' || c >= 0x7f || c == '\\')
            g_string_append_printf(player->record, c == '\\' ? "\\\\" : "\\x%02x", c);
        else
            g_string_append_c(player->record, (char)c);
    }
    g_string_append_c(player->record, '\n');
}

static void record_all(Player *player)
{
    char *line;
    while ((line = g_queue_pop_head(&player->render.lines)) != NULL) {
        g_string_append_printf(player->record, "E: %s\n", line);
        g_free(line);
    }
    g_auto(GStrv) lines = g_strsplit(player->output->str, "\r\n", -1);
    for (guint i = 0; lines[i] != NULL; i++)
        if (lines[i + 1] != NULL || *lines[i] != '\0')
            record_output(player, lines[i], lines[i + 1] != NULL);
    g_string_truncate(player->output, 0);
    if (player->error != NULL) {
        g_string_append_printf(player->record, "! %s\n", player->error->message);
        g_clear_error(&player->error);
    }
}

static void expect_nothing_left(Player *player)
{
    take_output(player);
    if (player->recording) {
        record_all(player);
        return;
    }
    if (!g_queue_is_empty(&player->render.lines))
        complain(player, "an event more", "(none)", g_queue_peek_head(&player->render.lines));
    if (player->output->len > 0)
        complain(player, "output more", "(none)", player->output->str);
    if (player->error != NULL)
        complain(player, "an error", "(none)", player->error->message);
}

static void expect_output(Player *player)
{
    GString *expected = gather(player, "C: ", "C= ");
    take_output(player);
    if (!g_string_equal(expected, player->output)) {
        g_autofree char *a = render_bytes(expected->str, expected->len);
        g_autofree char *b = render_bytes(player->output->str, player->output->len);
        complain(player, "output", a, b);
    }
    g_string_truncate(player->output, 0);
    g_string_free(expected, TRUE);
}

static void expect_event(Player *player, const char *expected)
{
    g_autofree char *got = g_queue_pop_head(&player->render.lines);
    if (g_strcmp0(got, expected) != 0)
        complain(player, "event", expected, got == NULL ? "(none)" : got);
}

static void expect_error(Player *player, const char *expected)
{
    if (player->error == NULL || !g_str_has_prefix(player->error->message, expected))
        complain(player, "error", expected, player->error == NULL ? "(none)" : player->error->message);
    g_clear_error(&player->error);
}

/* ---- playing ---- */

static void feed(Player *player)
{
    GString *bytes = gather(player, "S: ", "S= ");
    gsize step = player->chunk == 0 ? bytes->len : player->chunk;
    for (gsize at = 0; at < bytes->len && player->error == NULL; at += step) {
        gsize len = MIN(step, bytes->len - at);
        char *piece = g_memdup2(bytes->str + at, len); /* so that reading over its end is seen */
        imap_session_feed(player->session, piece, len, &player->error);
        g_free(piece);
        while (imap_session_auth_busy(player->session))
            imap_session_auth_resume(player->session);
    }
    g_string_free(bytes, TRUE);
}

static void read_options(Player *player)
{
    for (; g_str_has_prefix(line_at(player), "@") || g_str_has_prefix(line_at(player), "#") ||
           *line_at(player) == '\0';
         player->at++) {
        const char *line = line_at(player);
        if (player->recording)
            g_string_append_printf(player->record, "%s\n", line);
        if (strstr(line, "starttls") != NULL && *line == '@')
            player->options.security = IMAP_SECURITY_STARTTLS;
        if (g_str_has_prefix(line, "@ none"))
            player->options.security = IMAP_SECURITY_NONE;
        if (g_str_has_prefix(line, "@ small "))
            player->options.limits.small_literal = (gsize)g_ascii_strtoull(line + 8, NULL, 10);
        if (g_str_has_prefix(line, "@ line "))
            player->options.limits.line = (gsize)g_ascii_strtoull(line + 7, NULL, 10);
        if (g_str_has_prefix(line, "@ depth "))
            player->options.limits.depth = (guint)g_ascii_strtoull(line + 8, NULL, 10);
        if (g_str_has_prefix(line, "@ messages "))
            player->options.limits.messages = (guint)g_ascii_strtoull(line + 11, NULL, 10);
        if (g_str_has_prefix(line, "@ unasked "))
            player->options.limits.unasked = g_ascii_strtoull(line + 10, NULL, 10);
    }
}

static void play_line(Player *player)
{
    const char *line = line_at(player);
    if (player->recording && strchr("EC!", line[0]) != NULL && line[0] != '\0') {
        player->at++;
        return;
    }
    if (g_str_has_prefix(line, "S: ") || g_str_has_prefix(line, "S= ")) {
        expect_nothing_left(player);
        feed(player);
        return;
    }
    if (g_str_has_prefix(line, "C: ") || g_str_has_prefix(line, "C= ")) {
        expect_output(player);
        return;
    }
    if (g_str_has_prefix(line, "> ")) {
        expect_nothing_left(player);
        if (player->recording)
            g_string_append_printf(player->record, "%s\n", line);
        ask(player, line + 2);
    } else if (g_str_has_prefix(line, "E: ")) {
        expect_event(player, line + 3);
    } else if (g_str_has_prefix(line, "! ")) {
        expect_error(player, line + 2);
    } else if (*line == '\0' || *line == '#') {
        if (player->recording && player->lines[player->at + 1] != NULL) {
            expect_nothing_left(player);
            g_string_append_printf(player->record, "%s\n", line);
        }
    } else {
        complain(player, "a line of no kind", "", line);
    }
    player->at++;
}

static char *play(const char *path, gsize chunk, bool recording)
{
    Player player = { .name = path, .chunk = chunk, .recording = recording };
    g_autofree char *text = NULL;
    g_autoptr(GError) error = NULL;

    g_file_get_contents(path, &text, NULL, &error);
    g_assert_no_error(error);
    player.lines = g_strsplit(text, "\n", -1);
    player.output = g_string_new(NULL);
    player.record = g_string_new(NULL);
    render_init(&player.render);
    read_options(&player);
    player.session = imap_session_new(&player.options, &render_events, &player.render);
    while (player.lines[player.at] != NULL)
        play_line(&player);
    expect_nothing_left(&player);
    imap_session_free(player.session);
    drop_mechanism(&player);
    render_clear(&player.render);
    g_strfreev(player.lines);
    g_string_free(player.output, TRUE);
    return g_string_free(player.record, FALSE);
}

static void test_script(gconstpointer path)
{
    static const gsize CHUNKS[] = { 0, 1, 2, 3, 7 };
    for (guint i = 0; i < G_N_ELEMENTS(CHUNKS); i++)
        g_free(play(path, CHUNKS[i], false));
}

int main(int argc, char **argv)
{
    g_autofree char *folder = NULL;
    g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func(g_free);
    const char *name;

    g_test_init(&argc, &argv, NULL);
    folder = g_test_build_filename(G_TEST_DIST, "tests", "imap", "scripts", NULL);
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    g_assert_nonnull(dir);
    while ((name = g_dir_read_name(dir)) != NULL) {
        if (!g_str_has_suffix(name, ".imap"))
            continue;
        char *path = g_build_filename(folder, name, NULL);
        g_ptr_array_add(paths, path);
        if (g_getenv("MALLE_RECORD") != NULL && (argc < 2 || strcmp(argv[1], name) == 0)) {
            g_autofree char *recorded = play(path, 0, true);
            g_file_set_contents(path, recorded, -1, NULL);
        }
        g_autofree char *test = g_strdup_printf("/imap/script/%s", name);
        g_test_add_data_func(test, path, test_script);
    }
    g_assert_cmpuint(paths->len, >, 0);
    return g_test_run();
}
