#include "core/base/inflate.h"

#include <zlib.h>

#include "core/base/library.h"

struct zlib_api {
	int (*uncompress)(Bytef *out, uLongf *out_len, const Bytef *data, uLong len);
};

bool bt_inflate(const void *data, size_t len, void *out, size_t out_max, size_t *ret_len)
{
	static const struct bt_library_symbol symbols[] = {
		{ "uncompress", offsetof(struct zlib_api, uncompress) }, { NULL, 0 },
	};
	struct bt_err ignored = BT_ERR_INIT;
	uLongf out_len = (uLongf)out_max;
	struct zlib_api api;

	if (bt_library_load(ZLIB_SONAME, symbols, &api, &ignored) || api.uncompress(out, &out_len, data, (uLong)len) != Z_OK)
		return false;
	*ret_len = out_len;
	return true;
}
