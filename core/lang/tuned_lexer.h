/*
 * Included before a generated parser (-include), whose lexer it makes faster. The parser's source stays as
 * it is.
 *
 * A generated lexer is a state machine written with macros of tree_sitter/parser.h. It reads, through
 * function pointers, from the runtime's struct Lexer: one call to advance for every character, one to
 * mark_end for every character that may end a token, one to eof for every state. Most text is ASCII in one
 * piece of memory, where all of this is a pointer that moves. So the macros are defined anew:
 *
 *  - a *run* (struct tuned_run) is entered where the lookahead is a character of one byte, 1 to 127, and
 *    all up to run.end lies in the runtime's chunk and in the first included range. There the lexer moves
 *    run.at and leaves struct Lexer behind; tuned_settle() catches up, before anything but these macros
 *    looks at it;
 *  - whatever else comes next (a byte of 0 or over 127, the end of the chunk) is left to the runtime's own
 *    advance;
 *  - outside of a run everything is the runtime's: run.end is NULL, run.at stands still.
 *
 * What this relies on, in lexer.c of the runtime that is compiled with it: advancing from and to a one-byte
 * character of UTF-8 inside a chunk and a range changes the position, the column, the lookahead and nothing
 * else; mark_end in the first range copies the position; the lookahead is 0 at the end. struct Lexer is the
 * runtime's own header's, so a runtime of another layout does not come in unseen. tests/lang/trees.sh holds
 * every tree equal to that of parsers and a runtime compiled without this header.
 */
#ifndef BT_LANG_TUNED_LEXER_H
#define BT_LANG_TUNED_LEXER_H

#include <stddef.h>
#include <tree_sitter/api.h>
/* The grammar's, ABI 14 or 15; the runtime's has the same guard and is skipped. */
#include <tree_sitter/parser.h>

#include <lexer.h>

#define TUNED_INLINE static inline __attribute__((always_inline))

struct tuned_run {
	const uint8_t *at;	/* the lookahead */
	const uint8_t *settled;	/* where struct Lexer stands */
	const uint8_t *end;	/* the last byte that may become the lookahead; NULL: no run */
	const uint8_t *mark;	/* the token ends here, when not NULL and not settled */
	const uint8_t *skip;	/* the token starts here, likewise */
};

/* Enters a run where one is possible. Nothing is unsettled. In later ranges the position is behind the first. */
TUNED_INLINE void tuned_enter(struct tuned_run *run, const Lexer *lexer)
{
	uint32_t position = lexer->current_position.bytes;
	uint32_t in_chunk = position - lexer->chunk_start;
	uint32_t left = lexer->chunk_size - in_chunk;
	uint32_t range_end = lexer->included_ranges->end_byte;

	run->mark = run->skip = run->end = NULL;
	run->at = run->settled = (const uint8_t *)"";
	if ((uint32_t)lexer->data.lookahead - 1 >= 127 || lexer->input.encoding != TSInputEncodingUTF8 ||
	    in_chunk >= lexer->chunk_size || position >= range_end || lexer->logger.log)
		return;
	if (left > range_end - position)
		left = range_end - position;
	run->at = run->settled = (const uint8_t *)lexer->chunk + in_chunk;
	run->end = run->at + left - 1;
}

/* `nr` one-byte characters of the same line further. */
TUNED_INLINE Length tuned_further(Length from, ptrdiff_t nr)
{
	from.bytes += (uint32_t)nr;
	from.extent.column += (uint32_t)nr;
	return from;
}

/* Tells struct Lexer all but the lookahead. */
TUNED_INLINE void tuned_settle(struct tuned_run *run, Lexer *lexer)
{
	if (run->mark && run->end)
		lexer->token_end_position =
			tuned_further(lexer->current_position, run->mark - run->settled);
	else if (run->mark)
		lexer->data.mark_end(&lexer->data);
	if (run->skip)
		lexer->token_start_position =
			tuned_further(lexer->current_position, run->skip - run->settled);
	lexer->current_position = tuned_further(lexer->current_position, run->at - run->settled);
	if (lexer->column_data.valid)
		lexer->column_data.value += (uint32_t)(run->at - run->settled);
	run->settled = run->at;
	run->mark = run->skip = NULL;
}

/* run->at is a line feed: settles what lies behind it. */
TUNED_INLINE void tuned_line_feed(struct tuned_run *run, Lexer *lexer)
{
	tuned_settle(run, lexer);
	lexer->current_position.bytes++;
	lexer->current_position.extent.row++;
	lexer->current_position.extent.column = 0;
	lexer->column_data.value = 0;
	lexer->column_data.valid = true;
	run->settled++;
}

/* The labels and the names of the locals but `run` are those that the other macros use. */
#undef START_LEXER
#define START_LEXER() \
	bool result = false; \
	bool skip = false; \
	UNUSED bool eof = false; \
	int32_t lookahead = lexer->lookahead; \
	struct tuned_run run; \
	tuned_enter(&run, (Lexer *)lexer); \
	goto start; \
end_state: \
	tuned_settle(&run, (Lexer *)lexer); \
	lexer->lookahead = lookahead; \
	return result; \
next_state: \
	if (run.at < run.end && (uint32_t)run.at[1] - 1 < 127) { \
		if (lookahead == '\n') \
			tuned_line_feed(&run, (Lexer *)lexer); \
		lookahead = *++run.at; \
		if (skip) \
			run.skip = run.at; \
	} else { \
		tuned_settle(&run, (Lexer *)lexer); \
		lexer->lookahead = lookahead; \
		lexer->advance(lexer, skip); \
		tuned_enter(&run, (Lexer *)lexer); \
		lookahead = lexer->lookahead; \
	} \
start: \
	skip = false;

#undef END_STATE
#define END_STATE() goto end_state;

#undef ACCEPT_TOKEN
#define ACCEPT_TOKEN(symbol_value) \
	result = true; \
	lexer->result_symbol = symbol_value; \
	run.mark = run.at;

/*
 * `eof = lexer->eof(lexer);` stands before every state. At the end the lookahead is 0. In a run
 * lexer->lookahead is behind the times, but is the character that the run began with: not 0 either.
 */
#define eof(lexer_) lookahead == 0 && lexer->eof(lexer_)

/* A list of (character, state) is searched from the start: for ASCII a table, made when it is first needed. */
#undef ADVANCE_MAP
#define ADVANCE_MAP(...) \
	{ \
		static const uint16_t map[] = { __VA_ARGS__ }; \
		static uint16_t next[128]; /* the state and 1; 0 for none */ \
		static bool made; \
		if (!made) \
			made = tuned_make_map(next, map, sizeof(map) / sizeof(map[0])); \
		if ((uint32_t)lookahead < 128) { \
			if (next[lookahead]) { \
				state = next[lookahead] - 1; \
				goto next_state; \
			} \
		} else { \
			for (uint32_t i = 0; i < sizeof(map) / sizeof(map[0]); i += 2) { \
				if (map[i] == lookahead) { \
					state = map[i + 1]; \
					goto next_state; \
				} \
			} \
		} \
	}

/* No lexer has a state 65535: the runtime means "none" by it. */
static __attribute__((noinline, unused)) bool tuned_make_map(uint16_t *next, const uint16_t *map, size_t nr)
{
	for (size_t i = 0; i < nr; i += 2)
		if (map[i] < 128 && !next[map[i]])
			next[map[i]] = (uint16_t)(map[i + 1] + 1);
	return true;
}

/*
 * The ranges of a set are sorted, and those of ASCII few: with the set known at compile time the loop becomes
 * a handful of comparisons. A header of ABI 14 wants the ranges without const.
 */
TUNED_INLINE bool tuned_set_contains(const TSCharacterRange *ranges, uint32_t nr, int32_t c)
{
	if (c < 128) {
#pragma GCC unroll 6
		for (uint32_t i = 0; i < 6; i++) {
			if (i >= nr || c < ranges[i].start)
				return false;
			if (c <= ranges[i].end)
				return true;
		}
	}
	return set_contains((TSCharacterRange *)ranges, nr, c);
}
#define set_contains(ranges, nr, c) tuned_set_contains(ranges, nr, c)

/*
 * Large parsers switch the optimiser off for themselves, to be compiled faster by some compilers; their
 * lexers then take three times as long. They ask for the compiler by these names, and for nothing else,
 * since all headers they could include have been.
 */
#undef __GNUC__
#undef __clang__

#endif
