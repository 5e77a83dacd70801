/*
 * File systems and names of files.
 */
#include <ctype.h>
#include <stdint.h>
#include <sys/vfs.h>

#include "store/open.h"

/* statfs(2); FUSE may be anything, so it counts as remote. */
static const uint32_t remote_types[] = {
	0x6969,		/* NFS */
	0x517b,		/* SMB */
	0xfe534d42,	/* SMB2 */
	0xff534d42,	/* CIFS */
	0x01021997,	/* 9P: shares of virtual machines, too */
	0x65735546,	/* FUSE */
	0x00c36400,	/* Ceph */
	0x5346414f,	/* AFS */
	0x73757245,	/* Coda */
	0x0bd00bd0,	/* Lustre */
	0x47504653,	/* GPFS */
	0x01161970,	/* GFS2 */
	0x7461636f,	/* OCFS2 */
	0x786f4256,	/* shared folders of VirtualBox */
};

bool bt_store_folder_remote(const char *dir)
{
	struct statfs st;
	size_t i;

	if (statfs(dir, &st))
		return true;
	for (i = 0; i < sizeof(remote_types) / sizeof(remote_types[0]); i++)
		if ((uint32_t)st.f_type == remote_types[i])
			return true;
	return false;
}

void bt_store_path_uri(struct bt_buf *out, const char *path)
{
	bt_buf_adds(out, "file:");
	for (; *path; path++) {
		unsigned char c = (unsigned char)*path;

		if (isalnum(c) || c == '/' || c == '.' || c == '-' || c == '_')
			bt_buf_addch(out, c);
		else
			bt_buf_addf(out, "%%%02x", c);
	}
	bt_buf_adds(out, "?immutable=1");
}
