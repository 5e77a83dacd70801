/*
 * A library is loaded through /proc/self/fd from a sealed file in memory, which is no file that landlock knows: the
 * process may have no other files by then. It is held to its hash in that file, so that nothing can change in between.
 */
#include "core/lang/user_load.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <unistd.h>

#include "core/base/mem.h"
#include "core/base/sha512.h"
#include "core/lang/user_grammars.h"

/* Of newer kernels: without it some systems make memory that cannot be mapped as code. */
#ifndef MFD_EXEC
#define MFD_EXEC 0x0010U
#endif

static struct {
	const struct bt_lang *lang;
	int fd;
	struct bt_buf text;
	struct bt_err err;
} users[BT_USER_GRAMMARS_MAX];
static size_t users_nr;

void bt_user_load_open(void)
{
	for (size_t i = 0; i < bt_langs_nr(); i++) {
		const struct bt_lang *lang = bt_lang_get(i);

		if (!lang->user || users_nr == BT_USER_GRAMMARS_MAX)
			continue;
		users[users_nr].lang = lang;
		users[users_nr].fd = -1;
		bt_buf_init(&users[users_nr].text, BT_USER_TEXT_MAX + 1);
		if (!bt_user_grammar_open(lang->user, &users[users_nr].fd, &users[users_nr].err))
			bt_user_grammar_text(lang->user, &users[users_nr].text, &users[users_nr].err);
		users_nr++;
	}
}

static int memory_file(const char *name)
{
	int fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_EXEC);

	return fd < 0 && errno == EINVAL ? memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING) : fd;
}

static int copy_all(int from, int to)
{
	off_t at = 0;
	ssize_t n;

	while ((n = sendfile(to, from, &at, (size_t)1 << 30)))
		if (n < 0 && errno != EINTR)
			return -1;
	return 0;
}

static int copy_sealed(const struct bt_user_grammar *g, int fd, int *ret_fd, struct bt_err *err)
{
	char hex[BT_SHA512_HEX_LEN + 1];
	BT_CLOSE int copy = memory_file("grammar");

	if (copy < 0 || copy_all(fd, copy) ||
	    fcntl(copy, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE))
		return bt_err_errno(err, "cannot copy the library into memory");
	if (bt_user_hash_fd(copy, hex, err))
		return err->code;
	if (strcmp(hex, g->object))
		return bt_err_set(err, BT_ERR_FAIL, "'%s/grammar.so' is not what was compiled", g->folder);
	*ret_fd = copy;
	copy = -1;
	return 0;
}

static int dl_fail(struct bt_err *err)
{
	const char *text = dlerror();

	return bt_err_set(err, BT_ERR_FAIL, "cannot load the library: %s", text ? text : "no reason is given");
}

static int load(const struct bt_user_grammar *g, int fd, const TSLanguage **ret, struct bt_err *err)
{
	const TSLanguage *(*function)(void);
	BT_CLOSE int copy = -1;
	void *library, *address;
	uint32_t abi;
	char path[40];

	if (copy_sealed(g, fd, &copy, err))
		return err->code;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", copy);
	library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	if (!library)
		return dl_fail(err);
	address = dlsym(library, g->symbol);
	if (!address)
		return dl_fail(err);
	memcpy(&function, &address, sizeof(function));
	*ret = function();
	abi = *ret ? ts_language_abi_version(*ret) : 0;
	if (abi < TREE_SITTER_MIN_COMPATIBLE_LANGUAGE_VERSION || abi > TREE_SITTER_LANGUAGE_VERSION)
		return bt_err_set(err, BT_ERR_FAIL, "its ABI is %u, and tree-sitter takes %d to %d", abi,
				  TREE_SITTER_MIN_COMPATIBLE_LANGUAGE_VERSION, TREE_SITTER_LANGUAGE_VERSION);
	return 0;
}

int bt_user_load(const struct bt_lang *lang, const TSLanguage **ret_language, const struct bt_buf **ret_text,
		 struct bt_err *err)
{
	for (size_t i = 0; i < users_nr; i++) {
		if (users[i].lang != lang)
			continue;
		*ret_text = &users[i].text;
		if (users[i].err.code)
			return *err = users[i].err, err->code;
		return load(lang->user, users[i].fd, ret_language, err);
	}
	return bt_err_set(err, BT_ERR_FAIL, "the grammar of %s is loaded by parse workers only", lang->name);
}
