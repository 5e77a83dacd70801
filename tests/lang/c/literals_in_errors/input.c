static PATH_FUNC(path_one, "merge-one/done")
static PATH_FUNC(path_two, "merge-two/msgnum")
static PATH_FUNC(path_three, "merge-three/end")
/*
 * A comment with a "word" in it.
 */
static PATH_FUNC(path_four, "merge-four/message")
static PATH_FUNC(path_five, "merge-five/current")
static char *path_six(const char *dir)
{
	return join("%s/merge-six/refs", dir);
}
static PATH_FUNC(path_seven, "merge-seven/cdate")
static PATH_FUNC(path_eight, "merge-eight/strategy")
