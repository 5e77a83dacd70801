/*
 * A test on what calls are for, as their names say: whether one of them changes something that lasts, so that a failure
 * of it leaves something undone. Names are all there is to go by: what says nothing is doubtful, and of the doubtful
 * only what is called for nothing but its effect counts.
 */
#include <string.h>

#include "core/lang/query_impl.h"

#define WORD_LEN_MAX 24

/* These change something that lasts, wherever they stand. */
static const char *const strong[] = { "save",	   "write",   "commit",	   "upload", "persist",
				      "install",   "migrate", "export",	   "deploy", "enqueue",
				      "revoke",	   "grant",   "charge",	   "refund", "store",
				      "provision", "rename",  "replicate", "backup", NULL };
/* These do with one of the words behind them: else they may tell an event, run a command of an editor, call a function. */
static const char *const sending[] = { "send", "deliver", NULL };
static const char *const sent[] = { "mail",    "email",	   "sms",      "invitation", "invite",
				    "webhook", "password", "receipt",  "invoice",    "transaction",
				    "order",   "payment",  "transfer", NULL };
static const char *const running[] = { "execute", "exec", NULL };
static const char *const run[] = { "sql", "update", "batch", "statement",
				   "non", "insert", "many",  NULL };
/* Names of functions in textbooks: they say nothing at all. */
static const char *const fillers[] = { "do",	"work",	     "foo",   "bar",  "baz",
				       "main",	"perform",   "job",   "task", "action",
				       "risky", "something", "stuff", "it",   "might",
				       "could", "dangerous", NULL };
/* What is done as well as it goes: watching, what is shown, what is kept to be faster, who may have gone. */
static const char *const spare[] = {
	"telemetry",	"analytics",	"metric",      "metrics",   "track",
	"tracker",	"tracking",	"stat",	       "stats",	    "statistics",
	"cache",	"cached",	"caches",      "memo",	    "focus",
	"blur",		"scroll",	"clipboard",   "log",	    "logger",
	"logging",	"logs",		"debug",       "trace",	    "console",
	"print",	"printf",	"println",     "stdout",    "stderr",
	"tty",		"cursor",	"tooltip",     "title",	    "toast",
	"hint",		"theme",	"badge",       "typing",    "animation",
	"animate",	"sound",	"audio",       "play",	    "vibrate",
	"highlight",	"selection",	"hover",       "banner",    "progress",
	"spinner",	"draw",		"paint",       "render",    "redraw",
	"layout",	"resize",	"css",	       "style",	    "dom",
	"storage",	"history",	"cookie",      "cookies",   "favicon",
	"beacon",	"prefetch",	"preload",     "warm",	    "warmup",
	"ping",		"heartbeat",	"probe",       "detect",    "guess",
	"polyfill",	"ws",		"websocket",   "sock",	    "peer",
	"contents",	"runtime",	"listener",    "listeners", "callback",
	"callbacks",	"temp",		"tmp",	       "optional",  "quiet",
	"quietly",	"silent",	"silently",    "ignore",    "fallback",
	"attempt",	"sentry",	"breadcrumb",  "crash",	    "bugsnag",
	"newrelic",	"gauge",	"counter",     "span",	    "hook",
	"hooks",	"seed",		"seeds",       "favicons",  "abort",
	"mock",		"usage",	"reporter",    "shutdown",  "announcement",
	"news",		"latest",	"subprocess",  "git",	    "version",
	"setattribute", "getattribute", "setproperty", "icon",	    "color",
	"mkdir",	"makedirs",	"directory",   "property",  "attribute",
	"viewport",	"window",	"dialog",      "menu",	    "stdin",
	"signal",	"chmod",	"chown",       NULL
};
/* What only makes one value of another. */
static const char *const shaping[] = { "parse", "decode",  "encode", "encoding",
				       "regex", "convert", "format", NULL };
/* What goes to somebody who may have gone away, and what need not be done a second time. */
static const char *const away[] = { "response",	 "servlet",    "res",  "req",
				    "redirect",	 "broadcast",  "emit", "dispatch",
				    "migration", "migrations", NULL };
/* Where things come to their end. */
static const char *const endings[] = {
	"close",     "dispose", "destroy",   "stop",	   "shutdown", "teardown", "cleanup",
	"clean",     "clear",	"unmount",   "abort",	   "cancel",   "rollback", "kill",
	"terminate", "quit",	"exit",	     "disconnect", "detach",   "release",  "finalize",
	"finish",    "unload",	"uninstall", "safe",	   "safely",   "try",	   "maybe",
	"del",	     "leave",	"end",	     "warn",	   "error",    "supports", "can",
	"is",	     "has",	"exists",    "after",	   NULL
};

/* Where an answer is looked for, not something done. */
static const char *const asked[] = { "get",  "find",	 "lookup",  "resolve", "check",
				     "test", "validate", "compute", NULL };

static bool is_upper(char c)
{
	return c >= 'A' && c <= 'Z';
}

static bool is_lower(char c)
{
	return c >= 'a' && c <= 'z';
}

/* The next word of a name such as sendMail, send_mail, HTTPGet, in small letters; false: there is none. */
static bool next_word(const char **p, const char *end, char word[WORD_LEN_MAX + 1])
{
	const char *at = *p;
	size_t len = 0;

	while (at < end && !is_upper(*at) && !is_lower(*at))
		at++;
	while (at < end && (is_upper(*at) || is_lower(*at))) {
		bool starts = is_upper(*at) &&
			      (is_lower(at[-1]) || (at + 1 < end && is_lower(at[1])));

		if (len && starts)
			break;
		if (len < WORD_LEN_MAX)
			word[len++] = is_upper(*at) ? (char)(*at - 'A' + 'a') : *at;
		at++;
	}
	word[len] = '\0';
	*p = at;
	return len;
}

static bool is_in(const char *const *list, const char *word)
{
	for (; *list; list++)
		if (!strcmp(*list, word))
			return true;
	return false;
}

static bool any_word_in(const struct bt_name *name, const char *const *list)
{
	const char *p = name->text;
	char word[WORD_LEN_MAX + 1];

	while (next_word(&p, name->text + name->len, word))
		if (is_in(list, word))
			return true;
	return false;
}

/* Is the word that ends at src[to) one of those that may stand before a call whose result nobody takes? */
static uint32_t skip_prefix(const char *src, uint32_t to)
{
	static const char *const prefixes[] = { "await", "try", "yield", "return", NULL };

	for (const char *const *word = prefixes; *word; word++) {
		uint32_t len = (uint32_t)strlen(*word);

		if (to > len && !memcmp(src + to - len, *word, len) &&
		    strchr(" \t\n{;", src[to - len - 1]))
			return to - len;
	}
	return to;
}

/* Does a statement start with what starts at `at`? A line that goes on with one before it does not. */
static bool starts_statement(const struct query_run *r, uint32_t at, uint32_t from)
{
	const char *src = r->syntax->src;
	uint32_t to;
	bool line = false;

	do {
		to = at;
		while (at > from && (src[at - 1] == ' ' || src[at - 1] == '\t'))
			at--;
		at = skip_prefix(src, at);
	} while (at != to && at > from);
	for (; at > from && strchr(" \t\r\n", src[at - 1]); at--)
		line |= src[at - 1] == '\n';
	return at <= from || strchr("{};", src[at - 1]) ||
	       (line && !strchr("(,|&=+-*/?.[<>", src[at - 1]));
}

struct deed {
	const struct query_run *r;
	const struct bt_facts *f;
	uint32_t from; /* of the node that is looked at */
};

/* cursor.execute(): what else has such a method may run or show anything. */
static bool is_of(const struct deed *d, const struct bt_occ *occ, const char *const *list)
{
	return occ->qual == BT_QUAL_NAME && occ > d->f->occs &&
	       any_word_in(&d->f->names[occ[-1].name], list);
}

/* A list inserts as well, and so does a page. */
static bool is_of_page(const char *second)
{
	static const char *const words[] = { "before",	  "after", "adjacent", "rule", "node",
					     "text",	  "html",  "at",       "line", "element",
					     "character", "child", NULL };

	return is_in(words, second);
}

static bool is_deed(const struct deed *d, const struct bt_occ *occ)
{
	static const char *const stores[] = { "db",   "conn",	     "connection", "cursor",
					      "stmt", "statement",   "pstmt",	   "session",
					      "tx",   "transaction", "database",   "sql",
					      NULL };
	static const char *const streams[] = { "out",	 "os",	    "stream", "output",
					       "socket", "channel", "sink",   "dos",
					       "pipe",	 "writer",  NULL };
	const struct bt_name *name = &d->f->names[occ->name];
	const char *p = name->text, *end = name->text + name->len;
	char word[WORD_LEN_MAX + 1], second[WORD_LEN_MAX + 1];
	bool more;

	if (!next_word(&p, end, word))
		return false;
	more = next_word(&p, end, second);
	if (!more && !strcmp(word, "write"))
		return !is_of(d, occ, streams);
	if (is_in(strong, word))
		return strcmp(second, "line");
	if (is_in(sending, word))
		return is_in(sent, second);
	if (!strcmp(word, "insert"))
		return more ? !is_of_page(second) : is_of(d, occ, stores);
	if (is_in(running, word))
		return is_in(run, second) || (!more && is_of(d, occ, stores));
	if (occ->qual != BT_QUAL_NONE ||
	    (name->len > 1 && !(is_in(fillers, word) && (!more || is_in(fillers, second)))))
		return false;
	return starts_statement(d->r, occ->at - occ->qual_len, d->from);
}

/* Is a value given to this name from `from` up to the occurrence? */
static bool is_assigned(const struct deed *d, const struct bt_occ *occ)
{
	for (uint32_t i = bt_facts_occ_from(d->f, d->from); &d->f->occs[i] < occ; i++)
		if (d->f->occs[i].name == occ->name && d->f->occs[i].role != BT_ROLE_READ)
			return true;
	return false;
}

/* Ruby calls without parentheses are reads to whoever cannot know better. */
static bool may_be_call(const struct deed *d, const struct bt_occ *occ)
{
	uint32_t end = occ->at + d->f->names[occ->name].len;

	if (occ->role == BT_ROLE_CALL)
		return true;
	if (occ->role != BT_ROLE_READ || strcmp(d->r->syntax->lang->name, "ruby"))
		return false;
	return (end == d->r->syntax->len || strchr("\n\r ;(!", d->r->syntax->src[end])) &&
	       !is_assigned(d, occ);
}

static bool in_spared(const struct bt_facts *f, uint32_t at)
{
	for (uint32_t d = bt_facts_enclosing(f, at); d != BT_NONE; d = f->defs[d].parent) {
		const struct bt_name *name = &f->names[f->defs[d].name];

		if (!(f->defs[d].flags & BT_DEF_CALLABLE))
			continue;
		if (any_word_in(name, spare) || any_word_in(name, endings) ||
		    any_word_in(name, asked))
			return true;
	}
	return false;
}

bool query_test_acts(struct query_run *r, const struct query_pred *p BT_UNUSED, TSNode node)
{
	struct bt_err ignored = BT_ERR_INIT;
	struct deed d = { .r = r, .from = ts_node_start_byte(node) };
	uint32_t end = ts_node_end_byte(node);
	bool found = false;

	if (bt_syntax_facts(r->syntax, &d.f, &ignored) || in_spared(d.f, d.from))
		return false;
	for (uint32_t i = bt_facts_occ_from(d.f, d.from); i < d.f->occs_nr && d.f->occs[i].at < end;
	     i++) {
		const struct bt_name *name = &d.f->names[d.f->occs[i].name];

		if (any_word_in(name, spare) || any_word_in(name, shaping) ||
		    any_word_in(name, away))
			return false;
		found |= may_be_call(&d, &d.f->occs[i]) && is_deed(&d, &d.f->occs[i]);
	}
	return found;
}
