# fish completion of `git batho`. Commands, options and their values come from the program.

function __fish_git_batho_command
    set -l words (commandline -opc)
    set -l at (contains -i -- batho $words)
    or return 1
    for word in $words[(math $at + 1)..-1]
        if not string match -q -- '-*' $word
            echo $word
            return 0
        end
    end
    return 1
end

function __fish_git_batho_needs_command
    __fish_git_using_command batho
    and not __fish_git_batho_command >/dev/null
end

function __fish_git_batho_options
    set -l command (__fish_git_batho_command)
    or return
    git batho $command --list-options 2>/dev/null | awk -F '\t' '$1 != "" {
        print $1 ($3 ~ /^(string|list|enum|int|size)$/ && $5 !~ /^\[/ ? "=" : "")
        if ($4 == "neg")
            print "--no-" substr($1, 3)
    }'
end

# The values of the option at hand, after its "=".
function __fish_git_batho_values
    set -l command (__fish_git_batho_command)
    or return
    set -l option (commandline -ct | string replace -r '=.*' '')
    set -l argument (git batho $command --list-options 2>/dev/null | awk -F '\t' -v option=$option '$1 == option { print $5; exit }')
    switch "$argument"
        case '*|*'
            string split '|' -- (string replace -a -r '[\[\]()=]' '' -- $argument) | string replace -r -- '^' "$option="
        case '<kind>' '<role>' '<language>'
            git batho --list-values (string trim -c '<>' -- $argument) 2>/dev/null | string replace -r -- '^' "$option="
        case '<branch>'
            git for-each-ref '--format=%(refname:short)' refs/heads 2>/dev/null | string replace -r -- '^' "$option="
        case '<remote>'
            git remote 2>/dev/null | string replace -r -- '^' "$option="
        case '<id>'
            __fish_git_batho_queue_ids . 2 | string replace -r -- '^' "$option="
    end
end

# Numbers of the newest actions in these states (a regular expression), or of their batches.
function __fish_git_batho_queue_ids --argument-names states column
    git batho queue log -n 100 --porcelain 2>/dev/null | awk -F '\t' -v states=$states -v column=$column \
        '$1 == "action" && $4 ~ states && $column != "" && !seen[$column]++ { print $column }'
end

# What follows "queue", and what follows its subcommands.
function __fish_git_batho_queue
    set -l words (commandline -opc)
    set -l at (contains -i -- queue $words)
    or return
    set -l subcommand
    for word in $words[(math $at + 1)..-1]
        if not string match -q -- '-*' $word
            set subcommand $word
            break
        end
    end
    switch "$subcommand"
        case ''
            git batho queue -h 2>/dev/null | string replace -rf '^ *[a-z]*: git batho queue ([a-z][-a-z]*).*' '$1'
        case merge
            git for-each-ref '--format=%(refname:short)' 2>/dev/null
        case workflow deploy
            git config --name-only --get-regexp "^batho[.]$subcommand"'[.].*[.](command|tag)$' 2>/dev/null |
                string replace -rf "^batho[.]$subcommand"'[.](.*)[.][a-z]*$' '$1' | sort -u
        case show
            __fish_git_batho_queue_ids . 2
        case cancel
            __fish_git_batho_queue_ids '^(queued|blocked|parked)$' 2
        case retry
            __fish_git_batho_queue_ids '^(parked|failed|blocked|unknown)$' 2
        case requeue
            __fish_git_batho_queue_ids '^(parked|failed|blocked|unknown|canceled|needs-human)$' 2
        case execute
            __fish_git_batho_queue_ids '^(batched|executing)$' 13
        case undo
            __fish_git_batho_queue_ids '^landed$' 13
        case urgent
            string split ' ' -- 'on off'
        case commit
            __fish_complete_path (commandline -ct)
    end
end

# What follows "storage".
function __fish_git_batho_storage
    set -l words (commandline -opc)
    set -l at (contains -i -- storage $words)
    or return
    test (count $words) -eq $at
    and git batho storage -h 2>/dev/null | string replace -rf '^ *[a-z]*: git batho storage ([a-z][-a-z]*).*' '$1'
end

# What follows "snapshot", and what follows its subcommands.
function __fish_git_batho_snapshot
    set -l words (commandline -opc)
    set -l at (contains -i -- snapshot $words)
    or return
    switch "$words[(math $at + 1)]"
        case ''
            git batho snapshot -h 2>/dev/null | string replace -rf '^ *[a-z]*: git batho snapshot ([a-z][-a-z]*).*' '$1'
        case show diff verify export delete
            git batho snapshot list --porcelain 2>/dev/null |
                awk -F '\t' '$1 == "snapshot" { print $2; if ($3 != "") print $3 }'
        case import
            __fish_complete_path (commandline -ct)
    end
end

# What follows "config": what it does, then keys or profiles.
function __fish_git_batho_config
    set -l words (commandline -opc)
    set -l at (contains -i -- config $words)
    or return
    set -l subcommand (string match -v -- '-*' $words[(math $at + 1)..-1])[1]
    switch "$subcommand"
        case ''
            git batho config -h 2>/dev/null | string replace -rf '^ *[a-z]*: git batho config ([a-z][-a-z]*).*' '$1' | sort -u
        case get explain set
            git batho --list-values key 2>/dev/null
        case profile
            git batho config profile --porcelain 2>/dev/null | cut -s -f 2
        case validate
            __fish_complete_path (commandline -ct)
    end
end

function __fish_git_batho_names
    set -l part (commandline -ct)
    test -n "$part"
    or return
    git batho search --match=prefix --max=50 --porcelain -- $part 2>/dev/null | cut -s -f 9 | sort -u
end

complete -c git -n __fish_git_needs_command -a batho -d 'Index revisions and ask about code'
complete -c git -f -n __fish_git_batho_needs_command -a '(git batho --list-commands 2>/dev/null)'
complete -c git -n '__fish_git_using_command batho; and string match -q -- "-*" (commandline -ct)' \
    -a '(__fish_git_batho_options)'
complete -c git -f -n '__fish_git_using_command batho; and string match -q -- "-*=*" (commandline -ct)' \
    -a '(__fish_git_batho_values)'
complete -c git -f -n '__fish_git_using_command batho; and contains -- (__fish_git_batho_command) def refs callers callees impact' \
    -a '(__fish_git_batho_names)'
complete -c git -n '__fish_git_using_command batho; and contains -- (__fish_git_batho_command) backup' -a verify
complete -c git -f -n '__fish_git_using_command batho; and contains -- (__fish_git_batho_command) hooks' \
    -a 'install uninstall status run'
complete -c git -f -n '__fish_git_using_command batho; and contains -- (__fish_git_batho_command) audit' \
    -a 'log verify export'
complete -c git -f -n '__fish_git_using_command batho; and contains -- (__fish_git_batho_command) queue' \
    -a '(__fish_git_batho_queue)'
complete -c git -f -n '__fish_git_using_command batho; and contains -- (__fish_git_batho_command) snapshot' \
    -a '(__fish_git_batho_snapshot)'
complete -c git -f -n '__fish_git_using_command batho; and contains -- (__fish_git_batho_command) storage' \
    -a '(__fish_git_batho_storage)'
complete -c git -f -n '__fish_git_using_command batho; and contains -- (__fish_git_batho_command) config' \
    -a '(__fish_git_batho_config)'
