/*
 * Objects through one `git cat-file --batch-command --buffer`.
 *
 * A request first asks `info` (about 4 us of git's time) and then, when the object is not larger
 * than wanted, `contents`; a request that takes anything up to DIRECT_SIZE_MIN or more asks
 * `contents` at once. Commands are sent in bursts that end with `flush`; answers come in the order
 * of commands, so that the answers to `contents` are in the order of the requests while those to
 * `info` stand between them. Commands and answers go through one poll loop (program.h): neither
 * side can block the other.
 *
 * git ends at an object that it cannot read. The oldest unanswered request is then at fault: it is
 * reported as BT_ERR_CORRUPT, and the others are asked for again from a new child.
 */
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/base/signal.h"
#include "core/git/odb_impl.h"
#include "core/git/program.h"

/*
 * From this limit on reading and dropping an object that is too large is cheaper than asking first.
 */
#define DIRECT_SIZE_MIN ((uint64_t)16 << 20)
/* Commands that are worth waking git for. */
#define BURST_NR 16
/* Answers without a body: "<id> <type> <size>" and then some. */
#define HEADER_LEN_MAX 256
/* A buffer above this is given back when it is empty. */
#define IDLE_BUF_MAX ((size_t)4 << 20)
/* Children that die without one answer between them, before giving up. */
#define DEATHS_MAX 3

#define RING_NR BT_ODB_INFLIGHT_MAX
/* Each request has at most one command with git, and moves on to the next after its answer. */
#define COMMANDS_NR (RING_NR + 1)

/*
 * Memory of the child: windows of packs and the cache of delta bases. Measured on all blobs of a
 * long history: 126 MB instead of 298 MB, time as with git's own defaults.
 */
static const char *const odb_program_config[] = {
	"core.packedGitWindowSize=16m",
	"core.packedGitLimit=64m",
	"core.deltaBaseCacheLimit=48m",
};

enum request_state {
	REQUEST_INFO,  /* the answer to `info` is awaited */
	REQUEST_BODY,  /* the answer to `contents` is awaited */
	REQUEST_READY, /* answered without a body: missing, or over the limit */
	REQUEST_BAD,   /* there, but git cannot read it */
};

struct request {
	struct bt_oid oid;
	uint64_t size_max;
	enum request_state state;
	enum bt_object_type type;
	uint64_t size;
};

struct odb_program {
	struct bt_odb base;
	struct bt_repo *repo;
	struct bt_git_stream stream;
	bool running;
	bool broken; /* git cannot be run: the same for every request */
	struct request ring[RING_NR];
	size_t head, nr;	      /* the requests in flight, oldest first */
	size_t commands[COMMANDS_NR]; /* ring places of the commands not yet answered */
	size_t command_head, command_nr;
	size_t unsent_nr; /* of them, still without `flush` */
	size_t skip;	  /* bytes of the last answer still in the stream */
	size_t deaths;
};

static struct odb_program *program_of(struct bt_odb *odb)
{
	return (struct odb_program *)odb;
}

static int child_start(struct odb_program *p, struct bt_err *err)
{
	BT_GIT_CMD_OWNED struct bt_git_cmd c = BT_GIT_CMD_INIT;
	int rc;

	bt_git_cmd_init(&c, p->repo);
	for (size_t i = 0; i < BT_ARRAY_NR(odb_program_config); i++)
		bt_git_cmd_config(&c, odb_program_config[i]);
	bt_git_cmd_addl(&c, "cat-file", "--batch-command", "--buffer", NULL);
	bt_git_stream_init(&p->stream);
	rc = bt_git_stream_start(&p->stream, &c, true, 0, err);
	if (rc)
		bt_git_stream_release(&p->stream);
	else
		p->running = true;
	return rc;
}

/* Queues the command that a request needs now. */
static void command_add(struct odb_program *p, size_t place)
{
	struct request *r = &p->ring[place];
	char hex[BT_OID_HEX_MAX + 1];

	bt_buf_addf(&p->stream.send, "%s %s\n", r->state == REQUEST_INFO ? "info" : "contents",
		    bt_oid_hex(&r->oid, hex));
	p->commands[(p->command_head + p->command_nr) % COMMANDS_NR] = place;
	p->command_nr++;
	p->unsent_nr++;
}

static int commands_push(struct odb_program *p, struct bt_err *err)
{
	if (!p->unsent_nr)
		return 0;
	bt_buf_adds(&p->stream.send, "flush\n");
	p->unsent_nr = 0;
	return bt_git_stream_push(&p->stream, err);
}

static int program_request(struct bt_odb *odb, const struct bt_oid *oid, uint64_t size_max,
			   struct bt_err *err)
{
	struct odb_program *p = program_of(odb);
	size_t place = (p->head + p->nr) % RING_NR;
	int rc = 0;

	if (p->broken)
		rc = bt_err_set(err, BT_ERR_FAIL, "git cat-file has failed before");
	else if (!p->running)
		rc = child_start(p, err);
	if (rc)
		return rc;
	p->ring[place] = (struct request){
		.oid = *oid,
		.size_max = size_max,
		.state = size_max >= DIRECT_SIZE_MIN ? REQUEST_BODY : REQUEST_INFO,
	};
	p->nr++;
	command_add(p, place);
	return 0;
}

/* After the end of a child: everything in flight is asked for again, from a new one. */
static int child_restart(struct odb_program *p, struct bt_err *err)
{
	int rc;

	bt_git_stream_release(&p->stream);
	p->running = false;
	p->command_head = p->command_nr = p->unsent_nr = p->skip = 0;
	if (!p->nr)
		return 0;
	rc = child_start(p, err);
	if (rc) {
		p->broken = true;
		return rc;
	}
	for (size_t i = 0; i < p->nr; i++) {
		size_t place = (p->head + i) % RING_NR;

		if (p->ring[place].state < REQUEST_READY)
			command_add(p, place);
	}
	return 0;
}

static void request_drop(struct odb_program *p)
{
	p->head = (p->head + 1) % RING_NR;
	p->nr--;
}

static enum bt_object_type type_parse(const char *name)
{
	static const struct {
		const char *name;
		enum bt_object_type type;
	} types[] = {
		{ "blob", BT_OBJECT_BLOB },
		{ "tree", BT_OBJECT_TREE },
		{ "commit", BT_OBJECT_COMMIT },
		{ "tag", BT_OBJECT_TAG },
	};

	for (size_t i = 0; i < BT_ARRAY_NR(types); i++)
		if (!strcmp(name, types[i].name))
			return types[i].type;
	return BT_OBJECT_NONE;
}

/* "<id> <type> <size>" or "<id> missing" into r; the line is cut in pieces. */
static int header_parse(struct request *r, char *line, struct bt_err *err)
{
	char hex[BT_OID_HEX_MAX + 1];
	size_t hex_len = strlen(bt_oid_hex(&r->oid, hex));
	char *type, *size, *end;

	if (strncmp(line, hex, hex_len) || line[hex_len] != ' ')
		return bt_err_set(err, BT_ERR_FAIL, "git cat-file answers out of order");
	type = line + hex_len + 1;
	size = strchr(type, ' ');
	if (!size) {
		r->type = BT_OBJECT_NONE;
		r->size = 0;
		if (strcmp(type, "missing"))
			return bt_err_set(err, BT_ERR_FAIL, "git cat-file says '%s' of %s", type,
					  hex);
		return 0;
	}
	*size++ = '\0';
	r->type = type_parse(type);
	r->size = strtoull(size, &end, 10);
	if (r->type == BT_OBJECT_NONE || end == size || *end)
		return bt_err_set(err, BT_ERR_FAIL, "git cat-file says '%s' of %s", type, hex);
	return 0;
}

/* The line at the start of the unread bytes, cut at its end; NULL when it is not whole yet. */
static char *header_peek(struct odb_program *p, size_t *ret_len, struct bt_err *err, int *ret_rc)
{
	char *start = p->stream.buf.data + p->stream.at;
	size_t left = p->stream.buf.len - p->stream.at;
	char *end = memchr(start, '\n', left < HEADER_LEN_MAX ? left : HEADER_LEN_MAX);

	*ret_rc = 0;
	if (end) {
		*end = '\0';
		*ret_len = (size_t)(end - start) + 1;
		return start;
	}
	if (left >= HEADER_LEN_MAX)
		*ret_rc = bt_err_set(err, BT_ERR_FAIL, "cannot read the answer of git cat-file");
	return NULL;
}

/* Drops what is left of the last answer; true when nothing is left. */
static bool skip_some(struct odb_program *p)
{
	size_t left = p->stream.buf.len - p->stream.at;
	size_t n = p->skip < left ? p->skip : left;

	p->stream.at += n;
	p->skip -= n;
	if (p->stream.at == p->stream.buf.len && p->stream.buf.alloc > IDLE_BUF_MAX) {
		bt_buf_release(&p->stream.buf);
		p->stream.at = 0;
	}
	return !p->skip;
}

static void command_done(struct odb_program *p)
{
	p->command_head = (p->command_head + 1) % COMMANDS_NR;
	p->command_nr--;
	p->deaths = 0;
}

/* git says "missing" of a damaged loose object, too, after a complaint that names it. */
static bool is_damaged(struct odb_program *p, const struct request *r)
{
	char hex[BT_OID_HEX_MAX + 1];

	return bt_git_stream_complained(&p->stream, bt_oid_hex(&r->oid, hex));
}

/*
 * Takes answers to `info` from what has been read, up to the first that has a body. *ret_body is
 * set when that one is next, with its header parsed and *ret_body_at behind the header.
 */
static int answers_take(struct odb_program *p, bool *ret_body, size_t *ret_body_at,
			struct bt_err *err)
{
	*ret_body = false;
	while (p->command_nr > p->unsent_nr && skip_some(p)) {
		size_t place = p->commands[p->command_head];
		struct request *r = &p->ring[place];
		size_t len;
		int rc;
		char *line = header_peek(p, &len, err, &rc);

		if (!line)
			return rc;
		rc = header_parse(r, line, err);
		if (rc)
			return rc;
		if (r->state == REQUEST_BODY && r->type != BT_OBJECT_NONE) {
			line[strlen(line)] = ' '; /* whole again: it may be read once more */
			line[len - 1] = '\n';
			*ret_body = true;
			*ret_body_at = p->stream.at + len;
			return 0;
		}
		p->stream.at += len;
		command_done(p);
		if (r->type == BT_OBJECT_NONE) {
			r->state = is_damaged(p, r) ? REQUEST_BAD : REQUEST_READY;
		} else if (r->size > r->size_max) {
			r->state = REQUEST_READY;
		} else {
			r->state = REQUEST_BODY;
			command_add(p, place);
		}
	}
	return 0;
}

/* An object that is there and cannot be read. */
static int object_fail(struct odb_program *p, const char *why, struct bt_object *ret_obj,
		       struct bt_err *err)
{
	char hex[BT_OID_HEX_MAX + 1];

	*ret_obj = (struct bt_object){ .oid = p->ring[p->head].oid };
	request_drop(p);
	return bt_err_set(err, BT_ERR_CORRUPT, "cannot read object %s: %s",
			  bt_oid_hex(&ret_obj->oid, hex), why);
}

static int object_give(struct odb_program *p, const char *data, struct bt_object *ret_obj)
{
	const struct request *r = &p->ring[p->head];

	*ret_obj = (struct bt_object){
		.oid = r->oid,
		.type = r->type,
		.size = r->size,
		.data = data,
	};
	request_drop(p);
	return BT_ROW;
}

/* Is the reason that an object is not here and may not (or cannot) be fetched? */
static bool is_unfetched(const struct odb_program *p)
{
	return strstr(bt_buf_cstr(&p->stream.errtext), "could not fetch ") != NULL;
}

/* What becomes of the oldest request when its child has died; the code for the caller. */
static int victim_answer(struct odb_program *p, const char *why, struct bt_object *ret_obj,
			 struct bt_err *err)
{
	struct request *r = &p->ring[p->head];

	if (!is_unfetched(p)) {
		if (++p->deaths > DEATHS_MAX)
			return bt_err_set(err, BT_ERR_FAIL, "cannot read objects: %s", why);
		return object_fail(p, why, ret_obj, err);
	}
	if (!getenv("GIT_NO_LAZY_FETCH")) {
		bt_err_set(err, BT_ERR_FAIL, "cannot fetch the objects of this partial clone: %s",
			   why);
		return bt_err_hint(err, "GIT_NO_LAZY_FETCH=1 goes on without them");
	}
	r->type = BT_OBJECT_NONE;
	r->size = 0;
	return object_give(p, NULL, ret_obj);
}

/* git has closed its output: why, and what becomes of the requests. */
static int child_died(struct odb_program *p, struct bt_object *ret_obj, struct bt_err *err)
{
	struct bt_err why = BT_ERR_INIT, again = BT_ERR_INIT;
	int rc = bt_git_stream_finish(&p->stream, NULL, &why);

	if (rc == BT_ERR_CANCELED || bt_canceled())
		return bt_cancel_check(err);
	if (!rc)
		bt_err_set(&why, BT_ERR_FAIL, "git cat-file ended too early");
	rc = victim_answer(p, why.msg, ret_obj, err);
	if (rc != BT_ERR_FAIL && child_restart(p, &again))
		rc = bt_err_set(err, BT_ERR_FAIL, "cannot read objects: %s", again.msg);
	if (rc == BT_ERR_FAIL && p->running) {
		bt_git_stream_release(&p->stream);
		p->running = false;
		p->broken = true;
	}
	return rc;
}

/*
 * The body of the oldest request starts at `at`. BT_ROW when it is whole (or too large: it will be
 * skipped), BT_DONE when *ret_want more bytes are needed.
 */
static int body_take(struct odb_program *p, size_t at, size_t *ret_want, struct bt_object *ret_obj)
{
	const struct request *r = &p->ring[p->head];
	size_t have = p->stream.buf.len - at;
	char *data = p->stream.buf.data + at;

	if (r->size > r->size_max) {
		p->stream.at = at;
		p->skip = (size_t)r->size + 1;
		command_done(p);
		return object_give(p, NULL, ret_obj);
	}
	if (have < r->size + 1) {
		*ret_want = (size_t)(r->size + 1) - have;
		return BT_DONE;
	}
	data[r->size] = '\0'; /* git's newline */
	p->stream.at = at;
	p->skip = (size_t)r->size + 1;
	command_done(p);
	return object_give(p, data, ret_obj);
}

static int program_next(struct bt_odb *odb, struct bt_object *ret_obj, struct bt_err *err)
{
	struct odb_program *p = program_of(odb);

	if (p->broken)
		return bt_err_set(err, BT_ERR_FAIL, "git cat-file has failed before");
	for (;;) {
		size_t want = 0, body_at;
		bool body;
		int rc = answers_take(p, &body, &body_at, err);

		if (rc)
			return rc;
		if (p->ring[p->head].state == REQUEST_READY)
			return object_give(p, NULL, ret_obj);
		if (p->ring[p->head].state == REQUEST_BAD)
			return object_fail(p, "it is damaged", ret_obj, err);
		if (body && body_take(p, body_at, &want, ret_obj) == BT_ROW)
			return BT_ROW;
		if (p->unsent_nr >= BURST_NR || p->unsent_nr == p->command_nr || !body) {
			rc = commands_push(p, err);
			if (rc)
				return rc;
		}
		rc = bt_git_stream_fill(&p->stream, want, err);
		if (rc == BT_DONE)
			return child_died(p, ret_obj, err);
		if (rc != BT_ROW)
			return rc;
	}
}

static void program_free(struct bt_odb *odb)
{
	struct odb_program *p = program_of(odb);

	if (p->running)
		bt_git_stream_release(&p->stream);
	free(p);
}

static const struct bt_odb_ops program_ops = {
	.request = program_request,
	.next = program_next,
	.free = program_free,
};

static int program_open(struct bt_repo *repo, struct bt_odb **ret_odb, struct bt_err *err)
{
	struct odb_program *p = bt_xcalloc(1, sizeof(*p));

	(void)err; /* git starts with the first request */
	p->base.ops = &program_ops;
	p->repo = repo;
	*ret_odb = &p->base;
	return 0;
}

const struct bt_odb_backend bt_odb_git_program = { .name = "git", .open = program_open };
