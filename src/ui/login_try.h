/* An attempt to log in, on a helper thread, so that the screen goes on answering. UI thread. */
#ifndef MALLE_UI_LOGIN_TRY_H
#define MALLE_UI_LOGIN_TRY_H

#include "ui/app.h"

typedef struct LoginTry LoginTry;

typedef void (*LoginTried)(Ui *ui, const UiLoginResult *result, gpointer user_data);

/* Calls the context's try_login() with a copy of the account; `done` comes later, on the UI thread, once,
 * unless given up. */
LoginTry *login_try_start(Ui *ui, const Account *account, LoginTried done, gpointer user_data);
/* `done` is not called any more; the helper thread ends by itself. */
void login_try_give_up(LoginTry *attempt);

#endif
