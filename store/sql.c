/*
 * The table of statements. States are written as numbers (enum bt_blob_state); a test holds
 * them equal.
 */
#include "store/sql.h"

#include "store/store_int.h"

static const char *const texts[BT_SQL_NR] = {
	[BT_SQL_BEGIN_WRITE] = "BEGIN IMMEDIATE",
	[BT_SQL_BEGIN_READ] = "BEGIN",
	[BT_SQL_COMMIT] = "COMMIT",
	[BT_SQL_ROLLBACK] = "ROLLBACK",

	[BT_SQL_LANGUAGE_FIND] = "SELECT id FROM language WHERE name = ?1 AND version = ?2",
	[BT_SQL_LANGUAGE_PUT] = "INSERT INTO language (name, version) VALUES (?1, ?2)",
	[BT_SQL_LANGUAGE_NEXT] =
		"SELECT id, name, version FROM language WHERE id > ?1 ORDER BY id LIMIT 1",

	[BT_SQL_BLOB_FIND] = "SELECT id, oid, lang, state, size, resolved, digest, hint FROM blob"
			     " WHERE oid = ?1 AND lang = ?2",
	[BT_SQL_BLOB_GET] = "SELECT id, oid, lang, state, size, resolved, digest, hint FROM blob"
			    " WHERE id = ?1",
	[BT_SQL_BLOB_BY_OID] = "SELECT id, oid, lang, state, size, resolved, digest, hint FROM blob"
			       " WHERE oid = ?1 AND lang > ?2 ORDER BY lang LIMIT 1",
	[BT_SQL_BLOB_WITHOUT_FACTS] =
		"SELECT id, oid, lang, state, size, resolved, digest, hint FROM blob"
		" WHERE id > ?1 AND state NOT IN (0, 5) ORDER BY id LIMIT 1",
	[BT_SQL_BLOB_INSERT] =
		"INSERT INTO blob (oid, lang, state, size, resolved, digest, hint)"
		" VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
	[BT_SQL_BLOB_UPDATE] = "UPDATE blob SET state = ?2, size = ?3, resolved = ?4, digest = ?5,"
			       " hint = ?6 WHERE id = ?1",
	[BT_SQL_BLOB_CLEAR_KILLED] = "DELETE FROM blob WHERE state BETWEEN 7 AND 10",
	[BT_SQL_BLOB_COUNTS] = "SELECT lang, state, count(*), sum(size) FROM blob"
			       " GROUP BY lang, state ORDER BY lang, state",
	[BT_SQL_BLOB_EXISTS] = "SELECT 1 FROM blob WHERE id = ?1",
	[BT_SQL_BLOB_IDS] = "SELECT id FROM blob ORDER BY id",
	[BT_SQL_BLOB_OF] = "SELECT id FROM blob WHERE lang = ?1",
	[BT_SQL_BLOB_DROP] = "DELETE FROM blob WHERE id = ?1",

	[BT_SQL_FACTS_FIND] = "SELECT place, len FROM facts WHERE blob = ?1",
	[BT_SQL_FACTS_PUT] = "INSERT INTO facts (blob, place, len) VALUES (?1, ?2, ?3)"
			     " ON CONFLICT (blob) DO UPDATE"
			     " SET place = excluded.place, len = excluded.len",
	[BT_SQL_FACTS_PIECES] =
		"SELECT data FROM facts_piece WHERE id BETWEEN ?1 AND ?2 ORDER BY id",
	[BT_SQL_FACTS_LAST_PIECE] = "SELECT id, data FROM facts_piece ORDER BY id DESC LIMIT 1",
	[BT_SQL_FACTS_PUT_PIECE] = "INSERT INTO facts_piece (id, data) VALUES (?1, ?2)"
				   " ON CONFLICT (id) DO UPDATE SET data = excluded.data",
	[BT_SQL_FACTS_DROP] = "DELETE FROM facts WHERE blob = ?1",
	[BT_SQL_FACTS_WARM] = "SELECT b.id, b.lang, b.hint, f.len FROM facts f JOIN blob b ON b.id = f.blob"
			      " WHERE f.blob > ?1 ORDER BY f.blob",
	[BT_SQL_FACTS_PLACES] = "SELECT place, len FROM facts",
	[BT_SQL_FACTS_DROP_PIECES] = "DELETE FROM facts_piece WHERE id BETWEEN ?1 AND ?2",

	[BT_SQL_FROZEN_FILE] = "SELECT name FROM frozen_file WHERE id = 1",
	[BT_SQL_FROZEN_FILE_PUT] = "INSERT INTO frozen_file (id, name) VALUES (1, ?1)"
				   " ON CONFLICT (id) DO UPDATE SET name = excluded.name",
	[BT_SQL_FROZEN_FILE_DROP] = "DELETE FROM frozen_file",
	[BT_SQL_FROZEN_ANY] = "SELECT 1 FROM frozen LIMIT 1",
	[BT_SQL_FROZEN_FIND] = "SELECT grp, place, len, seal FROM frozen WHERE blob = ?1",
	[BT_SQL_FROZEN_PUT] = "INSERT INTO frozen (blob, grp, place, len, seal) VALUES (?1, ?2, ?3, ?4, ?5)"
			      " ON CONFLICT (blob) DO UPDATE SET grp = excluded.grp, place = excluded.place,"
			      " len = excluded.len, seal = excluded.seal",
	[BT_SQL_FROZEN_MOVE] = "UPDATE frozen SET grp = ?3, place = ?4 WHERE blob = ?1 AND grp = ?2",
	[BT_SQL_FROZEN_DROP] = "DELETE FROM frozen WHERE blob = ?1",
	[BT_SQL_FROZEN_BLOBS] = "SELECT blob, grp, place, len, seal FROM frozen WHERE blob > ?1 ORDER BY blob",
	[BT_SQL_FROZEN_COUNTS] = "SELECT b.lang, count(*), sum(f.len) FROM frozen f JOIN blob b ON b.id = f.blob"
				 " GROUP BY b.lang ORDER BY b.lang",
	[BT_SQL_FROZEN_GROUPS] = "SELECT id, lang, raw, len FROM frozen_group ORDER BY id",
	[BT_SQL_FROZEN_GROUP_LAST] = "SELECT id FROM frozen_group ORDER BY id DESC LIMIT 1",
	[BT_SQL_FROZEN_STORED] = "SELECT f.len, g.raw, g.len FROM frozen f JOIN frozen_group g ON g.id = f.grp"
				 " WHERE f.blob = ?1",
	[BT_SQL_FROZEN_GROUP_ADD] = "INSERT INTO frozen_group (lang, raw, len) VALUES (?1, 0, 0)",
	[BT_SQL_FROZEN_GROUP_FINISH] = "UPDATE frozen_group SET raw = ?2, len = ?3 WHERE id = ?1",
	[BT_SQL_FROZEN_GROUP_DROP] = "DELETE FROM frozen_group WHERE id = ?1",
	[BT_SQL_FACTS_SUMS] = "SELECT b.lang, count(*), sum(f.len) FROM facts f JOIN blob b ON b.id = f.blob"
			      " GROUP BY b.lang ORDER BY b.lang",

	[BT_SQL_TREE_FIND] = "SELECT id, digest, killed, blobs FROM tree"
			     " WHERE oid = ?1 AND selection = ?2 ORDER BY id DESC LIMIT 1",
	[BT_SQL_TREE_OF] = "SELECT id FROM tree WHERE oid = ?1 AND id > ?2 ORDER BY id LIMIT 1",
	[BT_SQL_TREE_READ] = "SELECT oid, selection, digest, killed, blobs, base, depth, data"
			     " FROM tree WHERE id = ?1",
	[BT_SQL_TREE_PUT] =
		"INSERT INTO tree (oid, selection, base, depth, digest, killed, blobs, data)"
		" VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
	[BT_SQL_TREE_CLEAR] = "DELETE FROM tree",
	[BT_SQL_TREE_NEXT] = "SELECT id, base, depth FROM tree WHERE id > ?1 ORDER BY id LIMIT 1",
	[BT_SQL_TREE_LAST] = "SELECT max(id) FROM tree",
	[BT_SQL_TREE_EXISTS] = "SELECT 1 FROM tree WHERE id = ?1",
	[BT_SQL_TREE_REPLACE] = "UPDATE tree SET base = 0, depth = 0, data = ?2 WHERE id = ?1",
	[BT_SQL_TREE_DEPTH_SET] = "UPDATE tree SET depth = ?2 WHERE id = ?1",
	[BT_SQL_TREE_DROP] = "DELETE FROM tree WHERE id = ?1",

	[BT_SQL_MANIFEST_READ] = "SELECT id, data FROM manifest WHERE digest = ?1",
	[BT_SQL_MANIFEST_DROP] = "DELETE FROM manifest WHERE digest = ?1",
	[BT_SQL_MANIFEST_PUT] = "INSERT INTO manifest (digest, data) VALUES (?1, ?2)",
	[BT_SQL_MANIFEST_TRIM] = "DELETE FROM manifest WHERE id NOT IN"
				 " (SELECT id FROM manifest ORDER BY id DESC LIMIT ?1)",
	[BT_SQL_MANIFEST_CLEAR] = "DELETE FROM manifest",

	[BT_SQL_SEGMENT_LIST] = "SELECT id, level, pairs, names, blocks FROM segment ORDER BY id",
	[BT_SQL_SEGMENT_BLOBS] = "SELECT blobs FROM segment WHERE id = ?1",
	[BT_SQL_SEGMENT_INSERT] = "INSERT INTO segment (level, pairs, names, blocks, blobs)"
				  " VALUES (0, 0, 0, 0, ?1)",
	[BT_SQL_SEGMENT_FINISH] = "UPDATE segment SET level = ?2, pairs = ?3, names = ?4,"
				  " blocks = ?5, blobs = ?6 WHERE id = ?1",
	[BT_SQL_SEGMENT_DELETE] = "DELETE FROM segment WHERE id = ?1",
	[BT_SQL_NAME_BLOCK_PUT] = "INSERT INTO name_block (id, data) VALUES (?1, ?2)",
	[BT_SQL_NAME_BLOCK_READ] = "SELECT data FROM name_block WHERE id = ?1",
	[BT_SQL_NAME_BLOCK_DELETE] = "DELETE FROM name_block WHERE id BETWEEN ?1 AND ?2",
	[BT_SQL_NAME_KEY_PUT] = "INSERT INTO name_key (segment, low, block, shortest,"
				 " longest) VALUES (?1, ?2, ?3, ?4, ?5)",
	[BT_SQL_NAME_KEY_FIND] = "SELECT block, low FROM name_key WHERE segment = ?1 AND low <= ?2"
				 " ORDER BY low DESC LIMIT 1",
	[BT_SQL_NAME_KEY_FROM] =
		"SELECT low, block, shortest, longest FROM name_key"
		" WHERE segment = ?1 AND low >= ?2 ORDER BY low",
	[BT_SQL_NAME_KEY_DELETE] = "DELETE FROM name_key WHERE segment = ?1",
	[BT_SQL_POSTING_PUT] = "INSERT INTO posting (id, data) VALUES (?1, ?2)",
	[BT_SQL_POSTING_READ] = "SELECT data FROM posting WHERE id = ?1",
	[BT_SQL_POSTING_DELETE] = "DELETE FROM posting WHERE id BETWEEN ?1 AND ?2",
	[BT_SQL_TRIGRAM_PUT] = "INSERT INTO trigram (id, data) VALUES (?1, ?2)",
	[BT_SQL_TRIGRAM_FIND] = "SELECT id, data FROM trigram WHERE id BETWEEN ?1 AND ?2"
				" ORDER BY id DESC LIMIT 1",
	[BT_SQL_TRIGRAM_DELETE] = "DELETE FROM trigram WHERE id BETWEEN ?1 AND ?2",

	[BT_SQL_FINDING_FIND] = "SELECT rules, state, data FROM finding WHERE blob = ?1",
	[BT_SQL_FINDING_PUT] = "INSERT INTO finding (blob, rules, state, data) VALUES (?1, ?2, ?3, ?4)"
			       " ON CONFLICT (blob) DO UPDATE SET rules = excluded.rules,"
			       " state = excluded.state, data = excluded.data",
	[BT_SQL_FINDING_CLEAR_FAILED] = "DELETE FROM finding WHERE state <> 0",
	[BT_SQL_COPY_LANGUAGES] = "SELECT id, name, version FROM language",
	[BT_SQL_COPY_LANGUAGE_PUT] = "INSERT INTO language (id, name, version) VALUES (?1, ?2, ?3)",
	[BT_SQL_COPY_BLOB_PUT] = "INSERT INTO blob (id, oid, lang, state, size, resolved, digest, hint)"
				 " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
	[BT_SQL_COPY_FINDING] = "SELECT blob, rules, state, data FROM finding WHERE blob = ?1",
	[BT_SQL_COPY_FINDING_PUT] = "INSERT INTO finding (blob, rules, state, data) VALUES (?1, ?2, ?3, ?4)",
	[BT_SQL_COPY_TREE] = "SELECT id, oid, selection, base, depth, digest, killed, blobs, data FROM tree"
			     " WHERE id = ?1",
	[BT_SQL_COPY_TREE_PUT] =
		"INSERT INTO tree (id, oid, selection, base, depth, digest, killed, blobs, data)"
		" VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
	[BT_SQL_COPY_MANIFESTS] = "SELECT id, digest, data FROM manifest",
	[BT_SQL_COPY_MANIFEST_PUT] = "INSERT INTO manifest (id, digest, data) VALUES (?1, ?2, ?3)",
	[BT_SQL_COPY_FROZEN] = "SELECT blob, grp, place, len, seal FROM frozen WHERE blob = ?1",
	[BT_SQL_COPY_FROZEN_FILE] = "SELECT id, name FROM frozen_file",
	[BT_SQL_COPY_FROZEN_FILE_PUT] = "INSERT INTO frozen_file (id, name) VALUES (?1, ?2)",
	[BT_SQL_COPY_FROZEN_GROUPS] = "SELECT id, lang, raw, len FROM frozen_group",
	[BT_SQL_COPY_FROZEN_GROUP_PUT] = "INSERT INTO frozen_group (id, lang, raw, len) VALUES (?1, ?2, ?3, ?4)",
	[BT_SQL_COPY_SEQUENCES] = "SELECT name, seq FROM sqlite_sequence",
	[BT_SQL_COPY_SEQUENCE_DROP] = "DELETE FROM sqlite_sequence WHERE name = ?1",
	[BT_SQL_COPY_SEQUENCE_PUT] = "INSERT INTO sqlite_sequence (name, seq) VALUES (?1, ?2)",
	[BT_SQL_BLOB_LAST] = "SELECT max(id) FROM blob",

	[BT_SQL_FACTS_BYTES] = "SELECT sum(len) FROM facts",
	[BT_SQL_FACTS_PIECES_NR] = "SELECT count(*) FROM facts_piece",
	[BT_SQL_FREE_PAGES] = "PRAGMA freelist_count",
	[BT_SQL_TABLE_BYTES] = "SELECT name, sum(pgsize) FROM dbstat WHERE aggregate = TRUE GROUP BY name ORDER BY name",
	[BT_SQL_CHECK_FILE] = "PRAGMA integrity_check(100)",
	[BT_SQL_FACTS_ORPHANS] = "SELECT blob FROM facts WHERE blob NOT IN (SELECT id FROM blob WHERE state = 0)",
	[BT_SQL_FROZEN_ORPHANS] = "SELECT blob FROM frozen WHERE blob NOT IN (SELECT id FROM blob WHERE state = 0)",
	[BT_SQL_FINDING_ORPHANS] = "SELECT blob FROM finding WHERE blob NOT IN (SELECT id FROM blob)",
	[BT_SQL_MANIFEST_NEXT] = "SELECT id, digest, data FROM manifest WHERE id > ?1 ORDER BY id LIMIT 1",
	[BT_SQL_TRIGRAM_ROWS] = "SELECT id, data FROM trigram WHERE id BETWEEN ?1 AND ?2 ORDER BY id",
	[BT_SQL_FINDING_DROP] = "DELETE FROM finding WHERE blob = ?1",
};

const char *bt_sql_text(enum bt_sql id)
{
	return texts[id];
}

int bt_sql_get(struct bt_store *s, enum bt_sql id, sqlite3_stmt **ret_stmt, struct bt_err *err)
{
	int rc;

	if (!s->stmts[id]) {
		rc = sqlite3_prepare_v3(s->db, texts[id], -1, SQLITE_PREPARE_PERSISTENT,
					&s->stmts[id], NULL);
		if (rc)
			return bt_store_fail(s, rc, err);
	}
	*ret_stmt = s->stmts[id];
	return 0;
}

int bt_sql_step(struct bt_store *s, sqlite3_stmt *q, struct bt_err *err)
{
	int rc = sqlite3_step(q);

	if (rc == SQLITE_ROW)
		return BT_ROW;
	if (rc == SQLITE_DONE)
		return BT_DONE;
	return bt_store_fail(s, rc, err);
}

int bt_sql_run(struct bt_store *s, sqlite3_stmt *q, struct bt_err *err)
{
	int rc;

	do
		rc = bt_sql_step(s, q, err);
	while (rc == BT_ROW);
	return rc;
}

int bt_sql_exec(struct bt_store *s, enum bt_sql id, int64_t value, struct bt_err *err)
{
	BT_SQL_OWNED sqlite3_stmt *q = NULL;
	int rc = bt_sql_get(s, id, &q, err);

	if (rc)
		return rc;
	if (sqlite3_bind_parameter_count(q))
		sqlite3_bind_int64(q, 1, value);
	return bt_sql_run(s, q, err);
}

void bt_sql_release(sqlite3_stmt **q)
{
	if (!*q)
		return;
	sqlite3_reset(*q);
	sqlite3_clear_bindings(*q);
	*q = NULL;
}
