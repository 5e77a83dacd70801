#!/bin/sh
# What a backup of a queue with BACKUP_NR (100,000) actions costs, and how long a writer waits while it is made: four processes queue all the time.
#
#	nothing	they alone: what a writer waits for the others, and for the disk
#	held	the backup API in steps, within one transaction: what `git batho backup` does
#	steps	the same without: each write of another process begins it anew
#	vacuum	VACUUM INTO
#	command	`git batho backup`, whole process: copy, check, pack, sync, read back
#
# Times in milliseconds; the longest is of all writers.
set -eu

build=${TEST_BUILD:-$(pwd)}
PATH=$build/git-batho:$build/tests/bench:$PATH
nr=${BACKUP_NR:-100000}
scratch=$(mktemp -d)
HOME=$scratch GIT_CONFIG_NOSYSTEM=1 BATHO_BATCH_AUTO_EXECUTE=manual
export PATH HOME GIT_CONFIG_NOSYSTEM BATHO_BATCH_AUTO_EXECUTE
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' INT TERM

cd "$scratch"
git init -q -b main r
mkdir r/.git/batho && chmod 700 r/.git/batho
store_backup_bench fill r/.git/batho "$nr"
printf '%s actions, queue.db has %s bytes\n' "$nr" "$(stat -c %s r/.git/batho/queue.db)"
printf '%-10s %10s %10s %10s %10s %10s\n' copy 'it took' writes median p99 longest

# try NAME COMMAND...: while four write
try() {
	try_name=$1
	shift
	rm -f out.* copy*
	for i in 1 2 3 4; do
		store_backup_bench write r/.git/batho "${BACKUP_MS:-4000}" >out.$i &
	done
	sleep 0.5
	took=$("$@")
	wait
	cat out.* | awk -v name="$try_name" -v took="$took" '{ n += $1; m += $2; if ($3 > p) p = $3; if ($4 > x) x = $4 }
		END { printf "%-10s %10s %10d %10.1f %10.1f %10.1f\n", name, took, n, m / NR, p, x }'
}

command_backup() {
	timing -1 git -C r batho backup -q ../copy.batho | cut -d ' ' -f 1
	git batho backup verify -q copy.batho >/dev/null || echo "not whole"
}

try nothing sleep 0
for how in held steps vacuum; do
	try $how store_backup_bench copy r/.git/batho "$scratch/copy.db" $how
done
try command command_backup
