/*
 * Everything that grows has a maximum; each stands here with its reason.
 */
#ifndef BT_BASE_LIMITS_H
#define BT_BASE_LIMITS_H

/*
 * A path in a tree. git has no limit; the kernel's PATH_MAX is 4096, deeper trees cannot be
 * checked out.
 */
#define BT_PATH_LEN_MAX 4096
/* Depth of folders that are walked: a hostile tree may be deeper than any stack. */
#define BT_TREE_DEPTH_MAX 512
/* index.maxBlobSize: largest value that can be configured; positions are 32 bits wide. */
#define BT_BLOB_SIZE_CAP (64u << 20)
/* index.maxBlobSize: the default, 1 MiB. */
/* One tree object: 64 MiB hold more than a million entries. */
#define BT_TREE_SIZE_MAX (64u << 20)
/* A commit object that is folded, and a message that is made of several. */
#define BT_COMMIT_SIZE_MAX (4u << 20)
/* A .gitattributes file; git itself ignores larger ones (100 MiB); ours is tighter. */
#define BT_ATTR_FILE_MAX (1u << 20)
/* A tracked .batho/config.ini. */
#define BT_CONFIG_FILE_MAX (256u << 10)
/* Facts of one blob: an identifier needs two source bytes and at most 24 bytes of record. */
#define BT_FACTS_LEN_MAX (768u << 20)
/* A name (identifier) that is kept; longer ones are cut to this many bytes. */
#define BT_NAME_LEN_MAX 1024
/* Definitions and occurrences of one blob; both follow from BT_BLOB_SIZE_CAP. */
#define BT_FACTS_NR_MAX (32u << 20)
/* Depth to which the syntax tree of a blob is walked. */
#define BT_SYNTAX_DEPTH_MAX 4000
/* Definitions that came or went between two revisions and are told one by one: 400 bytes each. */
#define BT_CHANGES_MAX (1u << 18)
/* Parse workers. */
#define BT_JOBS_MAX 256

#endif
