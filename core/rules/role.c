/*
 * Roles by the customs of projects: names of folders and files. Case does not count in folders.
 */
#include "core/rules/role.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "core/base/mem.h"
#include "core/index/selection.h"
#include "core/query/test_path.h"

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

#define MARKS(...) (const char *const[]){ __VA_ARGS__, NULL }

/* Which files are tests is a question of test_path.h; here are the data they read and write. */
static const struct marks {
	enum bt_file_role role;
	enum where where;
	const char *const *texts;
} marks[] = {
	{ BT_FILE_ROLE_TEST, FOLDER, MARKS("expected", "golden", "snapshots", "__snapshots__", "testcases", "test-data",
					   "corpus", "corpora", "benches", "cypress",
					   "unittest", "test-utils", "test_utils",
					   "integration-test", "benchmarks", "microbenchmarks") },
	{ BT_FILE_ROLE_TEST, ENDS, MARKS(".snap", ".golden", "fixtures.rs", ".stories.ts", ".stories.tsx", ".stories.js",
					 ".stories.jsx") },
	{ BT_FILE_ROLE_DOCS, FOLDER, MARKS("doc", "docs", "documentation", "man", "manual", "wiki", "examples") },
	{ BT_FILE_ROLE_DOCS, STARTS, MARKS("README", "CHANGELOG", "CHANGES", "NEWS", "HISTORY", "CONTRIBUTING", "LICENSE",
					   "LICENCE", "COPYING", "AUTHORS", "NOTICE", "CODE_OF_CONDUCT", "SECURITY") },
	{ BT_FILE_ROLE_DOCS, ENDS, MARKS(".md", ".mdx", ".markdown", ".rst", ".adoc", ".asciidoc", ".txt", ".tex", ".texi",
					 ".pod", ".1", ".3", ".5", ".7", ".8") },
	{ BT_FILE_ROLE_CONFIG, ENDS, MARKS(".json", ".jsonc", ".json5", ".yaml", ".yml", ".toml", ".ini", ".cfg", ".conf",
					   ".properties", ".plist", ".config.js", ".config.cjs", ".config.mjs",
					   ".config.ts") },
	{ BT_FILE_ROLE_CONFIG, STARTS, MARKS(".env", ".eslintrc", ".prettierrc", ".stylelintrc", ".babelrc",
					     "requirements") },
	{ BT_FILE_ROLE_CONFIG, NAME, MARKS(".editorconfig", ".gitattributes", ".gitignore", ".gitmodules", ".mailmap",
					   ".npmrc", ".nvmrc", ".clang-format", ".clang-tidy", ".dockerignore", "go.mod") },
	{ BT_FILE_ROLE_INFRASTRUCTURE, FOLDER, MARKS(".github", ".gitlab", ".circleci", ".buildkite", ".devcontainer", ".ci",
						     "ci", "terraform", "ansible", "k8s", "kubernetes", "helm") },
	{ BT_FILE_ROLE_INFRASTRUCTURE, STARTS, MARKS("Dockerfile", "Containerfile", "docker-compose", "compose.y") },
	{ BT_FILE_ROLE_INFRASTRUCTURE, NAME, MARKS("Makefile", "GNUmakefile", "makefile", "Makefile.am", "configure.ac",
						   "CMakeLists.txt", "meson.build", "BUILD", "BUILD.bazel", "WORKSPACE",
						   "Jenkinsfile", "Vagrantfile", "Procfile", "Rakefile", "build.rs", "pom.xml",
						   "build.gradle", "build.gradle.kts", "settings.gradle",
						   "settings.gradle.kts", ".gitlab-ci.yml", ".travis.yml", "appveyor.yml",
						   "azure-pipelines.yml", "bitbucket-pipelines.yml") },
	{ BT_FILE_ROLE_INFRASTRUCTURE, ENDS, MARKS(".tf", ".tfvars", ".mk", ".cmake", ".bzl", ".Dockerfile", ".csproj",
						   ".sln") },
	{ BT_FILE_ROLE_VENDORED, FOLDER, MARKS("vendor", "vendors", "vendored", "third_party", "third-party", "thirdparty",
					       "3rdparty", "node_modules", "bower_components", "Pods", "Carthage", ".yarn") },
	{ BT_FILE_ROLE_VENDORED, NAME, MARKS("gradlew", "gradlew.bat", "gradle-wrapper.jar", "mvnw", "mvnw.cmd",
					     "maven-wrapper.jar") },
	{ BT_FILE_ROLE_GENERATED, NAME, MARKS("package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml",
					      "bun.lock", "deno.lock", "Cargo.lock", "go.sum", "composer.lock",
					      "Gemfile.lock", "poetry.lock", "uv.lock", "pdm.lock", "Pipfile.lock",
					      "mix.lock", "pubspec.lock", "Podfile.lock", "Package.resolved",
					      "packages.lock.json", "flake.lock") },
	{ BT_FILE_ROLE_GENERATED, FOLDER, MARKS("__generated__") },
	{ BT_FILE_ROLE_GENERATED, ENDS, MARKS(".min.js", ".min.css", ".js.map", ".css.map", ".pb.go", ".pb.cc", ".pb.h",
					      ".pb.rs", "_pb2.py", "_pb2_grpc.py", ".g.cs", ".g.dart", ".Designer.cs",
					      ".generated.ts", ".generated.js", ".generated.cs", "_generated.go") },
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

static bool holds(enum where where, const char *text, const char *path, const char *name, size_t name_len)
{
	size_t len = strlen(text);

	switch (where) {
	case FOLDER:
		return has_folder(path, (size_t)(name - path), text);
	case STARTS:
		return name_len >= len && !memcmp(name, text, len);
	case ENDS:
		return name_len > len && !memcmp(name + name_len - len, text, len);
	case NAME:
		break;
	}
	return name_len == len && !memcmp(name, text, len);
}

static bool holds_one(const struct marks *m, const char *path, const char *name, size_t name_len)
{
	for (const char *const *text = m->texts; *text; text++)
		if (holds(m->where, *text, path, name, name_len))
			return true;
	return false;
}

uint32_t bt_file_roles(const char *path, size_t len, unsigned flags)
{
	const char *slash = memrchr(path, '/', len), *name = slash ? slash + 1 : path;
	uint32_t roles = bt_path_is_test(path) ? 1u << BT_FILE_ROLE_TEST : 0;
	bool is_known = false;

	for (size_t i = 0; i < BT_ARRAY_NR(marks); i++) {
		if (!holds_one(&marks[i], path, name, (size_t)(path + len - name)))
			continue;
		roles |= 1u << marks[i].role;
		is_known |= marks[i].role != BT_FILE_ROLE_DOCS && (marks[i].where == NAME || marks[i].where == STARTS);
	}
	if (is_known)	/* CMakeLists.txt, requirements.txt: no text for people */
		roles &= ~(1u << BT_FILE_ROLE_DOCS);
	if (flags & BT_FILE_GENERATED)
		roles |= 1u << BT_FILE_ROLE_GENERATED;
	if (flags & BT_FILE_VENDORED)
		roles |= 1u << BT_FILE_ROLE_VENDORED;
	return roles;
}
