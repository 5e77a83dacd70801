#!/bin/sh
test_description='commit-msg: empty messages, long subjects, tickets, conventional commits'
# shellcheck source=tests/hooks/hooks-lib.sh
. "$(dirname "$0")/hooks-lib.sh"

# takes MESSAGE, refuses NAME MESSAGE: what the hook says of it.
takes() {
	printf '%b' "$1" >../msg && git batho hooks run commit-msg ../msg 2>../err && test_must_be_empty ../err
}
refuses() {
	printf '%b' "$2" >../msg && test_expect_code 1 git batho hooks run commit-msg ../msg 2>../err && test_grep "($1)$" ../err
}

test_expect_success 'the first line, and that there is one' '
	put f.c one && git add . && git commit -q -m first && git batho hooks install -q -e commit-msg &&
	takes "short\n" && takes "$(printf "%072d" 0)" && refuses message-subject "$(printf "%073d" 0)\n" &&
	takes "$(printf "\303\274%071d" 0)" && refuses message-empty "\n \n" && refuses message-empty "" &&
	refuses message-empty "\n# comment\n" && refuses message-empty "\nSigned-off-by: A <a@b>\n" && takes "x\n\nSigned-off-by: A <a@b>\n" &&
	takes "\n\nafter blanks\n# comment $(printf "%090d" 0)\n" && refuses message-subject "Merge branch $(printf "%090d" 0)" && takes "fixup! $(printf "%090d" 0)" &&
	takes "x\n# ------------------------ >8 ------------------------\n$(printf "%090d" 0)" &&
	git -c batho.hooks.commit-msg.subjectMax=5 batho hooks run commit-msg ../msg && test_config batho.hooks.commit-msg.subjectMax 0 &&
	takes "$(printf "%0200d" 0)"
'
test_expect_success 'comments: their sign, and when they stay' '
	test_config core.commentChar ";" && refuses message-empty "; x\n" && takes "# x\n" && git config --unset core.commentChar &&
	printf "# x\n" >../msg && GIT_EDITOR=: git batho hooks run commit-msg ../msg
'
test_expect_success 'tickets' '
	test_config batho.hooks.commit-msg.ticketPattern "[A-Z]{2,5}-[0-9]+" && takes "fix\n\nPROJ-12" && takes "PROJ-1: x" &&
	refuses message-ticket "fix proj-12\n" && refuses message-ticket "x\n# PROJ-12\n" && takes "Revert \"x\"\n"
'
test_expect_success 'a pattern that is none, or that would never end: told, and the rest is checked' '
	for p in "[" "(a{1,200}){1,200}" "(a)\\1" "$(printf "%0300d" 0)"; do
		git config batho.hooks.commit-msg.ticketPattern "$p" && echo x >../msg && git batho hooks run commit-msg ../msg 2>../err &&
			test_grep "ticketPattern.*(ignored)" ../err && test_line_count = 1 ../err && refuses message-subject "$(printf "%073d" 0)\n" &&
			test_line_count = 2 ../err && refuses message-empty "\n" &&
			(BATHO_SKIP=message-ticket && export BATHO_SKIP && takes "x\n") || return 1
	done && git config --unset batho.hooks.commit-msg.ticketPattern
'
test_expect_success 'conventional commits' '
	test_config batho.hooks.commit-msg.conventional true && takes "feat: x\n" && takes "fix(parser)!: y\n" && takes "docs!: z" &&
	for m in "feature: x" "feat x" "feat:x" "feat: " "feat(): x" "feat(x: y" "Feat: x" "feat :x" ": x"; do
		refuses message-conventional "$m\n" || return 1
	done && test_config batho.hooks.commit-msg.types "task, story" && takes "story(x): y" && refuses message-conventional "feat: x\n"
'
test_expect_success 'several faults, a line each; BATHO_SKIP; warn; off' '
	test_config batho.hooks.commit-msg.conventional true && test_config batho.hooks.commit-msg.subjectMax 5 &&
	refuses message-conventional "long line\n" && test_line_count = 2 ../err && (BATHO_SKIP=message-subject && export BATHO_SKIP &&
		refuses message-conventional "long line\n" && test_line_count = 1 ../err) &&
	git -c batho.hooks.commit-msg.mode=warn batho hooks run commit-msg ../msg 2>../err && test_line_count = 3 ../err &&
	git -c batho.hooks.commit-msg.mode=off batho hooks run commit-msg ../msg 2>../err && test_must_be_empty ../err &&
	(BATHO_SKIP=message-subject,message-conventional && export BATHO_SKIP && takes "long line\n")
'
test_expect_success 'the project may set it, as staged' '
	mkdir -p .batho && printf "[hooks.commit-msg]\nsubjectMax = 10\nticketPattern = #[0-9]+\n" >.batho/config.ini && takes "fine without\n" &&
	git add .batho && refuses message-ticket "short\n" && refuses message-subject "longer than ten #1\n" && takes "x #1" &&
	printf "[hooks.pre-commit]\nmode = off\n" >.batho/config.ini && git add .batho && echo x >../msg && git batho hooks run commit-msg ../msg 2>../err &&
	test_grep "not taken from a tracked file" ../err && git rm -q -f .batho/config.ini
'
test_expect_success 'in a commit, with an editor and without, in a linked worktree, while merging' '
	put f.c two && git add . && test_expect_code 1 git commit -q -m "$(printf "%080d" 0)" 2>../err && test_grep message-subject ../err &&
	write_script ../editor <<-\EOT &&
	echo "from the editor" >"$1"
	EOT
	GIT_EDITOR="\"$PWD/../editor\"" git commit -q && git log -1 --format=%s >../out && echo "from the editor" >../want && test_cmp ../want ../out &&
	git worktree add -q ../mwt && (cd ../mwt && put g.c x && git add . && test_expect_code 1 git commit -q -m "$(printf "%080d" 0)" 2>../err && git commit -q -m good) &&
	long="Merge $(printf "%090d" 0)" && git merge -q --no-ff -m "$long" mwt && git log -1 --format=%s >../out && echo "$long" >../want && test_cmp ../want ../out &&
	git reset -q --hard HEAD^ && git merge -q --no-commit --no-ff mwt 2>../err && git commit -q -m "$long" && put f.c three && git add . &&
	test_expect_code 1 git commit -q -m "$long" 2>../err && test_grep message-subject ../err && test_expect_code 1 git commit -q --amend -m "$(printf "%080d" 0)" 2>../err
'
test_expect_success 'odd input: no file, a huge one, bytes that are not UTF-8' '
	git batho hooks run commit-msg 2>../err && test_grep "goes on unchecked" ../err && git batho hooks run commit-msg ../nothing 2>../err &&
	test_grep "goes on unchecked" ../err && head -c 3000000 /dev/zero | tr "\\0" "x" >../msg && git batho hooks run commit-msg ../msg 2>../err &&
	test_grep "goes on unchecked" ../err && takes "\377\376 x\n" && refuses message-subject "$(printf "\377%080d" 0)\n"
'
test_done
