/*
 * What reading and writing of a backup share; private to core/backup.
 */
#ifndef BT_BACKUP_IMPL_H
#define BT_BACKUP_IMPL_H

#include <stdint.h>

#define BACKUP_MAGIC_LEN 8
extern const uint8_t backup_magic[BACKUP_MAGIC_LEN];

/* Numbers are little-endian. */
static inline void backup_store32(uint8_t *p, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		p[i] = (uint8_t)(v >> 8 * i);
}

static inline void backup_store64(uint8_t *p, uint64_t v)
{
	for (int i = 0; i < 8; i++)
		p[i] = (uint8_t)(v >> 8 * i);
}

static inline uint32_t backup_load32(const uint8_t *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static inline uint64_t backup_load64(const uint8_t *p)
{
	return backup_load32(p) | (uint64_t)backup_load32(p + 4) << 32;
}

#endif
