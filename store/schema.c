/*
 * The schema of index.db. Ordinary types and keys, so that another database could hold it.
 *
 * Rows of a segment are numbered (segment << BT_SEGMENT_SHIFT) + n, see segment.h: a range of ids
 * is one segment, and goes with it.
 */
#include "store/schema.h"

#define TEXT(x) TEXT_OF(x)
#define TEXT_OF(x) #x

/* The file is nobody's yet: it gets its name when it is complete. */
const char bt_schema_before_text[] =
	"PRAGMA page_size = " TEXT(BT_STORE_PAGE_SIZE) ";"
	"PRAGMA journal_mode = MEMORY;"
	"PRAGMA synchronous = OFF;"
	"PRAGMA application_id = " TEXT(BT_STORE_APPLICATION_ID) ";"
	"PRAGMA user_version = " TEXT(BT_STORE_VERSION) ";";

const char bt_schema_wal_text[] = "PRAGMA journal_mode = WAL";
const char bt_schema_journal_text[] = "PRAGMA journal_mode = DELETE";

/* Derived data: a crash of the machine may cost the last transactions, nothing else. */
const char bt_schema_writer_text[] =
	"PRAGMA synchronous = NORMAL;"
	"PRAGMA secure_delete = OFF;"
	"PRAGMA cell_size_check = ON;"
	"PRAGMA cache_size = -24576;";

const char bt_schema_probe_text[] = "SELECT id FROM language LIMIT 1";
const char bt_schema_alone_text[] =
	"PRAGMA locking_mode = EXCLUSIVE;"
	"SELECT id FROM language LIMIT 1";

const char bt_schema_text[] =
	"CREATE TABLE language ("
	" id INTEGER PRIMARY KEY AUTOINCREMENT,"
	" name TEXT NOT NULL,"
	" version BIGINT NOT NULL,"
	" UNIQUE (name, version));"

	"CREATE TABLE blob ("
	" id INTEGER PRIMARY KEY AUTOINCREMENT,"
	" oid BLOB NOT NULL,"
	" lang INTEGER NOT NULL,"
	" state INTEGER NOT NULL,"
	" size BIGINT NOT NULL,"
	" resolved INTEGER NOT NULL,"
	" digest BLOB,"
	" hint BLOB,"
	" UNIQUE (oid, lang));"

	"CREATE TABLE facts ("
	" blob INTEGER PRIMARY KEY,"
	" place BIGINT NOT NULL,"
	" len INTEGER NOT NULL);"
	"CREATE TABLE facts_piece ("
	" id INTEGER PRIMARY KEY,"
	" data BLOB NOT NULL);"

	/* The frozen tier: store/frozen.h. One row at most says which file is ours. */
	"CREATE TABLE frozen_file ("
	" id INTEGER PRIMARY KEY,"
	" name TEXT NOT NULL);"
	"CREATE TABLE frozen_group ("
	" id INTEGER PRIMARY KEY AUTOINCREMENT,"
	" lang INTEGER NOT NULL,"
	" raw BIGINT NOT NULL,"
	" len BIGINT NOT NULL);"
	"CREATE TABLE frozen ("
	" blob INTEGER PRIMARY KEY,"
	" grp INTEGER NOT NULL,"
	" place BIGINT NOT NULL,"
	" len BIGINT NOT NULL,"
	" seal BIGINT NOT NULL);"

	/*
	 * Not unique: a tree that is walked again keeps its old row, others may be compressed
	 * against it.
	 */
	"CREATE TABLE tree ("
	" id INTEGER PRIMARY KEY AUTOINCREMENT,"
	" oid BLOB NOT NULL,"
	" selection BIGINT NOT NULL,"
	" base INTEGER NOT NULL,"
	" depth INTEGER NOT NULL,"
	" digest BLOB NOT NULL,"
	" killed INTEGER NOT NULL,"
	" blobs INTEGER NOT NULL,"
	" data BLOB NOT NULL);"
	"CREATE INDEX tree_key ON tree (oid, selection);"

	"CREATE TABLE manifest ("
	" id INTEGER PRIMARY KEY AUTOINCREMENT,"
	" digest BLOB NOT NULL UNIQUE,"
	" data BLOB NOT NULL);"

	"CREATE TABLE segment ("
	" id INTEGER PRIMARY KEY AUTOINCREMENT,"
	" level INTEGER NOT NULL,"
	" pairs BIGINT NOT NULL,"
	" names BIGINT NOT NULL,"
	" blocks INTEGER NOT NULL,"
	" blobs BLOB NOT NULL);"

	"CREATE TABLE name_block ("
	" id INTEGER PRIMARY KEY,"
	" data BLOB NOT NULL);"

	"CREATE TABLE name_key ("
	" segment INTEGER NOT NULL,"
	" low BLOB NOT NULL,"
	" block INTEGER NOT NULL,"
	" shortest INTEGER NOT NULL,"
	" longest INTEGER NOT NULL,"
	" PRIMARY KEY (segment, low)) WITHOUT ROWID;"

	"CREATE TABLE posting ("
	" id INTEGER PRIMARY KEY,"
	" data BLOB NOT NULL);"

	"CREATE TABLE trigram ("
	" id INTEGER PRIMARY KEY,"
	" data BLOB NOT NULL);"

	"CREATE TABLE finding ("
	" blob INTEGER PRIMARY KEY,"
	" rules BIGINT NOT NULL,"
	" state INTEGER NOT NULL,"
	" data BLOB);";
