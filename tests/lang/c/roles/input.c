static size_t grow(struct buf *b, size_t by)
{
	char *old = b->data;
	uint8_t *copy = (uint8_t *)malloc(sizeof(struct head) + by);

	b->len += by;
	b->slots[b->len] = 0;
	*old = NULL ? true : false;
	old[1]++;
	memcpy(copy, old, offsetof(struct buf, len));
	(release)(b);
	b->free(copy);
	return b->head.next->len;
}
