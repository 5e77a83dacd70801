/*
 * Which language a file is written in: by attribute, file name, extension; where these do not decide,
 * by content.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/hash.h"
#include "core/base/mem.h"
#include "core/lang/detect_content.h"
#include "core/lang/langs.h"
#include "core/lang/langs_table.h"

/* Raised when detection changes. */
#define DETECT_VERSION 2

/* Extensions that several languages claim, and files whose first line decides. */
static const struct content_class {
	struct bt_detect_class cls;
	const char *extension;		/* NULL: a name without extension */
	const char *(*decide)(const char *data, size_t len);	/* a language's name or NULL */
} classes[] = {
	{ { "?h", DETECT_VERSION }, "h", bt_content_c_or_cpp },
	{ { "?ts", DETECT_VERSION }, "ts", bt_content_typescript },
	{ { "?inc", DETECT_VERSION }, "inc", bt_content_inc },
	{ { BT_DETECT_SCRIPT, DETECT_VERSION }, NULL, bt_content_shebang },
};

/*
 * Extensions of programs and templates in whatever language; the others that are not known are those of data. To look into every
 * file would read a tenth more of a large project, and all its pictures.
 */
static const char *const script_extensions[] = {
	"cgi", "command", "dist", "example", "fcgi", "guess", "helper", "hook", "in", "init", "run", "sample",
	"sub", "template", "test", "tmpl", "tool", "tpl", "wrapper",
};

/*
 * Names and extensions -> language, by hash: the number in the table of globs, from 1. Built once, like that table, by every
 * process that looks at a file: it is small because each page that is touched has its price.
 */
static uint16_t slots[2048];
static bool slots_ready;

static const char *key_of(const struct bt_langs_name *glob)
{
	return glob->name + (glob->name[0] == '*');
}

static uint16_t *slot_of(const struct bt_langs_table *t, const char *key, size_t len)
{
	size_t at = bt_hash64(key, len, 7) % BT_ARRAY_NR(slots);

	for (; slots[at]; at = (at + 1) % BT_ARRAY_NR(slots)) {
		const char *taken = key_of(&t->globs[slots[at] - 1]);

		if (!strncmp(taken, key, len) && !taken[len])
			break;
	}
	return &slots[at];
}

static void make_slots(void)
{
	const struct bt_langs_table *t = bt_langs_table();

	for (size_t i = 0; i < t->globs_nr && i < BT_ARRAY_NR(slots) / 2; i++) {
		const char *key = key_of(&t->globs[i]);
		uint16_t *s = slot_of(t, key, strlen(key));

		if (!*s)
			*s = (uint16_t)(i + 1);
	}
	slots_ready = true;
}

static const struct bt_lang *by_key(const char *key, size_t len)
{
	const struct bt_langs_table *t = bt_langs_table();
	uint16_t at = *slot_of(t, key, len);

	return at ? bt_lang_get(t->globs[at - 1].lang) : NULL;
}

static const struct bt_lang *by_lower_key(const char *key, size_t len)
{
	char lower[32];

	if (len >= sizeof(lower))
		return NULL;
	for (size_t i = 0; i < len; i++)
		lower[i] = (char)tolower((unsigned char)key[i]);
	return by_key(lower, len);
}

static bool is_script_extension(const char *ext, size_t len)
{
	for (size_t i = 0; i < BT_ARRAY_NR(script_extensions); i++)
		if (strlen(script_extensions[i]) == len && !memcmp(script_extensions[i], ext, len))
			return true;
	return false;
}

static const struct content_class *class_of(const char *ext, size_t len)
{
	for (size_t i = 0; i < BT_ARRAY_NR(classes); i++) {
		const char *want = classes[i].extension;

		if (!ext ? !want : want && strlen(want) == len && !memcmp(want, ext, len))
			return &classes[i];
	}
	return NULL;
}

/* The longest known ending that starts with a dot (".d.ts" before ".ts"). */
static const struct bt_lang *by_extension(const char *name, size_t len)
{
	for (size_t i = 1; i < len; i++) {
		const struct bt_lang *l;

		if (name[i] != '.')
			continue;
		l = by_key(name + i, len - i);
		if (!l)
			l = by_lower_key(name + i, len - i);
		if (l)
			return l;
	}
	return NULL;
}

enum bt_detect bt_detect_path(const char *path, size_t path_len, const char *linguist_language,
			      const struct bt_lang **ret_lang,
			      const struct bt_detect_class **ret_class)
{
	const char *slash = memrchr(path, '/', path_len), *dot;
	const char *name = slash ? slash + 1 : path;
	size_t len = (size_t)(path + path_len - name);
	const struct content_class *c;

	if (!slots_ready)
		make_slots();
	if (linguist_language) {
		*ret_lang = bt_lang_find(linguist_language);
		return *ret_lang ? BT_DETECT_LANG : BT_DETECT_NONE;
	}
	*ret_lang = by_key(name, len);
	if (*ret_lang)
		return BT_DETECT_LANG;
	dot = memrchr(name, '.', len);
	if (dot == name)
		dot = NULL;
	c = class_of(dot ? dot + 1 : NULL, dot ? (size_t)(name + len - dot - 1) : 0);
	if (c) {
		*ret_class = &c->cls;
		return BT_DETECT_CLASS;
	}
	*ret_lang = by_extension(name, len);
	if (*ret_lang)
		return BT_DETECT_LANG;
	if (!dot || !is_script_extension(dot + 1, (size_t)(name + len - dot - 1)))
		return BT_DETECT_NONE;
	*ret_class = &class_of(NULL, 0)->cls;
	return BT_DETECT_CLASS;
}

const struct bt_detect_class *bt_detect_class_find(const char *name)
{
	for (size_t i = 0; i < BT_ARRAY_NR(classes); i++)
		if (!strcmp(classes[i].cls.name, name))
			return &classes[i].cls;
	return NULL;
}

const struct bt_lang *bt_detect_content(const struct bt_detect_class *cls, const char *data, size_t len)
{
	if (len > 65536)
		len = 65536;
	for (size_t i = 0; i < BT_ARRAY_NR(classes); i++) {
		const char *name;

		if (strcmp(classes[i].cls.name, cls->name))
			continue;
		name = classes[i].decide(data, len);
		return name ? bt_lang_find(name) : NULL;
	}
	return NULL;
}

uint64_t bt_detect_version(void)
{
	uint64_t h = DETECT_VERSION;

	for (size_t i = 0; i < BT_ARRAY_NR(classes); i++)
		h = bt_hash64(classes[i].cls.name, strlen(classes[i].cls.name), h);
	return h;
}

bool bt_content_is_binary(const char *data, size_t len)
{
	return memchr(data, '\0', len < 8000 ? len : 8000) != NULL;
}

bool bt_content_is_lfs_pointer(const char *data, size_t len)
{
	static const char first[] = "version https://git-lfs.github.com/spec/";

	return len > sizeof(first) && len < 1024 && !memcmp(data, first, sizeof(first) - 1);
}
