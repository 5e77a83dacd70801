/*
 * How much a scanner can write: it starts from a state that was handed on, 1024 bytes at most, and looks for
 * one token, which opens a block, a string or an indentation or two. So the buffer is large, but it is not
 * endless; behind it lies a page that cannot be written, so that a scanner that is worse than these ends
 * its worker and changes nothing in it.
 */
#include "core/lang/scanner_guard.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <tree_sitter/parser.h>

#include "core/lang/dense.h"

/* Multiples of every page size there is. */
#define BUFFER_LEN ((size_t)64 << 10)
#define GUARD_LEN ((size_t)64 << 10)

static struct {
	const TSLanguage *grammar;
	void *scanner;		/* of the parse that goes on */
	char *buffer;
	bool overflowed;
} guard;

/* These two stand in for every scanner's own. */
static void *guarded_create(void)
{
	return guard.scanner = guard.grammar->external_scanner.create();
}

static unsigned guarded_serialize(void *scanner, char *to)
{
	unsigned len = guard.grammar->external_scanner.serialize(scanner, guard.buffer);

	if (len > TREE_SITTER_SERIALIZATION_BUFFER_SIZE) {
		guard.overflowed = true;
		return 0;
	}
	memcpy(to, guard.buffer, len);
	return len;
}

static int buffer_make(struct bt_err *err)
{
	char *p;

	if (guard.buffer)
		return 0;
	p = mmap(NULL, BUFFER_LEN + GUARD_LEN, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (p == MAP_FAILED)
		return bt_err_errno(err, "cannot make a buffer for scanners");
	if (mprotect(p + BUFFER_LEN, GUARD_LEN, PROT_NONE)) {
		munmap(p, BUFFER_LEN + GUARD_LEN);
		return bt_err_errno(err, "cannot guard the buffer for scanners");
	}
	guard.buffer = p;
	return 0;
}

int bt_scanner_guard(const TSLanguage *grammar, const TSLanguage **ret_guarded, struct bt_err *err)
{
	TSLanguage *copy = bt_language_copy(grammar);

	*ret_guarded = grammar;
	if (!copy || !copy->external_scanner.serialize) {
		free(copy);
		return 0;
	}
	copy->external_scanner.serialize = guarded_serialize;
	if (copy->external_scanner.create)
		copy->external_scanner.create = guarded_create;
	*ret_guarded = copy;
	return buffer_make(err);
}

void bt_scanner_guard_begin(const TSLanguage *grammar)
{
	guard.grammar = grammar;
	guard.scanner = NULL;
	guard.overflowed = false;
}

void bt_scanner_guard_end(void)
{
	guard.scanner = NULL;
}

void bt_scanner_guard_abandon(void)
{
	if (guard.scanner && guard.grammar->external_scanner.destroy)
		guard.grammar->external_scanner.destroy(guard.scanner);
	guard.scanner = NULL;
}

bool bt_scanner_guard_overflowed(void)
{
	return guard.overflowed;
}
