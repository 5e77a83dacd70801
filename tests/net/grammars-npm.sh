#!/bin/sh
test_description='grammars of the registry that npm is configured for: fetched, compiled, used (make check-npm)'
# shellcheck source=tests/lib/test-lib.sh
. "$(dirname "$0")/../lib/test-lib.sh"

command -v npm >/dev/null || test_skip 'there is no npm'
npm_config_userconfig=$(getent passwd "$(id -u)" | cut -d : -f 6)/.npmrc
export npm_config_userconfig
npm view tree-sitter-ocaml version >/dev/null 2>&1 || test_skip 'the registry cannot be reached'

test_expect_success 'OCaml, which has three grammars in one package' '
	test_expect_code 129 git batho grammars add --extensions ml tree-sitter-ocaml 2>../err &&
	git batho grammars add --yes-run-code --grammar ocaml --extensions ml tree-sitter-ocaml >../out &&
	test_grep "^added ocaml" ../out && printf "let rec fact n = if n = 0 then 1 else n * fact (n - 1)\nlet () = print_int (fact 5)\n" >a.ml &&
	git add . && git commit -q -m ocaml && git batho def fact >../out && test_grep "^a.ml:1:[0-9]*: function" ../out &&
	git batho refs fact >../out && test_grep "^a.ml:2:[0-9]*: call" ../out
'

test_expect_success 'Haskell, which has no tags.scm: names are found' '
	git batho grammars add --yes-run-code tree-sitter-haskell >../out && test_grep "^added haskell" ../out &&
	printf "module Main where\nadd :: Int -> Int -> Int\nadd a b = a + b\n" >A.hs && git add . && git commit -q -m haskell &&
	git batho refs add >../out && test_grep "^A.hs:3" ../out
'

test_expect_success 'Elixir at a version, then the newest' '
	git batho grammars add --yes-run-code --extensions ex,exs tree-sitter-elixir@0.3.4 >../out && test_grep "^elixir 0.3.4$" ../out &&
	printf "defmodule M do\n  def f(a), do: g(a)\nend\n" >a.ex && git add . && git commit -q -m elixir &&
	git batho outline a.ex >../out && test_grep "module M" ../out && test_grep "function f" ../out &&
	git batho grammars update --yes-run-code elixir >../out && git batho grammars list --user >../out && test_grep "^elixir " ../out &&
	test_grep ! "^elixir  *0.3.4" ../out && git batho def f >../out && test_grep "^a.ex:2" ../out
'

test_expect_success 'a package that is no grammar, and one that is not there' '
	test_expect_code 128 git batho grammars add --yes-run-code isexe 2>../err && test_grep "no src/parser.c" ../err &&
	test_expect_code 128 git batho grammars add --yes-run-code tree-sitter-there-is-none-of-this-name 2>../err &&
	test_grep "no package" ../err
'

test_done
