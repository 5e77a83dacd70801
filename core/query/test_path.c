/*
 * Names of test files and of folders of tests.
 */
#include "core/query/test_path.h"

#include <fnmatch.h>
#include <string.h>

#include "core/base/mem.h"

static bool is_test_folder(const char *p, size_t len)
{
	static const char *const names[] = {
		"test",	    "tests",	 "Test",	"Tests",     "spec",
		"specs",    "__tests__", "testing",	"selftests", "testsuite",
		"unittest", "unittests", "androidTest", "e2e",	     "fixtures",
		"t",	    "cypress",	 "__mocks__",	"testdata",  "test_data",
	};

	for (size_t i = 0; i < BT_ARRAY_NR(names); i++)
		if (strlen(names[i]) == len && !memcmp(p, names[i], len))
			return true;
	return len > 6 && (!memcmp(p + len - 5, "Tests", 5) || !memcmp(p + len - 6, "-tests", 6) ||
			   !memcmp(p + len - 6, "_tests", 6));
}

static bool is_test_name(const char *name)
{
	static const char *const globs[] = {
		"test_*.*",    "*_test.*",    "*_tests.*",    "*.test.*",
		"*.spec.*",    "*_spec.rb",   "*Test.java",   "*Tests.java",
		"Test*.java",  "*IT.java",    "*Test.kt",     "*Tests.kt",
		"*Spec.scala", "*Test.scala", "*Suite.scala", "*Test.cs",
		"*Tests.cs",   "*Test.php",   "*Tests.swift", "*Test.swift",
		"*Spec.kt",    "*Spec.swift", "*_unittest.*", "*.cy.[jt]s",
		"*.bats",      "*.phpt",      "*.t",	      "*.feature",
		"conftest.py", "tests.py",    "test.py",      "t[0-9][0-9][0-9][0-9]-*.sh",
	};

	for (size_t i = 0; i < BT_ARRAY_NR(globs); i++)
		if (!fnmatch(globs[i], name, 0))
			return true;
	return false;
}

bool bt_path_is_test(const char *path)
{
	const char *slash;

	for (; (slash = strchr(path, '/')); path = slash + 1)
		if (is_test_folder(path, (size_t)(slash - path)))
			return true;
	return is_test_name(path);
}
