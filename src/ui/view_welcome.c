/* The first screen of a program that knows no account. */
#include "config.h"

#include "base/i18n.h"
#include "base/paths.h"
#include "term/scroller.h"
#include "ui/app.h"

typedef enum { OFFER_SETUP, OFFER_DEMO, OFFER_LOCAL, OFFER_KEYS, OFFER_QUIT } OfferKind;

typedef struct {
    OfferKind kind;
    const char *key;
    char *words, *more;
    const char *path; /* OFFER_LOCAL; the context's */
} Offer;

typedef struct {
    View view;
    Scroller scroller;
    GPtrArray *offers; /* of Offer* */
} Welcome;

static void offer_free(Offer *offer)
{
    g_free(offer->words);
    g_free(offer->more);
    g_free(offer);
}

static void add_offer(Welcome *welcome, OfferKind kind, const char *key, char *words, char *more,
                      const char *path)
{
    Offer *offer = g_new0(Offer, 1);
    *offer = (Offer){ kind, key, words, more, path };
    g_ptr_array_add(welcome->offers, offer);
}

static void welcome_draw(View *view, Area area, gboolean focused)
{
    Welcome *welcome = (Welcome *)view;
    Ui *ui = view->ui;
    ui_draw_title(ui, area, "Malle", PACKAGE_VERSION, focused);
    int left = MAX(2, (area.columns - 70) / 2), width = MIN(area.columns - left - 2, 70);
    int row = area.rows > 20 ? 3 : 1;
    g_auto(GStrv) lines = text_wrap(_("Welcome. Malle carries your mail in a bag of its own: what you have "
                                      "read is in it, what you have decided is "
                                      "in it, and the network only fills or empties it."),
                                    width);
    for (guint i = 0; lines[i] && area.rows > 12; i++)
        area_text(area, row++, left, lines[i], -1, ui_style(ui, THEME_NORMAL));
    row++;
    area_text(area, row++, left, _("There is no account yet. What would you like?"), -1,
              ui_style(ui, THEME_HEADING));
    row++;
    scroller_set(&welcome->scroller, (int)welcome->offers->len, (int)welcome->offers->len);
    for (guint i = 0; i < welcome->offers->len; i++) {
        const Offer *offer = welcome->offers->pdata[i];
        gboolean is_selected = (int)i == welcome->scroller.selected;
        CellStyle style =
            is_selected && focused ? ui_style(ui, THEME_LIST_CURSOR) : ui_style(ui, THEME_NORMAL);
        area_repeat(area, row, left, width, " ", style);
        int column =
            area_format(area, row, left + 1, is_selected && focused ? style : ui_style(ui, THEME_KEY_BAR_KEY),
                        "%s", offer->key) +
            2;
        area_fit(area, row, column, width - (column - left), offer->words, -1, TEXT_CUT_MIDDLE, FALSE, style);
        if (is_selected && focused)
            area_put_cursor(area, row, left);
        row++;
        if (area.rows > 14)
            area_fit(area, row++, left + 4, width - 4, offer->more, -1, TEXT_CUT_ELLIPSIS, FALSE,
                     ui_style(ui, THEME_DIM));
        if (area.rows > 20)
            row++;
    }
}

static char *keys_words(const Ui *ui)
{
    static const char *const names[] = { "mutt", "alpine", "vi, aerc" };
    return g_strdup_printf(_("Keys as in %s"), names[options_choice(ui->options, OPTION_KEY_SET)]);
}

/* The next set; written down, because nobody wants to choose it again. */
static void next_key_set(Ui *ui, Offer *offer)
{
    const OptionRow *row = option_row(OPTION_KEY_SET);
    guint next = (options_choice(ui->options, OPTION_KEY_SET) + 1) % KEYS_COUNT;
    g_autoptr(GError) error = NULL;
    if (!options_set(ui->options, row->name, row->choices[next], &error) ||
        (ui->context->config_path && !options_remember(ui->options, OPTION_KEY_SET, ui->context->config_path, &error)))
        ui_complain(ui, error);
    ui_set_option(ui, OPTION_KEY_SET);
    g_free(offer->words);
    offer->words = keys_words(ui);
}

static void take_offer(Ui *ui, Offer *offer)
{
    g_autoptr(GError) error = NULL;
    gboolean ok = TRUE;
    switch (offer->kind) {
    case OFFER_SETUP:
        ui_push(ui, view_setup_new(ui));
        return;
    case OFFER_DEMO:
        ok = ui_restart(ui, NULL, TRUE, &error);
        break;
    case OFFER_LOCAL: {
        g_autoptr(GPtrArray) accounts = g_ptr_array_new_with_free_func((GDestroyNotify)account_free);
        Account *account = account_new("local");
        gboolean is_folder = g_file_test(offer->path, G_FILE_TEST_IS_DIR);
        g_autofree char *url = g_strdup_printf("%s://%s", is_folder ? "maildir" : "mbox", offer->path);
        account->receive = account_url_parse(url, &error);
        g_ptr_array_add(accounts, account);
        ok = account->receive && ui_restart(ui, accounts, FALSE, &error);
        break;
    }
    case OFFER_KEYS:
        next_key_set(ui, offer);
        return;
    case OFFER_QUIT:
        ui->quit = TRUE;
        return;
    }
    if (!ok && error)
        ui_complain(ui, error);
}

static void welcome_move(View *view, int rows)
{
    scroller_move(&((Welcome *)view)->scroller, rows);
}

static void welcome_edge(View *view, int direction)
{
    scroller_edge(&((Welcome *)view)->scroller, direction);
}

static void welcome_activate(View *view)
{
    Welcome *welcome = (Welcome *)view;
    if (welcome->scroller.selected >= 0)
        take_offer(view->ui, welcome->offers->pdata[welcome->scroller.selected]);
}

static gboolean welcome_key(View *view, const Key *key)
{
    Welcome *welcome = (Welcome *)view;
    for (guint i = 0; i < welcome->offers->len; i++) {
        Offer *offer = welcome->offers->pdata[i];
        if (offer->kind != OFFER_QUIT && key_is(key, offer->key)) {
            take_offer(view->ui, offer); /* the view may be gone behind it */
            return TRUE;
        }
    }
    return FALSE;
}

static void welcome_free(View *view)
{
    g_ptr_array_unref(((Welcome *)view)->offers);
    g_free(view);
}

static const ViewClass welcome_class = {
    .context = CONTEXT_WELCOME,
    .draw = welcome_draw,
    .free = welcome_free,
    .move = welcome_move,
    .edge = welcome_edge,
    .activate = welcome_activate,
    .key = welcome_key,
};

View *view_welcome_new(Ui *ui)
{
    Welcome *welcome = g_new0(Welcome, 1);
    welcome->view = (View){ &welcome_class, ui };
    welcome->offers = g_ptr_array_new_with_free_func((GDestroyNotify)offer_free);
    add_offer(welcome, OFFER_SETUP, "a", g_strdup(_("Set up an account")),
              g_strdup(_("address, server, password: tried before they are saved")), NULL);
    add_offer(welcome, OFFER_DEMO, "d", g_strdup(_("Look around in the demo")),
              g_strdup(_("sample mail in several languages; no network, nothing to lose")), NULL);
    static const char *const numbers[] = { "1", "2", "3", "4", "5" };
    for (guint i = 0; ui->context->local_mail && ui->context->local_mail[i] && i < G_N_ELEMENTS(numbers);
         i++) {
        g_autofree char *path = paths_shorten(ui->context->local_mail[i]);
        add_offer(welcome, OFFER_LOCAL, numbers[i], g_strdup_printf(_("Read the mail in %s"), path),
                  g_strdup(_("found on this machine; it is only read, not changed")),
                  ui->context->local_mail[i]);
    }
    add_offer(welcome, OFFER_KEYS, "t", keys_words(ui), g_strdup(_("mutt, alpine, vi and aerc: take the ones that your hands know")), NULL);
    add_offer(welcome, OFFER_QUIT, "q", g_strdup(_("Quit")),
              g_strdup(_("malle(1) and malle-accounts(5) say more")), NULL);
    return &welcome->view;
}
