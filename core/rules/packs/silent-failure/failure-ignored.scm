;; severity: note
;; languages: bash
;; words: "|| true" "||true" "|| :" /dev/null
;; skip: test
;; message: the failure of a command that changes something is ignored
;; help: When it fails, nobody learns of it, and the script goes on as if it had worked.
;;  A command that is not silenced tells on the terminal itself: only those whose messages are thrown away are found.
;;  Test for the case that may be ignored, or write what went wrong to stderr.
;; bad: bash
;;| cp -r a b 2>/dev/null || true
;; bad: bash
;;| git push origin main 2>/dev/null
;;| echo done
;; bad: bash
;;| deploy() {
;;|   rsync -a site/ host:/srv/www >/dev/null 2>&1 || :
;;|   echo done
;;| }
;; bad: bash
;;| for f in *; do
;;|   scp "$f" host: &>/dev/null
;;|   n=$((n + 1))
;;| done
;; good: bash
;;| cp -r a b || true
;;| grep -q x y || true
;;| rm -f x || true
;;| kill "$pid" 2>/dev/null || true
;;| docker rm -f x 2>/dev/null || true
;;| systemctl stop x || true
;;| git rev-parse HEAD 2>/dev/null || true
;;| cp a b || echo "cannot copy" >&2
;;| mv a a.bak || true
;;| code=$(curl -s -o /dev/null -w '%{http_code}' "$url" || true)
;;| git rebase --abort 2>/dev/null || true
;;| docker buildx rm x || true
;; good: bash
;;| if ! cp a b 2>/dev/null; then echo no; fi
;;| cp a b 2>/dev/null || exit 1
;;| x=$(git fetch 2>/dev/null)
;;| while ssh host true 2>/dev/null; do sleep 1; done
;;| mv a b >/dev/null
;;| make -s all 2>&1
;; good: bash
;;| apt-get -y install x >/dev/null 2>&1
;;| check_result $? "cannot install x"
;;| chown a:a /backup &>/dev/null
;;| git commit -m init || true # there may be nothing to commit
;;| sudo apt-get update || true
;;| systemctl --system daemon-reload >/dev/null || true
;;| git commit -m "Update what was generated" || true
;;| mv .* "$dir" 2>/dev/null || true
;;| cp ./*.conf "$dir" 2>/dev/null || true
;;| curl -O "$url" || true
;;| git fetch origin main >/dev/null 2>&1 || true
;;| cleanup() {
;;|   cp a b 2>/dev/null
;;|   rm -f a
;;| }
;;| if ! [ -d /backup/x ]; then exit 1; fi
;;| dd if=/dev/zero of=x count=1 2>/dev/null
;;| tar -tzf a.tgz >/dev/null 2>&1
;;| f() {
;;|   scp "$1" host: >/dev/null 2>&1
;;| }
;;| f
;; good: bash
;;| set -eu
;;| git push origin main 2>/dev/null
;;| echo done
;; good: bash
;;| if [ ! -d "$dir" ]; then
;;|   git clone "$url" "$dir" >/dev/null 2>&1
;;| fi
;;| if [ ! -d "$dir" ]; then exit 1; fi
;;| case $os in
;;| alpine) apk add socat >/dev/null 2>&1 ;;
;;| esac
;;| [ $? -ne 0 ] && exit 1
;; good: bash
;;| kubectl create serviceaccount a 2>/dev/null || true
;;| # The next line usually says that they are the same file
;;| if [ "$a" ]; then cp -p a b 2>/dev/null; fi
;; part: harmless
;;| --abort|--quit|[iI]con|kubectl create|drop |DROP |^mv .*(bak|old|orig|date)|SELECT|--version|--help|[^ ]*([bB]ackup|prev|log)[^ ]*$
;; part: said-before
;;| [bB]est.effort|[uU]sual|[oO]ptional|(may|might|can|could|maybe) (fail|be)|(^|[^:])[iI]gnor|if (it )?exist
;; part: changes
;;| ^(sudo +(-[A-Za-z]+ +)*)?((cp|unzip|mkfs[.a-z0-9]*|rsync|scp|sftp|make|ninja) +[^<>|&*?]*$|
;;| tar +-?[a-z]*[cxru]|(npm|yarn|pnpm|pip|pip3|gem|brew|bundle|cargo|gem|apt-get|apt|yum|
;;| dnf)( +-[A-Za-z-]+)* +(install|ci|publish|build|upgrade|dist-upgrade)|apk +(add|up)|(docker|podman|
;;| docker-compose)( +(image|container|compose))? +(push|pull|build|run|load|import|tag|commit|login|cp|up|create|
;;| start|restart|update)( |$)|kubectl +(apply|create|patch|rollout|scale|set|replace)|helm +(install|upgrade)|
;;| terraform +(init|apply)|git( +-[Cc] +[^ ]+)* +(push|pull|merge|rebase|clone|add|reset|am|cherry-pick|apply|
;;| submodule|tag +-[asm])|systemctl( +--[a-z-]+)* +(start|restart|reload|enable)|(rc-)?service +[^ ]+ +(re)?
;;| (start|load)|(curl|wget) [^<>|&]*(-X|-o |-O|--output|-T|--data|-d ))
;; part: silenced
;;| (2> ?/dev/null|&> ?/dev/null|> ?/dev/null 2>&1|>& ?/dev/null)
;; part: goes-on
;;| (#not-precedes? @finding "[$]([?]|[{][?])|^(if|while|until|case) ")
;;| (#not-file-has? @finding "set -e" "set -ue" "set -o errexit" "set -xe" "set -Ee" "sh -e")
;; part: where
;;| (#not-has-ancestor? @finding "command_substitution")
;;| (#not-match? @_c "{harmless}")
;;| (#not-explained? @finding)
;;| (#not-foretold? @finding "{said-before}")
;;| (#not-in-named? @finding "*clean*" "*stop*" "*remove*" "*delete*" "*uninstall*" "*trap*" "return_*" "*exit*"
;;|  "*check*" "*test*")
((list
   .
   (redirected_statement body: (command) @_c) @_r
   "||"
   .
   (command name: (command_name) @_t)) @finding
 (#any-of? @_t "true" ":")
 (#match? @_r "{silenced}")
 {where}
 (#match? @_c "^(sudo +(-[A-Za-z]+ +)*)?((cp|rsync|scp|sftp) +[^<>|\&*?]*$|(npm|yarn|pnpm|gem|cargo) +publish|(docker|podman)( +image)? +(push|load|import)|kubectl +(apply|create|patch|rollout|scale|set|replace)|helm +(install|upgrade)|terraform +apply|git( +-[Cc] +[^ ]+)* +push)"))
; The last command of a function or of the script is its answer.
((redirected_statement body: (command) @_c redirect: (file_redirect destination: (word) @_d)) @finding
 (#eq? @_d "/dev/null")
 {where}
 (#match? @_c "{changes}")
 (#match? @finding "{silenced}")
 {goes-on}
 (#has-parent? @finding "program" "compound_statement")
 (#not-last? @finding))
((do_group (redirected_statement body: (command) @_c redirect: (file_redirect destination: (word) @_d)) @finding)
 (#eq? @_d "/dev/null")
 {where}
 (#match? @_c "{changes}")
 (#match? @finding "{silenced}")
 {goes-on})
([(case_statement (case_item (redirected_statement body: (command) @_c redirect: (file_redirect destination: (word) @_d)) @finding))
  (if_statement (else_clause (redirected_statement body: (command) @_c redirect: (file_redirect destination: (word) @_d)) @finding))
  (if_statement "then" (redirected_statement body: (command) @_c redirect: (file_redirect destination: (word) @_d)) @finding)] @_all
 (#not-precedes? @_all "[$]([?]|[{][?])|^(if|while|until|case) ")
 (#eq? @_d "/dev/null")
 {where}
 (#match? @_c "{changes}")
 (#match? @finding "{silenced}")
 {goes-on})
