/*
 * Roles by the customs of projects: names of folders and files. Case does not count in folders.
 */
#include "core/rules/role.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "core/base/mem.h"
#include "core/index/selection.h"

static const char *const names[BT_FILE_ROLE_NR] = {
	[BT_FILE_ROLE_TEST] = "test",
	[BT_FILE_ROLE_DOCS] = "docs",
	[BT_FILE_ROLE_CONFIG] = "config",
	[BT_FILE_ROLE_INFRASTRUCTURE] = "infrastructure",
	[BT_FILE_ROLE_GENERATED] = "generated",
	[BT_FILE_ROLE_VENDORED] = "vendored",
};

/* What makes a role: a folder of this name, a file name that starts or ends so, or is it. */
enum where { FOLDER, STARTS, ENDS, NAME };

static const struct mark {
	enum bt_file_role role;
	enum where where;
	const char *text;
} marks[] = {
	{ BT_FILE_ROLE_TEST, FOLDER, "test" },
	{ BT_FILE_ROLE_TEST, FOLDER, "tests" },
	{ BT_FILE_ROLE_TEST, FOLDER, "testing" },
	{ BT_FILE_ROLE_TEST, FOLDER, "testdata" },
	{ BT_FILE_ROLE_TEST, FOLDER, "__tests__" },
	{ BT_FILE_ROLE_TEST, FOLDER, "__mocks__" },
	{ BT_FILE_ROLE_TEST, FOLDER, "spec" },
	{ BT_FILE_ROLE_TEST, FOLDER, "specs" },
	{ BT_FILE_ROLE_TEST, FOLDER, "e2e" },
	{ BT_FILE_ROLE_TEST, FOLDER, "fixtures" },
	{ BT_FILE_ROLE_TEST, STARTS, "test_" },
	{ BT_FILE_ROLE_TEST, NAME, "conftest.py" },
	{ BT_FILE_ROLE_TEST, ENDS, "_test.go" },
	{ BT_FILE_ROLE_TEST, ENDS, "_test.py" },
	{ BT_FILE_ROLE_TEST, ENDS, "_test.c" },
	{ BT_FILE_ROLE_TEST, ENDS, "_test.cc" },
	{ BT_FILE_ROLE_TEST, ENDS, "_test.cpp" },
	{ BT_FILE_ROLE_TEST, ENDS, "_test.rb" },
	{ BT_FILE_ROLE_TEST, ENDS, "_spec.rb" },
	{ BT_FILE_ROLE_TEST, ENDS, "_test.rs" },
	{ BT_FILE_ROLE_TEST, ENDS, ".test.js" },
	{ BT_FILE_ROLE_TEST, ENDS, ".test.jsx" },
	{ BT_FILE_ROLE_TEST, ENDS, ".test.mjs" },
	{ BT_FILE_ROLE_TEST, ENDS, ".test.ts" },
	{ BT_FILE_ROLE_TEST, ENDS, ".test.tsx" },
	{ BT_FILE_ROLE_TEST, ENDS, ".spec.js" },
	{ BT_FILE_ROLE_TEST, ENDS, ".spec.jsx" },
	{ BT_FILE_ROLE_TEST, ENDS, ".spec.ts" },
	{ BT_FILE_ROLE_TEST, ENDS, ".spec.tsx" },
	{ BT_FILE_ROLE_TEST, ENDS, "Test.java" },
	{ BT_FILE_ROLE_TEST, ENDS, "Tests.java" },
	{ BT_FILE_ROLE_TEST, ENDS, "IT.java" },
	{ BT_FILE_ROLE_TEST, ENDS, "Test.kt" },
	{ BT_FILE_ROLE_TEST, ENDS, "Test.php" },
	{ BT_FILE_ROLE_TEST, ENDS, "Test.cs" },
	{ BT_FILE_ROLE_TEST, ENDS, "Tests.cs" },
	{ BT_FILE_ROLE_TEST, ENDS, "Tests.swift" },
	{ BT_FILE_ROLE_TEST, ENDS, "Spec.scala" },
	{ BT_FILE_ROLE_TEST, ENDS, "Test.scala" },
	{ BT_FILE_ROLE_DOCS, FOLDER, "doc" },
	{ BT_FILE_ROLE_DOCS, FOLDER, "docs" },
	{ BT_FILE_ROLE_DOCS, FOLDER, "documentation" },
	{ BT_FILE_ROLE_DOCS, FOLDER, "man" },
	{ BT_FILE_ROLE_DOCS, STARTS, "README" },
	{ BT_FILE_ROLE_DOCS, STARTS, "CHANGELOG" },
	{ BT_FILE_ROLE_DOCS, STARTS, "CONTRIBUTING" },
	{ BT_FILE_ROLE_DOCS, STARTS, "LICENSE" },
	{ BT_FILE_ROLE_DOCS, ENDS, ".md" },
	{ BT_FILE_ROLE_DOCS, ENDS, ".rst" },
	{ BT_FILE_ROLE_DOCS, ENDS, ".adoc" },
	{ BT_FILE_ROLE_DOCS, ENDS, ".txt" },
	{ BT_FILE_ROLE_DOCS, ENDS, ".tex" },
	{ BT_FILE_ROLE_DOCS, ENDS, ".1" },
	{ BT_FILE_ROLE_CONFIG, ENDS, ".json" },
	{ BT_FILE_ROLE_CONFIG, ENDS, ".yaml" },
	{ BT_FILE_ROLE_CONFIG, ENDS, ".yml" },
	{ BT_FILE_ROLE_CONFIG, ENDS, ".toml" },
	{ BT_FILE_ROLE_CONFIG, ENDS, ".ini" },
	{ BT_FILE_ROLE_CONFIG, ENDS, ".cfg" },
	{ BT_FILE_ROLE_CONFIG, ENDS, ".conf" },
	{ BT_FILE_ROLE_CONFIG, ENDS, ".properties" },
	{ BT_FILE_ROLE_CONFIG, ENDS, ".config.js" },
	{ BT_FILE_ROLE_CONFIG, ENDS, ".config.ts" },
	{ BT_FILE_ROLE_CONFIG, STARTS, ".env" },
	{ BT_FILE_ROLE_CONFIG, NAME, ".editorconfig" },
	{ BT_FILE_ROLE_CONFIG, NAME, ".gitattributes" },
	{ BT_FILE_ROLE_CONFIG, NAME, ".gitignore" },
	{ BT_FILE_ROLE_INFRASTRUCTURE, FOLDER, ".github" },
	{ BT_FILE_ROLE_INFRASTRUCTURE, FOLDER, ".gitlab" },
	{ BT_FILE_ROLE_INFRASTRUCTURE, FOLDER, ".circleci" },
	{ BT_FILE_ROLE_INFRASTRUCTURE, FOLDER, ".ci" },
	{ BT_FILE_ROLE_INFRASTRUCTURE, FOLDER, "ci" },
	{ BT_FILE_ROLE_INFRASTRUCTURE, FOLDER, "terraform" },
	{ BT_FILE_ROLE_INFRASTRUCTURE, FOLDER, "ansible" },
	{ BT_FILE_ROLE_INFRASTRUCTURE, FOLDER, "k8s" },
	{ BT_FILE_ROLE_INFRASTRUCTURE, FOLDER, "helm" },
	{ BT_FILE_ROLE_INFRASTRUCTURE, STARTS, "Dockerfile" },
	{ BT_FILE_ROLE_INFRASTRUCTURE, STARTS, "docker-compose" },
	{ BT_FILE_ROLE_INFRASTRUCTURE, NAME, "Makefile" },
	{ BT_FILE_ROLE_INFRASTRUCTURE, NAME, "Jenkinsfile" },
	{ BT_FILE_ROLE_INFRASTRUCTURE, NAME, "CMakeLists.txt" },
	{ BT_FILE_ROLE_INFRASTRUCTURE, NAME, ".gitlab-ci.yml" },
	{ BT_FILE_ROLE_INFRASTRUCTURE, ENDS, ".tf" },
	{ BT_FILE_ROLE_VENDORED, FOLDER, "vendor" },
	{ BT_FILE_ROLE_VENDORED, FOLDER, "vendored" },
	{ BT_FILE_ROLE_VENDORED, FOLDER, "third_party" },
	{ BT_FILE_ROLE_VENDORED, FOLDER, "third-party" },
	{ BT_FILE_ROLE_VENDORED, FOLDER, "node_modules" },
	{ BT_FILE_ROLE_VENDORED, FOLDER, "bower_components" },
	{ BT_FILE_ROLE_GENERATED, NAME, "package-lock.json" },
	{ BT_FILE_ROLE_GENERATED, NAME, "yarn.lock" },
	{ BT_FILE_ROLE_GENERATED, NAME, "pnpm-lock.yaml" },
	{ BT_FILE_ROLE_GENERATED, NAME, "Cargo.lock" },
	{ BT_FILE_ROLE_GENERATED, NAME, "go.sum" },
	{ BT_FILE_ROLE_GENERATED, NAME, "composer.lock" },
	{ BT_FILE_ROLE_GENERATED, NAME, "Gemfile.lock" },
	{ BT_FILE_ROLE_GENERATED, NAME, "poetry.lock" },
	{ BT_FILE_ROLE_GENERATED, ENDS, ".min.js" },
	{ BT_FILE_ROLE_GENERATED, ENDS, ".min.css" },
	{ BT_FILE_ROLE_GENERATED, ENDS, ".pb.go" },
	{ BT_FILE_ROLE_GENERATED, ENDS, "_pb2.py" },
};

const char *bt_file_role_name(enum bt_file_role role)
{
	return role < BT_FILE_ROLE_NR ? names[role] : "unknown";
}

int bt_file_role_find(const char *name, size_t len)
{
	for (int i = 0; i < BT_FILE_ROLE_NR; i++)
		if (strlen(names[i]) == len && !memcmp(names[i], name, len))
			return i;
	return -1;
}

static bool has_folder(const char *path, size_t folders_len, const char *folder)
{
	size_t len = strlen(folder), at = 0;

	while (at < folders_len) {
		const char *slash = memchr(path + at, '/', folders_len - at);
		size_t n = (size_t)(slash - path) - at;

		if (n == len && !strncasecmp(path + at, folder, len))
			return true;
		at += n + 1;
	}
	return false;
}

static bool holds(const struct mark *m, const char *path, const char *name, size_t name_len)
{
	size_t len = strlen(m->text);

	switch (m->where) {
	case FOLDER:
		return has_folder(path, (size_t)(name - path), m->text);
	case STARTS:
		return name_len >= len && !memcmp(name, m->text, len);
	case ENDS:
		return name_len > len && !memcmp(name + name_len - len, m->text, len);
	case NAME:
		break;
	}
	return name_len == len && !memcmp(name, m->text, len);
}

uint32_t bt_file_roles(const char *path, size_t len, unsigned flags)
{
	const char *slash = memrchr(path, '/', len), *name = slash ? slash + 1 : path;
	uint32_t roles = 0;

	for (size_t i = 0; i < BT_ARRAY_NR(marks); i++)
		if (holds(&marks[i], path, name, (size_t)(path + len - name)))
			roles |= 1u << marks[i].role;
	if (flags & BT_FILE_GENERATED)
		roles |= 1u << BT_FILE_ROLE_GENERATED;
	if (flags & BT_FILE_VENDORED)
		roles |= 1u << BT_FILE_ROLE_VENDORED;
	return roles;
}
