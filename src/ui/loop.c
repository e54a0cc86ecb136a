/* The main loop: waits on the terminal, on signals, on the model and on whatever is watched; answers; paints
 * at most one frame in 16 ms for what the engine tells, one at once for each burst of keys, and only when something changed. */
#include "config.h"
#include "ui/ui.h"

#include <errno.h>
#include <poll.h>

#include "base/i18n.h"
#include "config/colour-rules.h"
#include "config/keys.h"
#include "config/problem.h"
#include "ui/address_query.h"
#include "ui/compose.h"
#include "ui/pictures.h"

#define FRAME_US (16 * 1000)

typedef struct {
    int fd;
    UiWatchDone done;
    gpointer user_data;
} UiWatch;

void ui_watch(Ui *ui, int fd, UiWatchDone done, gpointer user_data)
{
    UiWatch *watch = g_new0(UiWatch, 1);
    *watch = (UiWatch){ fd, done, user_data };
    g_ptr_array_add(ui->watches, watch);
}

void ui_unwatch(Ui *ui, int fd)
{
    for (guint i = 0; i < ui->watches->len; i++)
        if (((UiWatch *)ui->watches->pdata[i])->fd == fd) {
            g_ptr_array_remove_index(ui->watches, i);
            return;
        }
}

/* --- keys -------------------------------------------------------------------------------------- */

static void nothing_bound(Ui *ui, const Key *key)
{
    if (key->name[0] == '\0')
        return;
    const char *const keys[] = { key->name, NULL };
    g_autofree char *words = key_words(keys);
    g_autofree char *help = keymap_find(ui->keymap, ui_context_now(ui), "help");
    if (help)
        ui_say(ui, _("%s does nothing here; %s shows what can be done."), words, help);
    else
        ui_say(ui, _("%s does nothing here."), words);
}

static void wait_for_more(Ui *ui)
{
    ui->key_deadline = g_get_monotonic_time() + options_number(ui->options, OPTION_KEY_TIMEOUT) * 1000;
}

void ui_keys_expire(Ui *ui)
{
    ui->key_deadline = 0;
    g_autofree char *line = g_strdup(keymap_expire(ui->keymap));
    if (line)
        command_run_line(ui, line);
    ui_redraw(ui);
}

static void dismiss_notice(Ui *ui)
{
    const ModelNotice *notice = model_notice(ui->model);
    if (notice && notice->serial > ui->notice_dismissed) {
        ui->notice_dismissed = notice->serial;
        ui_redraw(ui);
    }
}

void ui_take_key(Ui *ui, const Key *key)
{
    ui_redraw(ui);
    if (key->kind == KEY_MOUSE) {
        ui_take_mouse(ui, key);
        return;
    }
    if (ui->prompt) {
        prompt_key(ui, key);
        return;
    }
    dismiss_notice(ui);
    View *view = ui_focused(ui);
    if (view->class->key && view->class->key(view, key))
        return;
    if (key->kind == KEY_PASTE) {
        ui_say(ui, _("Pasted text is not taken as commands."));
        return;
    }
    const char *found = NULL;
    gboolean again = FALSE;
    ui->key_deadline = 0;
    KeymapResult result = keymap_key(ui->keymap, view->class->context, key->name, &found, &again);
    g_autofree char *line = g_strdup(found);
    if (result == KEYMAP_MORE || result == KEYMAP_MAYBE)
        wait_for_more(ui);
    else if (line)
        command_run_line(ui, line);
    else
        nothing_bound(ui, key);
    if (again && !ui->quit && !key_is(key, "<Esc>"))
        ui_take_key(ui, key);
}

static void take_keys(Ui *ui, gboolean final)
{
    Key key;
    while (!ui->quit && screen_next_key(ui->screen, final, &key)) {
        ui_take_key(ui, &key);
        key_clear(&key);
    }
    ui->escape_deadline =
        screen_has_partial_key(ui->screen) ? g_get_monotonic_time() + SCREEN_ESCAPE_MS * 1000 : 0;
}

/* --- signals and the model --------------------------------------------------------------------------------
 */

static void take_signals(Ui *ui)
{
    Signals signals = signals_take();
    if (signals & SIGNALS_END)
        ui->quit = TRUE;
    if (signals & SIGNALS_SUSPEND) {
        screen_suspend(ui->screen);
        signals_stop_process();
        screen_resume(ui->screen);
        signals_take(); /* our own CONT */
    } else if (signals & SIGNALS_CONTINUE) {
        screen_suspend(ui->screen);
        screen_resume(ui->screen);
    }
    if (signals & (SIGNALS_RESIZE | SIGNALS_CONTINUE | SIGNALS_SUSPEND)) {
        if (screen_resize(ui->screen))
            ui_pictures_begin(ui); /* cells may be of another size */
        /* Smaller and back to the same size within one wait: no new size for us, but the terminal has cut its
         * lines. */
        screen_forget(ui->screen);
    }
    if (signals)
        ui_redraw(ui);
}

static void tell_views(Ui *ui, ModelRepaint what)
{
    View *const views[] = { ui->sidebar, ui->list_view, ui->reader };
    for (guint i = 0; i < G_N_ELEMENTS(views); i++)
        if (views[i] && views[i]->class->changed)
            views[i]->class->changed(views[i], what);
    for (guint i = 0; i < ui->overlays->len; i++) {
        View *view = ui->overlays->pdata[i];
        if (view->class->changed)
            view->class->changed(view, what);
    }
}

static void on_model(Model *model, ModelRepaint what, gpointer user_data)
{
    (void)model;
    Ui *ui = user_data;
    ui->changed |= what;
    ui_redraw(ui);
}

/* Where nothing is open yet, the first mailbox is opened as soon as there is one. */
static void open_first_mailbox(Ui *ui)
{
    if (!ui->tree || ui->list)
        return;
    gint64 wanted = ui->context->open_mailbox && mailbox_tree_mailbox(ui->tree, ui->context->open_mailbox)
                        ? ui->context->open_mailbox
                        : mailbox_tree_first_choice(ui->tree);
    if (wanted)
        ui_open_mailbox(ui, wanted);
}

static void take_changes(Ui *ui)
{
    ModelRepaint what = model_dispatch(ui->model);
    ui->changed |= what;
    if (!what)
        return;
    ui_redraw(ui);
    tell_views(ui, what);
    if (what & MODEL_REPAINT_SIDEBAR)
        open_first_mailbox(ui);
    if (what & MODEL_REPAINT_DECISION)
        ui_check_decision(ui);
    if (what & MODEL_REPAINT_STATUS)
        ui_check_transfers(ui);
    ui_check_letters(ui);
}

static void mark_read(Ui *ui)
{
    ui->mark_read_at = 0;
    if (!ui->message)
        return;
    gint64 id = model_message_id(ui->message);
    g_autoptr(GArray) ids = g_array_append_vals(g_array_new(FALSE, FALSE, sizeof id), &id, 1);
    model_set_flags(ui->model, ids, MAIL_FLAG_SEEN, 0, NULL);
}

/* --- waiting -----------------------------------------------------------------------------------------------
 */

static void sooner(gint64 *deadline, gint64 other)
{
    if (other && (!*deadline || other < *deadline))
        *deadline = other;
}

static int poll_timeout(gint64 deadline)
{
    if (!deadline)
        return -1;
    gint64 left = deadline - g_get_monotonic_time();
    return left <= 0 ? 0 : (int)MIN((left + 999) / 1000, 60 * 1000);
}

/* One round: waits, then answers what came. FALSE when the terminal is gone. */
static gboolean wait_and_answer(Ui *ui, gint64 frame_due)
{
    gint64 tick = ui_next_tick(ui), deadline = frame_due;
    sooner(&deadline, ui->key_deadline);
    sooner(&deadline, ui->escape_deadline);
    sooner(&deadline, ui->mark_read_at);
    sooner(&deadline, tick);
    sooner(&deadline, ui->pictures_at);
    guint watches = ui->watches->len;
    g_autofree struct pollfd *fds = g_new0(struct pollfd, 3 + watches);
    fds[0] = (struct pollfd){ screen_fd(ui->screen), POLLIN, 0 };
    fds[1] = (struct pollfd){ signals_fd(), POLLIN, 0 };
    fds[2] = (struct pollfd){ model_fd(ui->model), POLLIN, 0 };
    for (guint i = 0; i < watches; i++)
        fds[3 + i] = (struct pollfd){ ((UiWatch *)ui->watches->pdata[i])->fd, POLLIN, 0 };
    int n = poll(fds, 3 + watches, poll_timeout(deadline));
    if (n < 0)
        return errno == EINTR || errno == EAGAIN;
    if (fds[1].revents)
        take_signals(ui);
    if (fds[0].revents & POLLIN) {
        if (!screen_read(ui->screen))
            return FALSE;
        take_keys(ui, FALSE);
        ui_pictures_hear(ui);
        ui->key_taken = TRUE;
    } else if (fds[0].revents) {
        return FALSE;
    }
    if (fds[2].revents)
        take_changes(ui);
    for (guint i = 0; i < watches; i++)
        if (fds[3 + i].revents)
            for (guint j = 0; j < ui->watches->len; j++) {
                UiWatch watch = *(UiWatch *)ui->watches->pdata[j];
                if (watch.fd == fds[3 + i].fd) {
                    watch.done(ui, watch.fd, watch.user_data);
                    break;
                }
            }
    gint64 now = g_get_monotonic_time();
    if (tick && now >= tick)
        ui_redraw(ui);
    if (ui->escape_deadline && now >= ui->escape_deadline)
        take_keys(ui, TRUE);
    if (ui->key_deadline && now >= ui->key_deadline)
        ui_keys_expire(ui);
    if (ui->pictures_at && now >= ui->pictures_at)
        ui_redraw(ui);
    if (ui->mark_read_at && now >= ui->mark_read_at)
        mark_read(ui);
    return TRUE;
}

static void run_loop(Ui *ui)
{
    gint64 last_frame = 0;
    while (!ui->quit) {
        gint64 due = 0;
        if (ui->dirty) {
            due = last_frame + FRAME_US;
            if (ui->key_taken || g_get_monotonic_time() >= due) {
                ui_paint(ui);
                last_frame = g_get_monotonic_time();
                due = ui->dirty ? last_frame + FRAME_US : 0;
            }
        }
        ui->key_taken = FALSE;
        if (!wait_and_answer(ui, due))
            break;
    }
}

/* --- beginning and end ------------------------------------------------------------------------- */

/* The person's own colours of quotations, from the first again where there are fewer than depths. */
static void use_quote_colours(Theme *theme, const char *const *colours)
{
    for (guint depth = 0, i = 0; colours[0] && depth < 5; depth++, i = colours[i + 1] ? i + 1 : 0)
        theme_colour_parse(colours[i], &theme->styles[THEME_QUOTE_1 + depth].foreground, NULL);
}

void ui_load_theme(Ui *ui)
{
    guint colours = ui->screen ? screen_colours(ui->screen) : 256;
    g_autoptr(GPtrArray) problems = config_problems_new();
    g_free(ui->theme);
    ui->theme = theme_load(theme_for_colours(options_text(ui->options, OPTION_THEME), colours), problems);
    use_quote_colours(ui->theme, options_list(ui->options, OPTION_QUOTE_COLOURS));
    styles_load(&ui->styles, ui->theme, colours);
    g_array_set_size(ui->rule_styles, 0);
    for (guint i = 0; ui->context->colour_rules && i < ui->context->colour_rules->len; i++) {
        const ColourRule *rule = ui->context->colour_rules->pdata[i];
        CellStyle style = style_from_theme(rule->style, colours);
        g_array_append_val(ui->rule_styles, style);
    }
    guint ascii = options_choice(ui->options, OPTION_ASCII);
    ui->glyphs =
        glyphs_get(ascii == ASCII_YES || (ascii == ASCII_AUTO && ui->screen && !screen_is_utf8(ui->screen)));
    g_autoptr(GError) error = NULL;
    if (!config_problems_to_error(problems, &error))
        ui_complain(ui, error);
    ui_redraw(ui);
}

void ui_load_colour_rules(Ui *ui)
{
    const GPtrArray *rules = ui->context->colour_rules;
    if (!rules || rules->len == 0)
        return;
    g_autoptr(GPtrArray) queries = g_ptr_array_new();
    g_autoptr(GPtrArray) errors = g_ptr_array_new();
    for (guint i = 0; i < rules->len; i++)
        g_ptr_array_add(queries, ((const ColourRule *)rules->pdata[i])->query);
    g_ptr_array_add(queries, NULL);
    model_set_rules(ui->model, (const char *const *)queries->pdata, errors);
    for (guint i = 0; i < errors->len; i++) {
        g_autoptr(GError) error = errors->pdata[i];
        const ColourRule *rule = rules->pdata[i];
        if (error)
            model_say(ui->model, MODEL_NOTICE_WARNING, "%s:%u: %s", rule->file, rule->line, error->message);
    }
}

Ui *ui_new(const UiContext *context, Screen *screen)
{
    Ui *ui = g_new0(Ui, 1);
    ui->context = context;
    ui->model = context->model;
    ui->options = context->options;
    ui->screen = screen;
    ui->overlays = g_ptr_array_new_with_free_func((GDestroyNotify)view_free);
    ui->watches = g_ptr_array_new_with_free_func(g_free);
    ui->history = line_history_new(context->history_path);
    ui->search_history = line_history_new(context->search_history_path);
    ui->search_direction = 1;
    ui->rule_styles = g_array_new(FALSE, FALSE, sizeof(CellStyle));
    ui->sidebar_wanted = options_bool(ui->options, OPTION_SIDEBAR);
    g_autofree char *key_bar =
        model_setting(ui->model, "key-bar"); /* hidden by the person once, it stays hidden */
    ui->key_bar_wanted = key_bar ? *key_bar == '1' : options_bool(ui->options, OPTION_KEY_BAR);
    ui->link_numbers = g_array_new(FALSE, FALSE, sizeof(guint));
    ui_load_sizes(ui);
    model_set_new_mail(ui->model, ui_hear_new_mail, ui);
    g_autofree char *mouse = model_setting(ui->model, "mouse");
    if (mouse ? *mouse == '1' : options_bool(ui->options, OPTION_MOUSE))
        ui_set_mouse(ui, TRUE);
    guint links = options_choice(ui->options, OPTION_HYPERLINKS);
    if (ui->screen)
        screen_set_links(ui->screen, links == ASCII_YES || (links == ASCII_AUTO && screen_knows_links()));
    model_set_observer(ui->model, on_model, ui);
    ui_pictures_begin(ui);
    ui_load_theme(ui);
    ui_bind_keys(ui);
    ui_load_colour_rules(ui);
    if (model_is_attached(ui->model)) {
        ui_attach_views(ui);
        g_autoptr(GError) error = NULL;
        if (!mailbox_tree_refresh(ui->tree, &error))
            ui_complain(ui, error);
        open_first_mailbox(ui);
    } else {
        ui_push(ui, view_welcome_new(ui));
    }
    for (guint i = 0; context->problems && i < context->problems->len; i++) {
        g_autofree char *words = config_problem_format(context->problems->pdata[i]);
        model_say(ui->model, MODEL_NOTICE_WARNING, "%s", words);
    }
    ui->changed = MODEL_REPAINT_ALL;
    ui_redraw(ui);
    return ui;
}

void ui_free(Ui *ui)
{
    ui->quit = TRUE;
    model_set_observer(ui->model, NULL, NULL);
    model_set_new_mail(ui->model, NULL, NULL);
    ui_detach_views(ui);
    address_query_free(ui);
    ui_fault_free(ui);
    ui_pictures_free(ui);
    g_ptr_array_unref(ui->overlays);
    g_ptr_array_unref(ui->watches);
    keymap_free(ui->keymap);
    line_history_free(ui->history);
    line_history_free(ui->search_history);
    g_free(ui->theme);
    g_free(ui->search_text);
    g_free(ui->window_title);
    g_free(ui->macro_rest);
    g_array_unref(ui->rule_styles);
    g_array_unref(ui->link_numbers);
    g_free(ui);
}

gboolean ui_run(const UiContext *context, GError **error)
{
    Screen *screen = screen_open(error);
    if (!screen)
        return FALSE;
    Ui *ui = ui_new(context, screen);
    ui_check_decision(ui);
    if (model_is_attached(ui->model) && context->letter)
        ui_begin_letter(ui, letter_copy(context->letter), context->letter_note);
    else if (model_is_attached(ui->model))
        ui_offer_drafts(ui);
    run_loop(ui);
    ui_free(ui);
    screen_close(screen);
    return TRUE;
}
