/* The handlers and completers that the table names. Nobody else calls them. See command.h for their contract.
 */
#ifndef MALLE_UI_COMMANDS_H
#define MALLE_UI_COMMANDS_H

#include "ui/command.h"

#define COMMAND(name) gboolean name(Ui *ui, const CommandCall *call, GError **error)

/* The rows that stand in files of their own; command_table() joins them. */
const Command *command_rows_screen(guint *count);

/* cmd_move.c */
COMMAND(cmd_next_message);
COMMAND(cmd_previous_message);
COMMAND(cmd_next_entry);
COMMAND(cmd_previous_entry);
COMMAND(cmd_next_line);
COMMAND(cmd_previous_line);
COMMAND(cmd_page_down);
COMMAND(cmd_page_up);
COMMAND(cmd_half_down);
COMMAND(cmd_half_up);
COMMAND(cmd_first_entry);
COMMAND(cmd_last_entry);
COMMAND(cmd_top);
COMMAND(cmd_bottom);
COMMAND(cmd_next_unread);
COMMAND(cmd_previous_unread);
COMMAND(cmd_next_flagged);
COMMAND(cmd_next_tagged);
COMMAND(cmd_next_thread);
COMMAND(cmd_previous_thread);
COMMAND(cmd_activate);

/* cmd_message.c */
COMMAND(cmd_delete_message);
COMMAND(cmd_delete_thread);
COMMAND(cmd_delete_pattern);
COMMAND(cmd_undelete_message);
COMMAND(cmd_undelete_thread);
COMMAND(cmd_undelete_pattern);
COMMAND(cmd_flag_message);
COMMAND(cmd_toggle_read);
COMMAND(cmd_read_message);
COMMAND(cmd_unread_message);
COMMAND(cmd_read_thread);
COMMAND(cmd_set_flag);
COMMAND(cmd_clear_flag);
COMMAND(cmd_label);
COMMAND(cmd_move_message);
COMMAND(cmd_copy_message);
COMMAND(cmd_archive_message);
COMMAND(cmd_junk_message);
COMMAND(cmd_undo);
COMMAND(cmd_append_file);
COMMAND(cmd_save_draft);

/* cmd_thread.c */
COMMAND(cmd_conversation);
COMMAND(cmd_break_thread);
COMMAND(cmd_join_threads);
COMMAND(cmd_mute_thread);
COMMAND(cmd_flag_thread);
COMMAND(cmd_move_thread);

/* cmd_letter.c */
COMMAND(cmd_compose_message);
COMMAND(cmd_reply);
COMMAND(cmd_reply_all);
COMMAND(cmd_reply_list);
COMMAND(cmd_forward_message);
COMMAND(cmd_forward_attached);
COMMAND(cmd_bounce_message);
COMMAND(cmd_edit_as_new);
COMMAND(cmd_recall_message);
COMMAND(cmd_add_contact);
COMMAND(cmd_query_address);

/* cmd_compose.c */
COMMAND(cmd_edit_from);
COMMAND(cmd_edit_to);
COMMAND(cmd_edit_cc);
COMMAND(cmd_edit_bcc);
COMMAND(cmd_edit_reply_to);
COMMAND(cmd_edit_subject);
COMMAND(cmd_next_identity);
COMMAND(cmd_edit_text);
COMMAND(cmd_edit_headers);
COMMAND(cmd_toggle_markdown);
COMMAND(cmd_delivery_report);
COMMAND(cmd_leave_list);
COMMAND(cmd_require_tls);
COMMAND(cmd_insert_template);
COMMAND(cmd_attach_file);
COMMAND(cmd_detach_file);
COMMAND(cmd_attachment_up);
COMMAND(cmd_attachment_down);
COMMAND(cmd_rename_attachment);
COMMAND(cmd_attachment_type);
COMMAND(cmd_describe_attachment);
COMMAND(cmd_toggle_inline);
COMMAND(cmd_view_attached);
COMMAND(cmd_send_message);
COMMAND(cmd_send_later);
COMMAND(cmd_postpone_message);
COMMAND(cmd_close_letter);

/* cmd_choose.c */
COMMAND(cmd_search);
COMMAND(cmd_search_all);
COMMAND(cmd_save_search);
COMMAND(cmd_delete_search);
COMMAND(cmd_search_back);
COMMAND(cmd_search_next);
COMMAND(cmd_search_opposite);
COMMAND(cmd_limit);
COMMAND(cmd_show_limit);
COMMAND(cmd_show_searched);
COMMAND(cmd_sort);
COMMAND(cmd_sort_reverse);
COMMAND(cmd_fold_thread);
COMMAND(cmd_fold_all);
COMMAND(cmd_unfold_all);
COMMAND(cmd_tag_moves);
COMMAND(cmd_tag_message);
COMMAND(cmd_tag_thread);
COMMAND(cmd_tag_pattern);
COMMAND(cmd_untag_pattern);
COMMAND(cmd_untag_all);
COMMAND(cmd_tag_prefix);

/* cmd_read.c */
COMMAND(cmd_back);
COMMAND(cmd_toggle_headers);
COMMAND(cmd_toggle_source);
COMMAND(cmd_toggle_quoted);
COMMAND(cmd_skip_quoted);
COMMAND(cmd_next_alternative);
COMMAND(cmd_open_link);
COMMAND(cmd_pipe_message);
COMMAND(cmd_print_message);
COMMAND(cmd_show_address);

/* cmd_part.c */
COMMAND(cmd_view_attachments);
COMMAND(cmd_open_attachment);
COMMAND(cmd_show_attachment);
COMMAND(cmd_next_part);
COMMAND(cmd_previous_part);
COMMAND(cmd_save_attachment);
COMMAND(cmd_pipe_attachment);
COMMAND(cmd_save_message);
COMMAND(cmd_stop_transfer);

/* cmd_mailbox.c */
COMMAND(cmd_change_mailbox);
COMMAND(cmd_mailboxes);
COMMAND(cmd_inboxes);
COMMAND(cmd_next_unread_mailbox);
COMMAND(cmd_next_mailbox);
COMMAND(cmd_previous_mailbox);
COMMAND(cmd_fold_mailbox);
COMMAND(cmd_expunge);
COMMAND(cmd_create_mailbox);
COMMAND(cmd_rename_mailbox);
COMMAND(cmd_delete_mailbox);
COMMAND(cmd_subscribe);
COMMAND(cmd_unsubscribe);

/* cmd_account.c */
COMMAND(cmd_check_mail);
COMMAND(cmd_journal);
COMMAND(cmd_undo_decision);
COMMAND(cmd_change_decision);
COMMAND(cmd_retry_decision);
COMMAND(cmd_cancel_decision);
COMMAND(cmd_wire);
COMMAND(cmd_pop_ledger);
COMMAND(cmd_notices);
COMMAND(cmd_answer);
COMMAND(cmd_add_account);

/* cmd_offline.c */
COMMAND(cmd_online);
COMMAND(cmd_offline);
COMMAND(cmd_toggle_online);
COMMAND(cmd_prepare_to_leave);
COMMAND(cmd_keep_offline);
COMMAND(cmd_cache);

/* cmd_program.c */
COMMAND(cmd_command_line);
COMMAND(cmd_help);
COMMAND(cmd_cancel);
COMMAND(cmd_quit);
COMMAND(cmd_suspend);
COMMAND(cmd_redraw);
COMMAND(cmd_shell);
COMMAND(cmd_switch_pane);
COMMAND(cmd_toggle_sidebar);
COMMAND(cmd_toggle_key_bar);
COMMAND(cmd_version);
COMMAND(cmd_nothing);

/* cmd_set.c */
COMMAND(cmd_set);
COMMAND(cmd_set_always);

/* cmd_copy.c */
COMMAND(cmd_toggle_mouse);
COMMAND(cmd_copy_address);
COMMAND(cmd_copy_link);
COMMAND(cmd_copy_message_id);

/* cmd_layout.c */
COMMAND(cmd_grow_pane);
COMMAND(cmd_shrink_pane);

/* bindings.c */
COMMAND(cmd_bind);
COMMAND(cmd_unbind);
COMMAND(cmd_keys);

#undef COMMAND

#define COMPLETER(name) GPtrArray *name(Ui *ui, const char *text, gsize length, gsize *start)
/* completers.c */
COMPLETER(complete_mailbox);
COMPLETER(complete_account);
COMPLETER(complete_keep);
COMPLETER(complete_flag);
COMPLETER(complete_keyword);
COMPLETER(complete_order);
COMPLETER(complete_search);
COMPLETER(complete_option);
COMPLETER(complete_command);
COMPLETER(complete_binding);
COMPLETER(complete_place);
COMPLETER(complete_file);
COMPLETER(complete_template);
/* The last address of a list; also for fields that are edited in place. */
COMPLETER(complete_address);
COMPLETER(complete_pattern);
#undef COMPLETER

#endif
