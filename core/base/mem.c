/*
 * Memory of small fixed things. The only place outside main that ends the process: there is nothing
 * a caller could do without the few bytes it asked for.
 */
#include "core/base/mem.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void out_of_memory(void) __attribute__((noreturn));

static void out_of_memory(void)
{
	static const char line[] = "git-batho: out of memory\n";
	ssize_t rc = write(2, line, sizeof(line) - 1);

	(void)rc;
	_exit(128);
}

void *bt_xmalloc(size_t len)
{
	void *p = malloc(len ? len : 1);

	if (!p)
		out_of_memory();
	return p;
}

void *bt_xcalloc(size_t nr, size_t size)
{
	void *p = calloc(nr ? nr : 1, size ? size : 1);

	if (!p)
		out_of_memory();
	return p;
}

void *bt_xrealloc(void *p, size_t len)
{
	p = realloc(p, len ? len : 1);
	if (!p)
		out_of_memory();
	return p;
}

char *bt_xstrdup(const char *s)
{
	return bt_xstrndup(s, strlen(s));
}

char *bt_xstrndup(const char *s, size_t len)
{
	size_t n = strnlen(s, len);
	char *copy = bt_xmalloc(n + 1);

	memcpy(copy, s, n);
	copy[n] = '\0';
	return copy;
}

char *bt_xasprintf(const char *fmt, ...)
{
	char *s = NULL;
	va_list ap;
	int rc;

	va_start(ap, fmt);
	rc = vasprintf(&s, fmt, ap);
	va_end(ap);
	if (rc < 0)
		out_of_memory();
	return s;
}

void bt_grow(void *arr, size_t *alloc_nr, size_t want_nr, size_t size)
{
	size_t nr = *alloc_nr, len;
	void *p;

	if (want_nr <= nr)
		return;
	nr = nr < 8 ? 16 : nr > SIZE_MAX / 2 ? SIZE_MAX : nr * 2;
	if (nr < want_nr)
		nr = want_nr;
	if (__builtin_mul_overflow(nr, size, &len))
		out_of_memory();
	/* arr is the address of a pointer of any type: no void ** may alias it. */
	memcpy(&p, arr, sizeof(p));
	p = bt_xrealloc(p, len);
	memcpy(arr, &p, sizeof(p));
	*alloc_nr = nr;
}

void bt_free_ptr(void *pp)
{
	void *p, *none = NULL;

	memcpy(&p, pp, sizeof(p));
	free(p);
	memcpy(pp, &none, sizeof(none));
}

void bt_close_fd(int *fd)
{
	int keep = errno;

	if (*fd >= 0)
		close(*fd);
	*fd = -1;
	errno = keep;
}
