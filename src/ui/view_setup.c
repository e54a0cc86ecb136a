/* Account set-up: a form of a few lines, a login that is tried, and only then a file that is written. */
#include "config.h"

#include <string.h>

#include "base/i18n.h"
#include "term/line_editor.h"
#include "ui/login_try.h"

typedef enum {
    FIELD_ADDRESS,
    FIELD_NAME,
    FIELD_SERVER,
    FIELD_SECURITY,
    FIELD_USER,
    FIELD_PASSWORD,
    FIELD_COMMAND,
    FIELD_TOKEN,
    FIELD_TRY,
    FIELD_COUNT
} Field;

typedef struct {
    View view;
    LineEditor *editors[FIELD_COUNT]; /* NULL where nothing is typed */
    Field field;
    AccountSecurity security;
    char *words; /* how the last attempt went; NULL none */
    gboolean failed;
    char *pinned; /* a certificate the person trusts */
    LoginTry *attempt;
} Setup;

typedef struct {
    const char *label, *hint;
} FieldText;

static const FieldText field_texts[FIELD_COUNT] = {
    [FIELD_ADDRESS] = { N_("Mail address"), N_("for example alice@example.org") },
    [FIELD_NAME] = { N_("Your name"), N_("as others see it in your letters; may be left empty") },
    [FIELD_SERVER] = { N_("IMAP server"),
                       N_("your provider tells it; a port may follow, as in imap.example.org:993") },
    [FIELD_SECURITY] = { N_("Protection"), N_("Space changes it; TLS is right for nearly all servers") },
    [FIELD_USER] = { N_("User name"), N_("mostly the whole address") },
    [FIELD_PASSWORD] = { N_("Password"), N_("kept in the accounts file, readable by you only; better: leave "
                                            "it empty and give a command") },
    [FIELD_COMMAND] = { N_("or a command"), N_("that prints the password, for example: pass show mail") },
    [FIELD_TOKEN] = { N_("or a token command"), N_("that prints an OAuth 2 token, for providers that take no passwords, for "
                                                   "example: oama access alice@example.org") },
    [FIELD_TRY] = { N_("Try to log in, and save"),
                    N_("Enter tries; nothing is written before it has worked") },
};

static const char *security_words(AccountSecurity security)
{
    switch (security) {
    case ACCOUNT_SECURITY_STARTTLS:
        return _("STARTTLS (required, port 143)");
    case ACCOUNT_SECURITY_INSECURE:
        return _("none: password and mail can be read on the way");
    default:
        return _("TLS (port 993)");
    }
}

static const char *text_of(const Setup *setup, Field field)
{
    return line_editor_text(setup->editors[field]);
}

/* --- drawing ----------------------------------------------------------------------------------- */

static void draw_field(Setup *setup, Area area, int row, Field field, gboolean focused)
{
    Ui *ui = setup->view.ui;
    gboolean here = field == setup->field;
    const char *label = _(field_texts[field].label);
    CellStyle style = ui_style(ui, here ? THEME_EMPHASIS : THEME_NORMAL);
    int labels = 20, cells = MIN(area.columns - labels - 6, 50);
    area_text(area, row, 1, here ? ">" : " ", 1, style);
    if (field == FIELD_TRY) {
        int end = area_format(area, row, 3, here ? ui_style(ui, THEME_LIST_CURSOR) : style, "[ %s ]", label);
        if (here && focused)
            area_put_cursor(area, row, MIN(end - 1, 5));
        return;
    }
    area_fit(area, row, 3, labels - 1, label, -1, TEXT_CUT_ELLIPSIS, FALSE, style);
    if (field == FIELD_SECURITY) {
        area_text(area, row, labels + 3, security_words(setup->security), -1,
                  ui_style(ui, setup->security == ACCOUNT_SECURITY_INSECURE ? THEME_WARNING
                               : here                                       ? THEME_EMPHASIS
                                                                            : THEME_NORMAL));
        if (here && focused)
            area_put_cursor(area, row, labels + 3);
        return;
    }
    CellStyle box = ui_style(ui, THEME_NORMAL);
    box.attributes |= CELL_UNDERLINE;
    line_editor_draw(setup->editors[field], area, row, labels + 3, MAX(cells, 1), box, here && focused);
}

static void setup_draw(View *view, Area area, gboolean focused)
{
    Setup *setup = (Setup *)view;
    Ui *ui = view->ui;
    ui_draw_title(ui, area, _("Set up an account"), _("Esc goes back"), focused);
    gboolean spaced = area.rows >= 2 * FIELD_COUNT + 7; /* a line between the fields, and room for the hint */
    int left = MAX(0, (area.columns - 76) / 2), row = area.rows > 18 ? 3 : 1;
    Area form = area_part(area, 0, left, area.rows, MIN(area.columns - left, 76));
    for (Field field = 0; field < FIELD_COUNT; field++) {
        if (area.rows > 18 && field == FIELD_TRY)
            row++;
        draw_field(setup, form, row++, field, focused);
        if (spaced && field != FIELD_TRY)
            row++;
    }
    row++;
    const char *words = setup->attempt ? _("Trying to log in. You can wait, or go back with Esc.")
                        : setup->words ? setup->words
                                       : _(field_texts[setup->field].hint);
    ThemeRole role = setup->attempt                  ? THEME_EMPHASIS
                     : setup->words && setup->failed ? THEME_ERROR
                                                     : THEME_DIM;
    g_auto(GStrv) lines = text_wrap(words, MAX(form.columns - 6, 10));
    for (guint i = 0; lines[i]; i++)
        area_text(form, row++, 3, lines[i], -1, ui_style(ui, role));
}

/* --- trying ------------------------------------------------------------------------------------ */

static void set_words(Setup *setup, const char *words, gboolean failed)
{
    g_free(setup->words);
    setup->words = g_strdup(words);
    setup->failed = failed;
    ui_redraw(setup->view.ui);
}

/* "work" of alice@work.example: what the account is called on the screen, free among those there are. */
static char *account_name(const char *address)
{
    const char *at = strrchr(address, '@');
    const char *domain = at ? at + 1 : address, *dot = strchr(domain, '.');
    GString *name = g_string_new_len(domain, dot ? dot - domain : (gssize)strlen(domain));
    for (gsize i = 0; i < name->len; i++)
        if (!g_ascii_isalnum(name->str[i]) && name->str[i] != '-')
            name->str[i] = '-';
    if (name->len == 0)
        g_string_assign(name, "mail");
    return g_string_free(name, FALSE);
}

static Account *make_account(const Setup *setup, GError **error)
{
    static const char *const schemes[] = { [ACCOUNT_SECURITY_TLS] = "imaps",
                                           [ACCOUNT_SECURITY_STARTTLS] = "imap",
                                           [ACCOUNT_SECURITY_INSECURE] = "imap+insecure" };
    g_autofree char *name = account_name(text_of(setup, FIELD_ADDRESS));
    g_autofree char *user = g_uri_escape_string(text_of(setup, FIELD_USER), NULL, FALSE);
    g_autofree char *url =
        g_strdup_printf("%s://%s@%s", schemes[setup->security], user, text_of(setup, FIELD_SERVER));
    AccountUrl *receive = account_url_parse(url, error);
    if (!receive)
        return NULL;
    Account *account = account_new(name);
    account->receive = receive;
    account->address = g_strdup(text_of(setup, FIELD_ADDRESS));
    if (*text_of(setup, FIELD_NAME))
        account->person = g_strdup(text_of(setup, FIELD_NAME));
    if (*text_of(setup, FIELD_TOKEN))
        account->token_command = g_strdup(text_of(setup, FIELD_TOKEN));
    else if (*text_of(setup, FIELD_COMMAND))
        account->password_command = g_strdup(text_of(setup, FIELD_COMMAND));
    else
        account->password = g_strdup(text_of(setup, FIELD_PASSWORD));
    account->pinned_certificate = g_strdup(setup->pinned);
    return account;
}

static void start_try(Setup *setup);

static void trust_answered(Ui *ui, int choice, gpointer user_data)
{
    char *fingerprint = user_data;
    View *top = ui_focused(ui);
    if (choice != 0 || top->class->draw != setup_draw) /* the form was left meanwhile */
        return;
    Setup *setup = (Setup *)top;
    g_free(setup->pinned);
    setup->pinned = g_strdup(fingerprint);
    start_try(setup);
}

static void save(Setup *setup)
{
    Ui *ui = setup->view.ui;
    g_autoptr(GError) error = NULL;
    g_autoptr(Account) account = make_account(setup, &error);
    if (!account || !ui->context->save_account(account, ui->context->user_data, &error)) {
        set_words(setup, error ? error->message : _("The account could not be saved."), TRUE);
        return;
    }
    g_autoptr(GPtrArray) accounts =
        ui->context->load_accounts ? ui->context->load_accounts(ui->context->user_data, &error) : NULL;
    if (!accounts) {
        set_words(setup, error ? error->message : _("The accounts could not be read again."), TRUE);
        return;
    }
    /* The view is gone behind this. */
    if (!ui_restart(ui, accounts, FALSE, &error))
        ui_complain(ui, error);
    else
        ui_say(ui, _("The login worked, and the account is saved."));
}

static void tried(Ui *ui, const UiLoginResult *result, gpointer user_data)
{
    Setup *setup = user_data;
    setup->attempt = NULL;
    if (result && result->ok) {
        save(setup);
        return;
    }
    set_words(setup, result && result->words ? result->words : _("The login did not work."), TRUE);
    if (result && result->fingerprint) {
        const PromptChoice choices[] = { { _("t"), _("trust this certificate for this account") },
                                         { _("r"), _("refuse") },
                                         { NULL, NULL } };
        prompt_choice(ui, _("Nobody you trust vouches for this server:"), _("Certificate"),
                      result->certificate, choices, trust_answered, g_strdup(result->fingerprint), g_free);
    }
}

static gboolean complete(Setup *setup)
{
    static const Field needed[] = { FIELD_ADDRESS, FIELD_SERVER, FIELD_USER };
    for (guint i = 0; i < G_N_ELEMENTS(needed); i++)
        if (!*text_of(setup, needed[i])) {
            setup->field = needed[i];
            set_words(setup, _("This is needed."), TRUE);
            return FALSE;
        }
    if (!*text_of(setup, FIELD_PASSWORD) && !*text_of(setup, FIELD_COMMAND) && !*text_of(setup, FIELD_TOKEN)) {
        setup->field = FIELD_PASSWORD;
        set_words(setup, _("A password is needed, or a command that prints it."), TRUE);
        return FALSE;
    }
    return TRUE;
}

static void start_try(Setup *setup)
{
    Ui *ui = setup->view.ui;
    g_autoptr(GError) error = NULL;
    if (setup->attempt || !complete(setup))
        return;
    g_autoptr(Account) account = make_account(setup, &error);
    if (!account) {
        setup->field = FIELD_SERVER;
        set_words(setup, error->message, TRUE);
        return;
    }
    if (!ui->context->try_login || !ui->context->save_account) {
        set_words(setup, _("Accounts cannot be set up here: see malle-accounts(5) for the file."), TRUE);
        return;
    }
    set_words(setup, NULL, FALSE);
    setup->attempt = login_try_start(ui, account, tried, setup);
}

/* --- keys -------------------------------------------------------------------------------------- */

/* What can be guessed from the address is put into fields that are still empty. */
static void guess(Setup *setup)
{
    const char *address = text_of(setup, FIELD_ADDRESS), *at = strrchr(address, '@');
    if (!at || !at[1])
        return;
    if (!*text_of(setup, FIELD_SERVER)) {
        g_autofree char *server = g_strdup_printf("imap.%s", at + 1);
        line_editor_set_text(setup->editors[FIELD_SERVER], server);
    }
    if (!*text_of(setup, FIELD_USER))
        line_editor_set_text(setup->editors[FIELD_USER], address);
}

static void go(Setup *setup, int step)
{
    if (setup->field == FIELD_ADDRESS)
        guess(setup);
    setup->field = (Field)CLAMP((int)setup->field + step, 0, FIELD_COUNT - 1);
    set_words(setup, NULL, FALSE);
}

static gboolean setup_key(View *view, const Key *key)
{
    Setup *setup = (Setup *)view;
    if (key_is(key, "<Esc>") || key_is(key, "<C-g>") || key_is(key, "<C-c>")) {
        ui_pop(view->ui);
        return TRUE;
    }
    if (key_is(key, "<Down>") || key_is(key, "<Tab>"))
        go(setup, 1);
    else if (key_is(key, "<Up>") || key_is(key, "<S-Tab>"))
        go(setup, -1);
    else if (key_is(key, "<Enter>") && setup->field == FIELD_TRY)
        start_try(setup);
    else if (key_is(key, "<Enter>"))
        go(setup, 1);
    else if (setup->field == FIELD_SECURITY &&
             (key_is(key, "<Space>") || key_is(key, "<Right>") || key_is(key, "<Left>")))
        setup->security = (setup->security + (key_is(key, "<Left>") ? 2 : 1)) % 3;
    else if (setup->editors[setup->field])
        line_editor_key(setup->editors[setup->field], key);
    else
        return key_text(key) != NULL; /* a letter here is no command */
    ui_redraw(view->ui);
    return TRUE;
}

static void setup_free(View *view)
{
    Setup *setup = (Setup *)view;
    login_try_give_up(setup->attempt);
    for (Field field = 0; field < FIELD_COUNT; field++)
        line_editor_free(setup->editors[field]);
    g_free(setup->words);
    g_free(setup->pinned);
    g_free(setup);
}

static const ViewClass setup_class = {
    .context = CONTEXT_WELCOME,
    .draw = setup_draw,
    .free = setup_free,
    .key = setup_key,
};

View *view_setup_new(Ui *ui)
{
    Setup *setup = g_new0(Setup, 1);
    setup->view = (View){ &setup_class, ui };
    for (Field field = 0; field < FIELD_COUNT; field++)
        if (field != FIELD_SECURITY && field != FIELD_TRY)
            setup->editors[field] = line_editor_new("");
    line_editor_set_secret(setup->editors[FIELD_PASSWORD], TRUE);
    return &setup->view;
}
