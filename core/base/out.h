/*
 * The answer of a command, written to stdout as records. The command says what it found; the
 * format decides the look.
 *
 * A command makes two kinds of calls, and may make both without asking for the format:
 *   - fields (bt_out_record, bt_out_str, …) are for json and porcelain, and silent for people;
 *   - text (bt_out_text, bt_out_nl, …) is for people, and silent otherwise.
 *
 * json: one object per line. The first line is {"batho":1,"command":"def"}; then one line per
 * record, with "record":"<type>" first and the fields in the order of the calls. Names of fields
 * are documented in git-batho-format(5) and never renamed. 64-bit hashes are strings of 16 hex
 * digits; integers beyond 2^53 are written in full. Text that is not UTF-8 has U+FFFD for each
 * bad byte and, right behind it, the exact bytes as base64 in "<key>_b64"; inside an array such
 * an element is {"text":…,"b64":…}. Controls, bidirectional ones included, are written as \uNNNN.
 *
 * porcelain: the first line is `# batho porcelain 1 <command>`, then a line per record: the type
 * and the fields of the outermost level with tabs between them. Which fields a type has is fixed
 * for version 1. A field with a control character, a double quote or a backslash in it is quoted
 * like a path with core.quotePath off (path.h). Nested objects and arrays are left out; true and
 * false are 1 and 0; null is empty. With -z nothing is quoted and every field, the header line
 * too, ends with NUL instead; a record starts with the number of its fields in decimal (a field
 * of its own, not counted), the type being the first of them.
 *
 * Everything else from outside passes bt_text_safe. The header is written with the first record,
 * or by bt_out_finish. Errors stick: after the first one all calls are silent, and bt_out_finish
 * reports it. SIGPIPE must be ignored (signal.h).
 */
#ifndef BT_BASE_OUT_H
#define BT_BASE_OUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/color.h"
#include "core/base/err.h"
#include "core/base/oid.h"

enum bt_format {	/* the order of bt_format_names: usable as the choices of an option */
	BT_FORMAT_HUMAN,
	BT_FORMAT_JSON,
	BT_FORMAT_PORCELAIN,
};
extern const char *const bt_format_names[];	/* "human", "json", "porcelain", NULL */

struct bt_out_opts {
	enum bt_format format;
	bool nul;			/* -z; for porcelain, and for people (bt_out_nl) */
	const char *command;		/* "def"; borrowed */
	int fd;				/* 1 */
	const char *where;		/* what fd is, for messages; NULL: stdout; borrowed */
	const struct bt_palette *palette;	/* NULL: no colour; borrowed */
};

struct bt_out;
struct bt_out *bt_out_new(const struct bt_out_opts *opts);
/* Drops what was not written. */
void bt_out_free(struct bt_out **po);

bool bt_out_is_human(const struct bt_out *o);
/* True once writing failed: a loop may end early. */
bool bt_out_failed(const struct bt_out *o);
/* Writes what is buffered. Commands that failed half-way call it so that what was found is seen. */
int bt_out_flush(struct bt_out *o, struct bt_err *err);
/*
 * The end of a complete answer. BT_ERR_PIPE: the reader went away, to be quiet about; otherwise
 * "cannot write the answer to stdout: …".
 */
int bt_out_finish(struct bt_out *o, struct bt_err *err);

/* --- fields: json and porcelain. key is NULL inside an array. --- */

void bt_out_record(struct bt_out *o, const char *type);
void bt_out_record_end(struct bt_out *o);
void bt_out_object(struct bt_out *o, const char *key);
void bt_out_object_end(struct bt_out *o);
void bt_out_array(struct bt_out *o, const char *key);
void bt_out_array_end(struct bt_out *o);

void bt_out_str(struct bt_out *o, const char *key, const char *p, size_t len);
void bt_out_cstr(struct bt_out *o, const char *key, const char *s);	/* NULL: null */
void bt_out_int(struct bt_out *o, const char *key, int64_t v);
void bt_out_uint(struct bt_out *o, const char *key, uint64_t v);
void bt_out_hex64(struct bt_out *o, const char *key, uint64_t v);
void bt_out_hex(struct bt_out *o, const char *key, const void *p, size_t len);	/* digests */
void bt_out_oid(struct bt_out *o, const char *key, const struct bt_oid *oid);
void bt_out_bool(struct bt_out *o, const char *key, bool v);
void bt_out_null(struct bt_out *o, const char *key);

/* --- text: people --- */

/* Text from anywhere, made safe; tabs stay. */
void bt_out_text(struct bt_out *o, enum bt_color color, const char *p, size_t len);
/*
 * The whole result is made safe, so that a newline in an argument stays visible: lines end with
 * bt_out_nl.
 */
void bt_out_textf(struct bt_out *o, enum bt_color color, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/*
 * A path: quoted as git does, with core.quotePath off as long as what is above ASCII is text that may be shown; with -z as
 * it is.
 */
void bt_out_path(struct bt_out *o, enum bt_color color, const char *p, size_t len);
/* The end of a line; NUL with -z. */
void bt_out_nl(struct bt_out *o);
/* Spaces up to the column (in characters) of the current line; at least one. */
void bt_out_pad(struct bt_out *o, size_t column);

#endif
