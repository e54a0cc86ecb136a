/* A letter being written: its fields, identity and signature, attachments (see compose.h). */
#include "config.h"

#include "model/compose-private.h"

#include <string.h>

#include "base/i18n.h"
#include "base/paths.h"
#include "base/subprocess.h"
#include "mime/address.h"

#define SIGNATURE_MARK "-- \n"
#define SIGNATURE_MAX 8192      /* bytes: what is longer is no signature */
#define SIGNATURE_DEADLINE 5000 /* ms: the person waits for the editor */

/* --- identities -------------------------------------------------------------------------------------- */

static void collect_identities(ModelCompose *compose)
{
    Model *model = compose->model;
    compose->lists = g_ptr_array_new_with_free_func((GDestroyNotify)g_ptr_array_unref);
    compose->identities = g_array_new(FALSE, FALSE, sizeof(ComposeIdentity));
    for (int own = 1; own >= 0; own--)
        for (guint i = 0; i < model->accounts->len; i++) {
            AccountSlot *slot = model->accounts->pdata[i];
            if ((slot->public.id == compose->account_id) != own)
                continue;
            GPtrArray *list = account_identities(slot->account);
            g_ptr_array_add(compose->lists, list);
            for (guint j = 0; j < list->len; j++) {
                ComposeIdentity one = { slot->public.id, list->pdata[j] };
                g_array_append_val(compose->identities, one);
            }
        }
}

static char *identity_format(const Identity *identity)
{
    MailAddress address = { identity->name, identity->address };
    return mail_address_format(&address);
}

/* The index of the identity with the address of this From, −1: none. */
static int find_identity(const ModelCompose *compose, const char *from)
{
    g_autoptr(GPtrArray) list = mime_addresses_parse(from, strlen(from));
    const char *address = list->len > 0 ? ((MailAddress *)list->pdata[0])->address : NULL;
    for (guint i = 0; address != NULL && i < compose->identities->len; i++)
        if (g_ascii_strcasecmp(g_array_index(compose->identities, ComposeIdentity, i).identity->address, address) == 0)
            return (int)i;
    return -1;
}

const Identity *compose_identity(const ModelCompose *compose)
{
    int index = find_identity(compose, model_compose_field(compose, COMPOSE_FROM));
    return index >= 0 ? g_array_index(compose->identities, ComposeIdentity, index).identity : NULL;
}

void compose_choose(ModelCompose *compose, guint index)
{
    const ComposeIdentity *one = &g_array_index(compose->identities, ComposeIdentity, index);
    g_free(compose->letter->from);
    compose->letter->from = identity_format(one->identity);
    compose->account_id = one->account_id;
}

char **model_compose_identities(const ModelCompose *compose)
{
    GPtrArray *names = g_ptr_array_new();
    for (guint i = 0; i < compose->identities->len; i++)
        g_ptr_array_add(names, identity_format(g_array_index(compose->identities, ComposeIdentity, i).identity));
    g_ptr_array_add(names, NULL);
    return (char **)g_ptr_array_free(names, FALSE);
}

/* --- the signature --------------------------------------------------------------------------------------- */

static char *signature_text(const Identity *identity)
{
    char *text = NULL;
    if (identity->signature != NULL)
        g_file_get_contents(identity->signature, &text, NULL, NULL);
    if (identity->signature_command == NULL)
        return text;
    SubprocessSpec spec = { .command = identity->signature_command, .output_limit = SIGNATURE_MAX, .deadline_ms = SIGNATURE_DEADLINE };
    g_autoptr(SubprocessResult) result = subprocess_run(&spec, NULL);
    gsize length = 0;
    const char *bytes = result != NULL && result->status == 0 ? g_bytes_get_data(result->output, &length) : NULL;
    return bytes != NULL ? g_strndup(bytes, length) : NULL;
}

static char *make_signature(ModelCompose *compose, const Identity *identity)
{
    g_autofree char *text = signature_text(identity);
    if (text == NULL && (identity->signature != NULL || identity->signature_command != NULL))
        model_say(compose->model, MODEL_NOTICE_WARNING, _("The signature cannot be had: %s"),
                  identity->signature != NULL ? identity->signature : identity->signature_command);
    if (text == NULL || strlen(text) > SIGNATURE_MAX || !g_utf8_validate(text, -1, NULL))
        return NULL;
    g_autofree char *trimmed = g_strchomp(g_strdup(text));
    const char *own_mark = g_str_has_prefix(trimmed, SIGNATURE_MARK) ? "" : SIGNATURE_MARK;
    return *trimmed != '\0' ? g_strdup_printf("%s%s\n", own_mark, trimmed) : NULL;
}

static void replace_text(Letter *letter, char *text)
{
    g_free(letter->text);
    letter->text = text;
}

void compose_sign(ModelCompose *compose)
{
    const Identity *identity = compose_identity(compose);
    Letter *letter = compose->letter;
    if (!compose->new_text || identity == NULL)
        return;
    char *fresh = make_signature(compose, identity);
    const char *text = letter->text != NULL ? letter->text : "";
    if (compose->signature != NULL && g_str_has_suffix(text, compose->signature))
        replace_text(letter, g_strdup_printf("%.*s%s", (int)(strlen(text) - strlen(compose->signature)), text,
                                             fresh != NULL ? fresh : ""));
    else if (!compose->signed_once && fresh != NULL)
        replace_text(letter, g_strdup_printf("%s\n%s", text, fresh));
    compose->signed_once = TRUE;
    g_free(compose->signature);
    compose->signature = fresh;
}

/* --- life -------------------------------------------------------------------------------------------------- */

static gboolean has_address(const ModelCompose *compose, GError **error)
{
    if (compose->identities->len > 0)
        return TRUE;
    g_set_error_literal(error, MODEL_ERROR, MODEL_ERROR_REFUSED,
                        _("No account has an address to write from: add a line like address = YOU@HOST to the accounts file"));
    return FALSE;
}

ModelCompose *compose_new(Model *model, gint64 account_id, Letter *letter, GError **error)
{
    g_autoptr(Letter) taken = letter;
    if (!model_need_engine(model, error))
        return NULL;
    ModelCompose *compose = g_new0(ModelCompose, 1);
    compose->model = model;
    compose->id = compose_new_id();
    compose->account_id = account_id;
    compose->letter = g_steal_pointer(&taken);
    collect_identities(compose);
    if (compose->letter->text == NULL)
        compose->letter->text = g_strdup("");
    if (!has_address(compose, error)) {
        model_compose_free(compose);
        return NULL;
    }
    int given = find_identity(compose, model_compose_field(compose, COMPOSE_FROM));
    if (compose->letter->from == NULL)
        compose_choose(compose, 0);
    else if (given >= 0)
        compose->account_id = g_array_index(compose->identities, ComposeIdentity, given).account_id;
    return compose;
}

void model_compose_free(ModelCompose *compose)
{
    if (compose == NULL)
        return;
    letter_free(compose->letter);
    g_clear_pointer(&compose->identities, g_array_unref);
    g_clear_pointer(&compose->lists, g_ptr_array_unref);
    g_free(compose->id);
    g_free(compose->signature);
    g_free(compose->editor_file);
    g_free(compose);
}

/* --- fields --------------------------------------------------------------------------------------------------- */

static char **field_of(const ModelCompose *compose, ComposeField field)
{
    Letter *letter = compose->letter;
    char **const fields[COMPOSE_FIELDS] = { &letter->from, &letter->to,       &letter->cc,
                                            &letter->bcc,  &letter->reply_to, &letter->subject };
    return fields[field];
}

const char *model_compose_field(const ModelCompose *compose, ComposeField field)
{
    const char *value = *field_of(compose, field);
    return value != NULL ? value : "";
}

gboolean model_compose_set_field(ModelCompose *compose, ComposeField field, const char *value, GError **error)
{
    char **into = field_of(compose, field);
    g_autofree char *trimmed = g_strstrip(g_strdup(value));
    if (g_str_equal(trimmed, model_compose_field(compose, field)))
        return TRUE;
    if (field == COMPOSE_FROM && *trimmed == '\0')
        return TRUE; /* a letter is always from somebody */
    g_free(*into);
    *into = *trimmed != '\0' ? g_steal_pointer(&trimmed) : NULL;
    if (field == COMPOSE_FROM) {
        int index = find_identity(compose, *into);
        if (index >= 0)
            compose->account_id = g_array_index(compose->identities, ComposeIdentity, index).account_id;
        if (compose->signed_once)
            compose_sign(compose);
    }
    return compose_save(compose, error);
}

gboolean model_compose_next_identity(ModelCompose *compose, GError **error)
{
    int index = find_identity(compose, model_compose_field(compose, COMPOSE_FROM));
    guint next = (guint)(index + 1) % compose->identities->len;
    compose_choose(compose, next);
    if (compose->signed_once)
        compose_sign(compose);
    return compose_save(compose, error);
}

const char *model_compose_text(const ModelCompose *compose)
{
    return compose->letter->text;
}

const GPtrArray *model_compose_attachments(const ModelCompose *compose)
{
    return compose->letter->attachments;
}

gint64 model_compose_saved_at(const ModelCompose *compose)
{
    return compose->saved_at;
}

gboolean model_compose_is_blank(const ModelCompose *compose)
{
    const Letter *letter = compose->letter;
    g_autofree char *text = g_strstrip(g_strdup(letter->text));
    g_autofree char *below = compose->signature != NULL ? g_strstrip(g_strdup(compose->signature)) : g_strdup("");
    return letter->to == NULL && letter->cc == NULL && letter->bcc == NULL && letter->subject == NULL &&
           letter->attachments->len == 0 && (*text == '\0' || g_str_equal(text, below));
}

void model_compose_set_flowed(ModelCompose *compose, gboolean flowed)
{
    compose->letter->flowed = flowed;
}

gboolean model_compose_markdown(const ModelCompose *compose)
{
    return compose->markdown;
}

gboolean model_compose_set_markdown(ModelCompose *compose, gboolean markdown, GError **error)
{
    compose->markdown = markdown;
    return compose_save(compose, error);
}

guint model_compose_options(const ModelCompose *compose)
{
    return compose->options;
}

gboolean model_compose_set_options(ModelCompose *compose, guint options, GError **error)
{
    compose->options = options;
    return compose_save(compose, error);
}

void model_compose_typing(ModelCompose *compose, ComposeField field, const char *value)
{
    char **into = field_of(compose, field), *kept = *into;
    *into = *value != '\0' ? (char *)value : NULL;
    compose_save_lightly(compose);
    *into = kept;
}

/* --- attachments ------------------------------------------------------------------------------------------------ */

static LetterAttachment *attachment_at(ModelCompose *compose, guint index)
{
    return g_ptr_array_index(compose->letter->attachments, index);
}

gboolean model_compose_attach(ModelCompose *compose, const char *path, GError **error)
{
    g_autofree char *expanded = paths_expand(path);
    g_autofree char *absolute = g_canonicalize_filename(expanded, NULL);
    return letter_add_attachment(compose->letter, absolute, error) != NULL && compose_save(compose, error);
}

gboolean model_compose_detach(ModelCompose *compose, guint index, GError **error)
{
    g_ptr_array_remove_index(compose->letter->attachments, index);
    return compose_save(compose, error);
}

gboolean model_compose_move_attachment(ModelCompose *compose, guint index, int by, GError **error)
{
    GPtrArray *list = compose->letter->attachments;
    int to = CLAMP((int)index + by, 0, (int)list->len - 1);
    LetterAttachment *moved = g_ptr_array_steal_index(list, index);
    g_ptr_array_insert(list, to, moved);
    return compose_save(compose, error);
}

static gboolean is_type(const char *text)
{
    const char *slash = strchr(text, '/');
    for (const char *p = text; *p != '\0'; p++)
        if (!g_ascii_isalnum(*p) && strchr("!#$&-^_.+/", *p) == NULL)
            return FALSE;
    return slash != NULL && slash != text && slash[1] != '\0' && strchr(slash + 1, '/') == NULL;
}

gboolean model_compose_describe(ModelCompose *compose, guint index, ComposeAttachmentText what, const char *value, GError **error)
{
    LetterAttachment *attachment = attachment_at(compose, index);
    char **const texts[] = { &attachment->name, &attachment->type, &attachment->description };
    g_autofree char *trimmed = g_strstrip(g_strdup(value));
    if (what == COMPOSE_ATTACHMENT_TYPE && !is_type(trimmed)) {
        g_set_error(error, MODEL_ERROR, MODEL_ERROR_REFUSED, _("“%s” is no type; write it like application/pdf"), trimmed);
        return FALSE;
    }
    g_free(*texts[what]);
    *texts[what] = *trimmed != '\0' ? g_steal_pointer(&trimmed) : NULL;
    return compose_save(compose, error);
}

gboolean model_compose_toggle_inline(ModelCompose *compose, guint index, GError **error)
{
    LetterAttachment *attachment = attachment_at(compose, index);
    attachment->is_inline = !attachment->is_inline;
    return compose_save(compose, error);
}

ModelOpener *model_compose_opener(ModelCompose *compose, guint index, GError **error)
{
    const LetterAttachment *attachment = attachment_at(compose, index);
    if (attachment->path == NULL) {
        g_set_error_literal(error, MODEL_ERROR, MODEL_ERROR_NOT_HERE, _("It lies on the mail server"));
        return NULL;
    }
    g_auto(GStrv) names = g_strsplit(attachment->type != NULL ? attachment->type : "application/octet-stream", "/", 2);
    g_autoptr(MessagePart) part = message_part_new("", names[0], names[1] != NULL ? names[1] : "");
    part->filename = g_strdup(attachment->name);
    return model_opener_for(compose->model, part, attachment->path, error);
}

/* --- checks and templates ----------------------------------------------------------------------------------------- */

gboolean model_compose_check_field(const ModelCompose *compose, ComposeField field, GError **error)
{
    g_autoptr(Letter) probe = letter_new();
    probe->to = g_strdup(model_compose_field(compose, field));
    g_auto(GStrv) addresses = letter_recipients(probe, error);
    return addresses != NULL;
}

char *model_compose_promise(const ModelCompose *compose, const char *const *words)
{
    return letter_promises_attachment(compose->letter->text, words);
}

static void fill(char **field, const char *value)
{
    if (*field == NULL && value != NULL)
        *field = g_strdup(value);
}

gboolean model_compose_template(ModelCompose *compose, const char *name, GError **error)
{
    g_autofree char *base = g_path_get_basename(name);
    g_autofree char *relative = g_build_filename("templates", base, NULL);
    g_autofree char *path = paths_locate(PATHS_CONFIG, relative);
    g_autofree char *bytes = NULL;
    gsize length;
    if (!g_file_get_contents(path, &bytes, &length, NULL)) {
        g_autofree char *shown = paths_shorten(path);
        g_set_error(error, MODEL_ERROR, MODEL_ERROR_FILE, _("There is no template %s"), shown);
        return FALSE;
    }
    g_autoptr(Letter) template = letter_draft_parse(bytes, length, NULL);
    Letter *letter = compose->letter;
    for (guint field = COMPOSE_TO; field < COMPOSE_FIELDS; field++) {
        Letter *kept = compose->letter;
        compose->letter = template;
        const char *value = *field_of(compose, (ComposeField)field);
        compose->letter = kept;
        fill(field_of(compose, (ComposeField)field), value);
    }
    replace_text(letter, g_strconcat(template->text, letter->text, NULL));
    return compose_save(compose, error);
}
