/*
 * Errors are values: formatting and nothing else. Text from outside may hold newlines; they become
 * spaces here, so that an error is one line by construction. Making the line safe for a terminal is
 * left to the one place that prints it.
 */
#include "core/base/err.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/*
 * Cuts a text that filled its buffer at the last whole UTF-8 character and takes the newlines
 * out.
 */
static void text_tidy(char *s, size_t size, int wanted)
{
	size_t len = strlen(s);

	if (wanted >= 0 && (size_t)wanted >= size) {
		size_t at = len;

		while (at && ((unsigned char)s[at - 1] & 0xc0) == 0x80)
			at--;
		if (at && (unsigned char)s[at - 1] >= 0xc0)
			s[at - 1] = '\0';
	}
	for (; *s; s++)
		if (*s == '\n' || *s == '\r')
			*s = ' ';
}

static void text_format(char *s, size_t size, const char *fmt, va_list ap)
{
	int wanted = vsnprintf(s, size, fmt, ap);

	if (wanted < 0)
		s[0] = '\0';
	text_tidy(s, size, wanted);
}

static enum bt_code errno_code(int errnum)
{
	switch (errnum) {
	case ENOENT:
	case ENOTDIR:
		return BT_ERR_NOT_FOUND;
	case ENOSPC:
	case EDQUOT:
	case EFBIG:
		return BT_ERR_FULL;
	case EROFS:
	case EACCES:
	case EPERM:
		return BT_ERR_READONLY;
	case EPIPE:
		return BT_ERR_PIPE;
	default:
		return BT_ERR_FAIL;
	}
}

int bt_err_set(struct bt_err *err, enum bt_code code, const char *fmt, ...)
{
	char text[sizeof(err->msg)];
	va_list ap;

	if (!err)
		return code;
	va_start(ap, fmt);
	text_format(text, sizeof(text), fmt, ap);
	va_end(ap);
	memcpy(err->msg, text, sizeof(err->msg));
	err->hint[0] = '\0';
	err->code = code;
	return code;
}

int bt_err_errno(struct bt_err *err, const char *fmt, ...)
{
	int errnum = errno;
	enum bt_code code = errno_code(errnum);
	char text[sizeof(err->msg)];
	char reason[128];
	va_list ap;

	if (!err)
		return code;
	va_start(ap, fmt);
	text_format(text, sizeof(text), fmt, ap);
	va_end(ap);
	return bt_err_set(err, code, "%s: %s", text,
			  strerror_r(errnum, reason, sizeof(reason)));
}

int bt_err_wrap(struct bt_err *err, const char *fmt, ...)
{
	char what[sizeof(err->msg)];
	char text[2 * sizeof(err->msg) + 2];
	va_list ap;

	if (!err)
		return BT_ERR_FAIL;
	va_start(ap, fmt);
	text_format(what, sizeof(what), fmt, ap);
	va_end(ap);
	snprintf(text, sizeof(text), "%s: %s", what, err->msg);
	text_tidy(text, sizeof(err->msg), 0);
	if (strlen(text) >= sizeof(err->msg)) {
		text[sizeof(err->msg) - 1] = '\0';
		text_tidy(text, sizeof(err->msg), sizeof(err->msg));
	}
	strcpy(err->msg, text);
	return err->code;
}

int bt_err_hint(struct bt_err *err, const char *fmt, ...)
{
	char text[sizeof(err->hint)];
	va_list ap;

	if (!err)
		return BT_ERR_FAIL;
	va_start(ap, fmt);
	text_format(text, sizeof(text), fmt, ap);
	va_end(ap);
	memcpy(err->hint, text, sizeof(err->hint));
	return err->code;
}
