/*
 * git-batho-indexer: the program that parses. Started by git-batho when there is work, with the same
 * arguments; the only one that links libgit2 and tree-sitter.
 */
#include "git-batho/indexer.h"

static const struct bt_command *const commands[] = {
	&bt_indexer_findings, &bt_indexer_grammars, &bt_indexer_hooks, &bt_indexer_index, &bt_indexer_queue, &bt_indexer_rules, &bt_indexer_storage, &bt_indexer_version, NULL,
};

int main(int argc, char **argv)
{
	return bt_program_main(commands, argc, argv);
}
