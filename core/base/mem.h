/*
 * Memory: small fixed things die on exhaustion, input-sized things return an error (see buf.h).
 *
 * BT_CLEANUP(fn) is put on owned locals, which are initialised on the same line. Every release
 * function accepts NULL and half-built values.
 */
#ifndef BT_BASE_MEM_H
#define BT_BASE_MEM_H

#include <stddef.h>
#include <stdint.h>

#define BT_CLEANUP(fn) __attribute__((cleanup(fn)))
#define BT_ARRAY_NR(a) (sizeof(a) / sizeof((a)[0]))
#define BT_UNUSED __attribute__((unused))

/* Never return NULL: on exhaustion the process prints one line and exits 128. */
void *bt_xmalloc(size_t len);
void *bt_xcalloc(size_t nr, size_t size);
void *bt_xrealloc(void *p, size_t len);
char *bt_xstrdup(const char *s);
char *bt_xstrndup(const char *s, size_t len);
char *bt_xasprintf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Grows *arr (elements of `size` bytes) so that `want` fit; doubles; dies on exhaustion. */
void bt_grow(void *arr, size_t *alloc_nr, size_t want_nr, size_t size);
#define BT_GROW(arr, alloc_nr, want_nr) bt_grow(&(arr), &(alloc_nr), (want_nr), sizeof(*(arr)))

/* Cleanup functions for common locals. */
void bt_free_ptr(void *pp);	/* void ** in disguise: frees *pp and sets it to NULL */
void bt_close_fd(int *fd);	/* closes *fd when >= 0 and sets it to -1 */
#define BT_FREE BT_CLEANUP(bt_free_ptr)
#define BT_CLOSE BT_CLEANUP(bt_close_fd)

#endif
