/*
 * The reader of variable-length integers: the part that the inline fast path leaves over.
 */
#include "core/base/varint.h"

uint64_t bt_reader_varint_slow(struct bt_reader *r)
{
	const uint8_t *p = r->at;
	uint64_t v = 0;
	unsigned shift;

	for (shift = 0; !r->bad && p < r->end && shift < 64; shift += 7) {
		uint8_t byte = *p++;

		/*
		 * The tenth byte has room for one bit; a last byte of zero is not the shortest
		 * form.
		 */
		if ((shift == 63 && byte > 1) || (shift && !byte))
			break;
		v |= (uint64_t)(byte & 0x7f) << shift;
		if (byte < 0x80) {
			r->at = p;
			return v;
		}
	}
	r->bad = true;
	return 0;
}
