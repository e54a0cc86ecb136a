#include "config.h"
#include "ui/login_try.h"

#include <glib-unix.h>
#include <unistd.h>

/* Shared by the two threads until the helper has written its byte: after that it is the UI's alone. */
struct LoginTry {
    gatomicrefcount references;
    Ui *ui; /* UI thread only; NULL: given up */
    LoginTried done;
    gpointer user_data;
    int ends[2];
    Account *account;
    UiLoginResult *(*function)(const Account *account, gpointer user_data);
    gpointer function_data;
    UiLoginResult *result;
};

UiLoginResult *ui_login_result_new(gboolean ok, const char *words)
{
    UiLoginResult *result = g_new0(UiLoginResult, 1);
    result->ok = ok;
    result->words = g_strdup(words);
    return result;
}

void ui_login_result_free(UiLoginResult *result)
{
    if (!result)
        return;
    g_free(result->words);
    g_free(result->certificate);
    g_free(result->fingerprint);
    g_free(result);
}

static void release(LoginTry *attempt)
{
    if (!g_atomic_ref_count_dec(&attempt->references))
        return;
    account_free(attempt->account);
    ui_login_result_free(attempt->result);
    close(attempt->ends[0]);
    close(attempt->ends[1]);
    g_free(attempt);
}

static gpointer helper(gpointer data)
{
    LoginTry *attempt = data;
    attempt->result = attempt->function(attempt->account, attempt->function_data);
    /* The write is what hands the result over; it cannot block, for nothing else is written. */
    ssize_t written = write(attempt->ends[1], "!", 1);
    (void)written;
    release(attempt);
    return NULL;
}

static void on_ready(Ui *ui, int fd, gpointer user_data)
{
    LoginTry *attempt = user_data;
    char byte;
    ssize_t n = read(fd, &byte, 1);
    (void)n;
    ui_unwatch(ui, fd);
    if (attempt->ui)
        attempt->done(ui, attempt->result, attempt->user_data);
    release(attempt);
}

LoginTry *login_try_start(Ui *ui, const Account *account, LoginTried done, gpointer user_data)
{
    LoginTry *attempt = g_new0(LoginTry, 1);
    g_autoptr(GError) error = NULL;
    if (!g_unix_open_pipe(attempt->ends, FD_CLOEXEC, &error)) {
        ui_complain(ui, error);
        g_free(attempt);
        return NULL;
    }
    g_atomic_ref_count_init(&attempt->references);
    g_atomic_ref_count_inc(&attempt->references);
    attempt->ui = ui;
    attempt->done = done;
    attempt->user_data = user_data;
    attempt->account = account_copy(account);
    attempt->function = ui->context->try_login;
    attempt->function_data = ui->context->user_data;
    ui_watch(ui, attempt->ends[0], on_ready, attempt);
    g_thread_unref(g_thread_new("login", helper, attempt));
    return attempt;
}

void login_try_give_up(LoginTry *attempt)
{
    if (!attempt || !attempt->ui)
        return;
    ui_unwatch(attempt->ui, attempt->ends[0]);
    attempt->ui = NULL;
    release(attempt);
}
