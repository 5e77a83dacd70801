/*
 * Commit messages: what a hook that sees one may object to.
 */
#ifndef BT_HOOKS_MESSAGE_H
#define BT_HOOKS_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/buf.h"
#include "core/conf/conf.h"

/* Larger messages are checked as far as this. */
#define BT_MESSAGE_MAX ((size_t)1 << 20)

struct bt_message_rules {
	int64_t subject_max;		/* characters; 0: any */
	const char *ticket_pattern;	/* POSIX extended; "": none */
	bool conventional;
	const char *types;		/* words between commas */
	bool is_merge;			/* the commit is one: false, until the caller says so */
};
void bt_message_rules_from(const struct bt_conf *conf, struct bt_message_rules *ret_rules);

/* Each may be named in BATHO_SKIP. */
enum bt_message_fault {
	BT_MESSAGE_EMPTY,
	BT_MESSAGE_SUBJECT,
	BT_MESSAGE_TICKET,
	BT_MESSAGE_CONVENTIONAL,
	BT_MESSAGE_NR
};

/*
 * The message as git will record it: without comments and what follows the scissors line. `comment` is the
 * comment text of core.commentChar, or NULL when comments stay (no editor has seen the message).
 */
void bt_message_clean(const char *text, size_t len, const char *comment, struct bt_buf *out);

/* Can this be hooks.commit-msg.ticketPattern? BT_ERR_FAIL says why not; empty is none. */
int bt_message_pattern_check(const char *pattern, struct bt_err *err);

/*
 * Checks a cleaned message: bit i of *ret_faults for fault i, and a line of explanation for each, ended by
 * '\n', in `why` (those that BATHO_SKIP names are left out). Messages that git makes itself (merges,
 * reverts, fixup! and its kin) need no ticket, type or short subject. A pattern that is none, or could take for ever, is a
 * line in `why` and no fault.
 */
void bt_message_check(const struct bt_message_rules *rules, const struct bt_buf *message, unsigned *ret_faults,
		      struct bt_buf *why);

#endif
