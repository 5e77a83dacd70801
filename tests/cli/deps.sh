#!/bin/sh
test_description='imports: what they mean, in every language; walks and cycles'
# shellcheck source=tests/lib/test-lib.sh
. "$(dirname "$0")/../lib/test-lib.sh"

# project: what is on stdin, files under "== <path>" lines, is the only content of a new repository.
project() {
	rm -rf project && test_create_repo project && (
		cd project && awk '/^== / {
			path = $2; dir = path
			if (sub("/[^/]*$", "", dir)) system("mkdir -p \"" dir "\"")
			printf "" >path; next
		} { print >path }' && git add . && git commit -q -m one
	)
}

# deps WANT-ON-STDIN ARG...: what is imported, line by line.
deps() {
	cat >want
	(cd project && git batho deps "$@") >have
	test_rc=$?
	test_cmp want have && if test -s want; then test "$test_rc" = 0; else test "$test_rc" = 1; fi
}

test_expect_success 'C: beside the file, include folders near it, headers of the system' '
	project <<-\EOT &&
	== include/net/wire.h
	#include <net/types.h>
	== include/net/types.h
	== include/config.h
	== tools/include/net/wire.h
	== tools/probe.c
	#include <net/wire.h>
	== src/wire.c
	#include "wire.h"
	#include "config.h"
	#include <net/wire.h>
	#include <stdio.h>
	#include <sys/types.h>
	#include "../include/config.h"
	#include "gone.h"
	#include HEADER
	#include "asm/io.h"
	== src/wire.h
	== arch/one/include/asm/io.h
	== arch/two/include/asm/io.h
	== arch/two/boot.c
	#include <asm/io.h>
	== compat/stdio.h
	EOT
	deps src/wire.c <<-\EOT &&
	src/wire.c:1: wire.h -> src/wire.h [relative]
	src/wire.c:2: config.h -> include/config.h [search-path]
	src/wire.c:3: net/wire.h -> include/net/wire.h [search-path]
	src/wire.c:4: stdio.h [external]
	src/wire.c:5: sys/types.h [external]
	src/wire.c:6: ../include/config.h -> include/config.h [relative]
	src/wire.c:7: gone.h [unresolved]
	src/wire.c:8: HEADER [unresolved]
	src/wire.c:9: asm/io.h -> arch/one/include/asm/io.h [search-path, one of several]
	src/wire.c:9: asm/io.h -> arch/two/include/asm/io.h [search-path, one of several]
	EOT
	deps tools/probe.c <<-\EOT &&
	tools/probe.c:1: net/wire.h -> tools/include/net/wire.h [search-path]
	EOT
	deps arch/two/boot.c <<-\EOT
	arch/two/boot.c:1: asm/io.h -> arch/two/include/asm/io.h [search-path]
	EOT
'

test_expect_success 'Python: packages, relative imports, src/, scripts, submodules' '
	project <<-\EOT &&
	== src/shop/__init__.py
	== src/shop/cart.py
	import os, json
	from . import prices
	from .prices import of
	from ..outside import x
	from shop.tax import rate, table
	import shop.gone
	import shop.tax.table
	from .tax import *
	== src/shop/prices.py
	== src/shop/json.py
	== src/shop/tax/__init__.py
	from .. import cart
	== src/shop/tax/table.py
	== scripts/run.py
	import helper
	import shop
	from requests import get
	== scripts/helper.py
	EOT
	deps src/shop/cart.py <<-\EOT &&
	src/shop/cart.py:1: os [external]
	src/shop/cart.py:1: json [external]
	src/shop/cart.py:2: . -> src/shop/prices.py [relative]
	src/shop/cart.py:3: .prices -> src/shop/prices.py [relative]
	src/shop/cart.py:4: ..outside [unresolved]
	src/shop/cart.py:5: shop.tax -> src/shop/tax/__init__.py [search-path]
	src/shop/cart.py:5: shop.tax -> src/shop/tax/table.py [search-path]
	src/shop/cart.py:6: shop.gone [unresolved]
	src/shop/cart.py:7: shop.tax.table -> src/shop/tax/table.py [search-path]
	src/shop/cart.py:8: .tax -> src/shop/tax/__init__.py [relative]
	EOT
	deps scripts/run.py src/shop/tax <<-\EOT
	scripts/run.py:1: helper -> scripts/helper.py [relative]
	scripts/run.py:2: shop -> src/shop/__init__.py [search-path]
	scripts/run.py:3: requests [external]
	src/shop/tax/__init__.py:1: .. -> src/shop/cart.py [relative]
	EOT
'

test_expect_success 'JavaScript and TypeScript: endings, index files, folders that are packages' '
	project <<-\EOT &&
	== lib/main.js
	import "./plain";
	import x from "./dir";
	import y from "./pack";
	import "./none";
	const fs = require("node:fs");
	const p = require("path");
	import data from "./data.json";
	import raw from "./plain.js?raw";
	== lib/plain.js
	== lib/plain.ts
	== lib/dir/index.js
	== lib/pack/package.json
	{ "main": "./entry.js" }
	== lib/pack/entry.js
	== lib/data.json
	{}
	== lib/app.ts
	import "./plain";
	import { View } from "./view.js";
	import "./types";
	== lib/view.tsx
	== lib/types.d.ts
	EOT
	deps lib/main.js <<-\EOT &&
	lib/main.js:1: ./plain -> lib/plain.js [relative]
	lib/main.js:2: ./dir -> lib/dir/index.js [relative]
	lib/main.js:3: ./pack -> lib/pack/entry.js [relative]
	lib/main.js:4: ./none [unresolved]
	lib/main.js:5: node:fs [external]
	lib/main.js:6: path [external]
	lib/main.js:7: ./data.json -> lib/data.json [relative]
	lib/main.js:8: ./plain.js?raw -> lib/plain.js [relative]
	EOT
	deps lib/app.ts <<-\EOT
	lib/app.ts:1: ./plain -> lib/plain.ts [relative]
	lib/app.ts:2: ./view.js -> lib/view.tsx [relative]
	lib/app.ts:3: ./types -> lib/types.d.ts [relative]
	EOT
'

test_expect_success 'JavaScript and TypeScript: workspaces, exports, imports, tsconfig' '
	project <<-\EOT &&
	== package.json
	{ "name": "root", "workspaces": ["packages/*"] }
	== tsconfig.base.json
	{
		// shared
		"compilerOptions": { "baseUrl": ".", "paths": { "@app/*": ["packages/app/src/*"], "cfg": ["cfg.ts"], }, },
	}
	== cfg.ts
	== packages/app/tsconfig.json
	{ "extends": "../../tsconfig.base.json" }
	== packages/app/package.json
	{ "name": "app", "imports": { "#util": { "node": "./src/util.ts", "default": "./gone.js" } } }
	== packages/app/src/main.ts
	import "@org/ui";
	import "@org/ui/button";
	import "@org/ui/icons/red";
	import "@org/ui/hidden";
	import "@app/util";
	import "cfg";
	import "#util";
	import "#none";
	import "packages/app/src/util";
	import "react";
	import "vendored";
	import "vendored/sub";
	== packages/app/src/util.ts
	== packages/app/node_modules/vendored/package.json
	{ "name": "vendored", "main": "lib/v" }
	== packages/app/node_modules/vendored/lib/v.js
	== packages/app/node_modules/vendored/sub.js
	== packages/ui/package.json
	{
		"name": "@org/ui",
		"exports": {
			".": { "types": "./dist/index.d.ts", "import": "./dist/index.js" },
			"./button": "./src/button.tsx",
			"./icons/*": "./src/icons/*.tsx"
		}
	}
	== packages/ui/src/index.ts
	== packages/ui/src/button.tsx
	== packages/ui/src/icons/red.tsx
	EOT
	deps packages/app/src/main.ts <<-\EOT
	packages/app/src/main.ts:1: @org/ui -> packages/ui/src/index.ts [package]
	packages/app/src/main.ts:2: @org/ui/button -> packages/ui/src/button.tsx [package]
	packages/app/src/main.ts:3: @org/ui/icons/red -> packages/ui/src/icons/red.tsx [package]
	packages/app/src/main.ts:4: @org/ui/hidden [unresolved]
	packages/app/src/main.ts:5: @app/util -> packages/app/src/util.ts [alias]
	packages/app/src/main.ts:6: cfg -> cfg.ts [alias]
	packages/app/src/main.ts:7: #util -> packages/app/src/util.ts [alias]
	packages/app/src/main.ts:8: #none [unresolved]
	packages/app/src/main.ts:9: packages/app/src/util -> packages/app/src/util.ts [alias]
	packages/app/src/main.ts:10: react [external]
	packages/app/src/main.ts:11: vendored -> packages/app/node_modules/vendored/lib/v.js [package]
	packages/app/src/main.ts:12: vendored/sub -> packages/app/node_modules/vendored/sub.js [package]
	EOT
'

test_expect_success 'Go: modules, replacements, vendor, without go.mod' '
	project <<-\EOT &&
	== go.mod
	module example.com/shop // the shop

	require example.com/lib v1.0.0

	replace (
		example.com/lib v1.0.0 => ./third/lib
	)
	== main.go
	package main

	import (
		"fmt"
		"example.com/shop/cart"
		"example.com/lib/deep"
		"example.com/vend"
		"example.com/shop/gone"
		"example.com/else"
	)
	== cart/cart.go
	package cart
	== cart/sum.go
	package cart
	== cart/cart_test.go
	package cart
	== third/lib/go.mod
	module example.com/lib
	== third/lib/deep/deep.go
	package deep
	== vendor/example.com/vend/v.go
	package vend
	EOT
	deps main.go <<-\EOT &&
	main.go:4: fmt [external]
	main.go:5: example.com/shop/cart -> cart/cart.go [package]
	main.go:5: example.com/shop/cart -> cart/sum.go [package]
	main.go:6: example.com/lib/deep -> third/lib/deep/deep.go [package]
	main.go:7: example.com/vend -> vendor/example.com/vend/v.go [package]
	main.go:8: example.com/shop/gone [unresolved]
	main.go:9: example.com/else [external]
	EOT
	(cd project && git rm -q -r go.mod third && git commit -q -m "no modules") &&
	deps main.go <<-\EOT
	main.go:4: fmt [external]
	main.go:5: example.com/shop/cart -> cart/cart.go [search-path]
	main.go:5: example.com/shop/cart -> cart/sum.go [search-path]
	main.go:6: example.com/lib/deep [external]
	main.go:7: example.com/vend -> vendor/example.com/vend/v.go [package]
	main.go:8: example.com/shop/gone [external]
	main.go:9: example.com/else [external]
	EOT
'

test_expect_success 'Rust: modules, crates of the workspace, use' '
	project <<-\EOT &&
	== Cargo.toml
	[workspace]
	members = ["app", "my-lib"]
	== my-lib/Cargo.toml
	[package]
	name = "my-lib"
	== my-lib/src/lib.rs
	pub mod parse;
	mod gone;
	pub fn top() {}
	== my-lib/src/parse/mod.rs
	pub mod lex;
	use super::top;
	use self::lex::Token;
	use crate::parse::lex;
	mod tests {
	    use super::*;
	}
	== my-lib/src/parse/lex.rs
	use super::super::top;
	pub struct Token;
	== app/Cargo.toml
	[package]
	name = "app"
	[dependencies]
	my-lib = { path = "../my-lib" }
	== app/src/main.rs
	mod util;
	use my_lib::parse::{lex::Token, other};
	use my_lib::top;
	use util::run;
	use std::fmt;
	use serde::Serialize;
	== app/src/util.rs
	EOT
	deps my-lib <<-\EOT &&
	my-lib/src/lib.rs:1: parse -> my-lib/src/parse/mod.rs [module]
	my-lib/src/lib.rs:2: gone [unresolved]
	my-lib/src/parse/lex.rs:1: super::super -> my-lib/src/lib.rs [relative]
	my-lib/src/parse/mod.rs:1: lex -> my-lib/src/parse/lex.rs [module]
	my-lib/src/parse/mod.rs:2: super -> my-lib/src/lib.rs [relative]
	my-lib/src/parse/mod.rs:3: self::lex -> my-lib/src/parse/lex.rs [relative]
	my-lib/src/parse/mod.rs:4: crate::parse -> my-lib/src/parse/lex.rs [module]
	EOT
	deps app <<-\EOT
	app/src/main.rs:1: util -> app/src/util.rs [module]
	app/src/main.rs:2: my_lib::parse::lex -> my-lib/src/parse/lex.rs [package]
	app/src/main.rs:2: my_lib::parse -> my-lib/src/parse/mod.rs [package]
	app/src/main.rs:3: my_lib -> my-lib/src/lib.rs [package]
	app/src/main.rs:4: util -> app/src/util.rs [module]
	app/src/main.rs:5: std [external]
	app/src/main.rs:6: serde [external]
	EOT
'

test_expect_success 'Java, Kotlin, C#: packages, their classes, members and functions' '
	project <<-\EOT &&
	== app/src/main/java/com/shop/Main.java
	package com.shop;
	import com.shop.cart.Cart;
	import com.shop.cart.*;
	import static com.shop.cart.Tax.rate;
	import com.shop.util.UtilKt;
	import java.util.List;
	import com.shop.cart.Gone;
	import static com.shop.cart.Gone.rate;
	import com.shop.other.Gone;
	import com.shop.cart.Cart.Item;
	== app/src/main/java/com/shop/cart/Cart.java
	package com.shop.cart;
	public class Cart {}
	== app/src/main/java/com/shop/cart/Tax.java
	package com.shop.cart;
	public class Tax { static int rate() { return 1; } }
	== app/src/main/kotlin/com/shop/util/Util.kt
	package com.shop.util
	import com.shop.cart.Cart
	import com.shop.util.more.helper
	== app/src/main/kotlin/com/shop/util/more/Things.kt
	package com.shop.util.more
	fun helper() {}
	== app/src/main/kotlin/com/shop/util/more/Others.kt
	package com.shop.util.more
	== net/Shop.Common/Formats/Json.cs
	namespace Shop.Common.Formats;
	== net/Program.cs
	using System;
	using Shop.Common.Formats;
	EOT
	deps app/src/main/java/com/shop/Main.java <<-\EOT &&
	app/src/main/java/com/shop/Main.java:2: com.shop.cart -> app/src/main/java/com/shop/cart/Cart.java [namespace]
	app/src/main/java/com/shop/Main.java:3: com.shop.cart -> app/src/main/java/com/shop/cart/Cart.java [namespace]
	app/src/main/java/com/shop/Main.java:3: com.shop.cart -> app/src/main/java/com/shop/cart/Tax.java [namespace]
	app/src/main/java/com/shop/Main.java:4: com.shop.cart.Tax -> app/src/main/java/com/shop/cart/Tax.java [namespace]
	app/src/main/java/com/shop/Main.java:5: com.shop.util -> app/src/main/kotlin/com/shop/util/Util.kt [namespace]
	app/src/main/java/com/shop/Main.java:6: java.util [external]
	app/src/main/java/com/shop/Main.java:7: com.shop.cart [unresolved]
	app/src/main/java/com/shop/Main.java:8: com.shop.cart.Gone [unresolved]
	app/src/main/java/com/shop/Main.java:9: com.shop.other [external]
	app/src/main/java/com/shop/Main.java:10: com.shop.cart.Cart -> app/src/main/java/com/shop/cart/Cart.java [namespace]
	EOT
	deps app/src/main/kotlin <<-\EOT &&
	app/src/main/kotlin/com/shop/util/Util.kt:2: com.shop.cart -> app/src/main/java/com/shop/cart/Cart.java [namespace]
	app/src/main/kotlin/com/shop/util/Util.kt:3: com.shop.util.more -> app/src/main/kotlin/com/shop/util/more/Things.kt [namespace]
	EOT
	deps net/Program.cs <<-\EOT
	net/Program.cs:1: System [external]
	net/Program.cs:2: Shop.Common.Formats -> net/Shop.Common/Formats/Json.cs [namespace]
	EOT
'

test_expect_success 'Ruby, PHP, Lua, shell, CSS' '
	project <<-\EOT &&
	== lib/shop.rb
	require "json"
	require "shop/cart"
	require_relative "shop/tax"
	require_relative "gone"
	== lib/shop/cart.rb
	== lib/shop/tax.rb
	== spec/shop_spec.rb
	require "spec_helper"
	require "shop"
	== spec/spec_helper.rb
	== php/composer.json
	{ "autoload": { "psr-4": { "App\\": "src/", "App\\Old\\": ["old/", "older/"] } } }
	== php/src/Main.php
	<?php
	namespace App;
	use App\Models\User;
	use App\Old\{Thing, Gone};
	use Foo\Bar;
	use function App\Models\helper;
	require __DIR__ . "/boot.php";
	require "none.php";
	== php/src/Models/User.php
	<?php
	== php/src/Models/functions.php
	<?php
	function helper() {}
	== php/older/Thing.php
	<?php
	== php/src/boot.php
	<?php
	== lua/app/init.lua
	local a = require("app.core")
	local b = require "cjson"
	== lua/app/core.lua
	== bin/run.sh
	. ./common.sh
	source "$DIR/common.sh"
	== bin/common.sh
	== css/site.css
	@import "base.css";
	@import url("https://example.com/x.css");
	== css/base.css
	EOT
	deps lib spec <<-\EOT &&
	lib/shop.rb:1: json [external]
	lib/shop.rb:2: shop/cart -> lib/shop/cart.rb [search-path]
	lib/shop.rb:3: shop/tax -> lib/shop/tax.rb [relative]
	lib/shop.rb:4: gone [unresolved]
	spec/shop_spec.rb:1: spec_helper -> spec/spec_helper.rb [search-path]
	spec/shop_spec.rb:2: shop -> lib/shop.rb [search-path]
	EOT
	deps php <<-\EOT &&
	php/src/Main.php:3: App\Models -> php/src/Models/User.php [namespace]
	php/src/Main.php:4: App\Old -> php/older/Thing.php [namespace]
	php/src/Main.php:5: Foo [external]
	php/src/Main.php:6: App\Models -> php/src/Models/functions.php [namespace]
	php/src/Main.php:7: /boot.php -> php/src/boot.php [relative]
	php/src/Main.php:8: none.php [unresolved]
	EOT
	deps lua bin css <<-\EOT
	bin/run.sh:1: ./common.sh -> bin/common.sh [relative]
	bin/run.sh:2: $DIR/common.sh -> bin/common.sh [relative]
	css/site.css:1: base.css -> css/base.css [relative]
	css/site.css:2: https://example.com/x.css [external]
	lua/app/init.lua:1: app.core -> lua/app/core.lua [search-path]
	lua/app/init.lua:2: cjson [external]
	EOT
'

test_expect_success 'configuration comes from the content that is asked about' '
	project <<-\EOT &&
	== go.mod
	module one.example/x
	== a.go
	package a
	import "one.example/x/b"
	import "two.example/x/b"
	== b/b.go
	package b
	EOT
	printf "module two.example/x\n" >project/go.mod &&
	deps a.go <<-\EOT &&
	a.go:2: one.example/x/b -> b/b.go [package]
	a.go:3: two.example/x/b [external]
	EOT
	cp want head &&
	deps --worktree a.go <<-\EOT &&
	a.go:2: one.example/x/b [external]
	a.go:3: two.example/x/b -> b/b.go [package]
	EOT
	cp want changed &&
	deps --staged a.go <head &&
	git -C project add go.mod &&
	deps --staged a.go <changed &&
	deps a.go <head &&
	git -C project commit -q -m two &&
	deps --rev HEAD^ a.go <head &&
	deps --rev HEAD a.go <changed &&
	(cd project/b && git batho deps --worktree ../a.go) >have &&
	sed -e "s,a.go:,../a.go:,; s,b/b.go,b.go," changed >want && test_cmp want have
'

test_expect_success 'broken configuration is as good as none' '
	project <<-\EOT &&
	== package.json
	{ "name": "root", "exports": [[[
	== tsconfig.json
	{ "extends": "./tsconfig.json", "compilerOptions": { "paths": { "@/*": 7, "*": [1, "x/*"] } } }
	== a.ts
	import "root";
	import "@/b";
	import "../../../../../../outside";
	import "c";
	== b.ts
	== x/c.ts
	EOT
	deps a.ts <<-\EOT
	a.ts:1: root [external]
	a.ts:2: @/b [external]
	a.ts:3: ../../../../../../outside [unresolved]
	a.ts:4: c -> x/c.ts [alias]
	EOT
'

test_expect_success 'walks: depth, backwards, each file once' '
	project <<-\EOT &&
	== a.py
	import b
	import c
	== b.py
	import d
	== c.py
	import d
	import zlib
	== d.py
	import b
	== e.js
	import "./a";
	EOT
	deps --depth 2 a.py <<-\EOT &&
	a.py:1: b -> b.py [relative]
	a.py:2: c -> c.py [relative]
	  b.py:1: d -> d.py [relative]
	  c.py:1: d -> d.py [relative]
	  c.py:2: zlib [external]
	EOT
	deps --depth 0 c.py <<-\EOT &&
	c.py:1: d -> d.py [relative]
	c.py:2: zlib [external]
	  d.py:1: b -> b.py [relative]
	    b.py:1: d -> d.py [relative]
	EOT
	deps --reverse d.py <<-\EOT &&
	b.py:1: d -> d.py [relative]
	c.py:1: d -> d.py [relative]
	EOT
	deps --reverse --depth 0 d.py <<-\EOT &&
	b.py:1: d -> d.py [relative]
	c.py:1: d -> d.py [relative]
	  a.py:1: b -> b.py [relative]
	  a.py:2: c -> c.py [relative]
	  d.py:1: b -> b.py [relative]
	EOT
	deps --reverse a.py </dev/null
'

test_expect_success 'cycles: shortest ones, the same every time' '
	project <<-\EOT &&
	== a.py
	import b
	== b.py
	import c
	== c.py
	import a
	import b
	== p/x.py
	from p import y
	== p/y.py
	from p import x
	== lone.py
	import a
	EOT
	deps --cycles <<-\EOT &&
	cycle 1
	b.py:1: c -> c.py [relative]
	c.py:2: b -> b.py [relative]

	cycle 2
	p/x.py:1: p -> p/y.py [search-path]
	p/y.py:1: p -> p/x.py [search-path]

	cycle 3
	a.py:1: b -> b.py [relative]
	b.py:1: c -> c.py [relative]
	c.py:1: a -> a.py [relative]
	EOT
	(cd project && echo "x = 1" >c.py && echo "x = 2" >p/x.py && git commit -q -a -m none) &&
	deps --cycles </dev/null
'

test_expect_success 'records and graphs' '
	project <<-\EOT &&
	== a.py
	import b
	import os
	== b.py
	EOT
	(cd project && git batho deps --json a.py) >have &&
	cat >want <<-\EOT &&
	{"batho":1,"command":"deps"}
	{"record":"import","path":"a.py","line":1,"module":"b","state":"file","target":"b.py","how":"relative","guess":false,"depth":1,"cycle":null}
	{"record":"import","path":"a.py","line":2,"module":"os","state":"external","target":null,"how":null,"guess":false,"depth":1,"cycle":null}
	EOT
	test_cmp want have &&
	(cd project && git batho deps --porcelain a.py) >have &&
	printf "# batho porcelain 1 deps\nimport\ta.py\t1\tb\tfile\tb.py\trelative\t0\t1\t\nimport\ta.py\t2\tos\texternal\t\t\t0\t1\t\n" >want &&
	test_cmp want have &&
	(cd project && git batho deps --format=dot a.py) >have &&
	cat >want <<-\EOT &&
	digraph batho {
	  rankdir=LR; node [shape=box];
	  n0 [label="a.py", style=bold];
	  n1 [label="b.py"];
	  n0 -> n1;
	  n2 [label="os"];
	  n0 -> n2 [style=dashed];
	}
	EOT
	test_cmp want have &&
	(cd project && git batho deps --format=mermaid a.py) >have &&
	cat >want <<-\EOT &&
	flowchart LR
	  n0["a.py"]:::start
	  n1["b.py"]
	  n0 --> n1
	  n2["os"]
	  n0 -.-> n2
	  classDef start stroke-width:3px
	EOT
	test_cmp want have
'

test_expect_success 'what is not there, and what does not go together' '
	cd project &&
	test_expect_code 128 git batho deps gone.py 2>err && test_grep "no indexed file .gone.py." err &&
	test_expect_code 129 git batho deps 2>err && test_grep "a path or --cycles" err &&
	test_expect_code 129 git batho deps --cycles a.py 2>err &&
	test_expect_code 129 git batho deps --cycles --reverse 2>err &&
	test_expect_code 129 git batho deps ../outside.py 2>err &&
	test_expect_code 129 git batho deps --format=svg a.py 2>err && test_grep svg err
'

test_done
