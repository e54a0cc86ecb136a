# Completion of malle for fish: options, commands, and the accounts of the accounts file.
function __malle_accounts
    set -l config $XDG_CONFIG_HOME
    test -n "$config"; or set config ~/.config
    sed -n 's/^[[:space:]]*\[[[:space:]]*account[[:space:]]\{1,\}\([^][:space:]]*\)[[:space:]]*\][[:space:]]*$/\1/p' $config/malle/accounts 2>/dev/null
end

set -l commands doctor sync filter search do journal import

complete -c malle -f
complete -c malle -s a -x -a '(__malle_accounts)' -d 'only this account'
complete -c malle -l demo -d 'open the mail of the demonstration'
complete -c malle -l offline -d 'do not connect'
complete -c malle -l wire-log -r -F -d 'write what actions cost on the network'
complete -c malle -l version -d 'show the version'
complete -c malle -l help -d 'show the options and commands'

complete -c malle -n "not __fish_seen_subcommand_from $commands" -a doctor -d "look at an account's server step by step"
complete -c malle -n "not __fish_seen_subcommand_from $commands" -a sync -d 'fetch what is new, send what was decided, and end'
complete -c malle -n "not __fish_seen_subcommand_from $commands" -a filter -d 'apply the filters to a mailbox, or say what each would do'
complete -c malle -n "not __fish_seen_subcommand_from $commands" -a search -d 'list the messages that match, on this machine and on servers'
complete -c malle -n "not __fish_seen_subcommand_from $commands" -a do -d 'run commands of the screen without a screen'
complete -c malle -n "not __fish_seen_subcommand_from $commands" -a journal -d 'show the decisions that have not reached the server'
complete -c malle -n "not __fish_seen_subcommand_from $commands" -a import -d 'take keys, colours, aliases and options over from mutt'

complete -c malle -n '__fish_seen_subcommand_from doctor sync search journal' -l json -d 'as JSON'
complete -c malle -n '__fish_seen_subcommand_from sync' -l account -x -a '(__malle_accounts)'
complete -c malle -n '__fish_seen_subcommand_from sync' -l mailbox -x
complete -c malle -n '__fish_seen_subcommand_from filter' -l dry-run -d 'only say what each would do'
complete -c malle -n '__fish_seen_subcommand_from filter' -l mailbox -x -d 'this mailbox, not the inbox'
complete -c malle -n '__fish_seen_subcommand_from search' -l in -x -d 'only in this mailbox'
complete -c malle -n '__fish_seen_subcommand_from search' -l here -d 'only on this machine'
complete -c malle -n '__fish_seen_subcommand_from search' -l server -d 'only on servers'
complete -c malle -n '__fish_seen_subcommand_from search' -l account -x -d 'only of this account'
complete -c malle -n '__fish_seen_subcommand_from doctor' -l store -d 'check what is kept here'
complete -c malle -n '__fish_seen_subcommand_from doctor' -l timeout -x
complete -c malle -n '__fish_seen_subcommand_from doctor' -a '(__malle_accounts)'
complete -c malle -n '__fish_seen_subcommand_from journal' -a 'retry cancel'
complete -c malle -n '__fish_seen_subcommand_from import' -a muttrc
complete -c malle -n '__fish_seen_subcommand_from import' -l dry-run -d 'show, write nothing'
complete -c malle -n '__fish_seen_subcommand_from import' -F
