;; severity: note
;; languages: javascript, typescript, tsx, python, ruby, php, go, java, c-sharp, kotlin, scala, cpp
;; words: catch except rescue "!= nil"
;; skip: test
;; message: the error is dropped and a default taken instead
;; help: Whoever gets the default cannot tell an answer from a failure, and nobody learns what went wrong.
;;  Catch only the kind of error that the default is meant for, and tell about the others: log, raise or return them.
;; bad: javascript, typescript, tsx
;;| async function f() { try { return await load() } catch (e) { return null } }
;; bad: javascript, typescript, tsx
;;| async function config(p) { try { return JSON.parse(await load(p)) } catch { return {}; } }
;; good: javascript, typescript, tsx
;;| function f(s) { try { return JSON.parse(s) } catch (e) { return null } }
;;| async function f(p) { try { return JSON.parse(await readFile(p)) } catch { return {} } }
;;| function mail(s) { try { return /@/.exec(s).pop() } catch (e) { return null } }
;;| function isThere() { try { return load() } catch { return null } }
;;| const valid = check(s => { try { look(s); return true } catch { return false } })
;;| function time(z) { try { return now().toLocaleTimeString(z) } catch { return undefined } }
;;| function g() { try { return load() } catch (e) { log(e); return null } }
;;| function h(s) { try { return new URL(s) } catch (e) { return undefined } }
;;| function k() { try { return load() } catch (e) { return e.value } }
;;| function l() {
;;|   try { return load() } catch {
;;|     // a broken cache is as good as none
;;|     return null
;;|   }
;;| }
;; bad: python
;;| def f():
;;|     try:
;;|         return load()
;;|     except Exception:
;;|         return None
;; bad: python
;;| for x in y:
;;|     try:
;;|         load(x)
;;|     except Exception as e:
;;|         continue  # next one
;; good: python
;;| def f():
;;|     try:
;;|         return load()
;;|     except KeyError:
;;|         return None
;;|     except Exception as e:
;;|         log(e)
;;|         return None
;;| def is_valid():
;;|     try:
;;|         return load()
;;|     except Exception:
;;|         return None
;;| def country(ip):
;;|     try:
;;|         return reader.get(ip)["country"]
;;|     except Exception:
;;|         return "Unknown"
;;| def works():
;;|     try:
;;|         load()
;;|         return True
;;|     except Exception:
;;|         return False
;; good: python
;;| try:
;;|     save()
;;| except Exception:
;;|     failed = True
;;| try:
;;|     n = load()
;;| except Exception:
;;|     n = 0
;;| for line in lines:
;;|     try:
;;|         a, b = line.split(" ", 1)
;;|     except Exception:
;;|         continue
;;| def data(text):
;;|     try:
;;|         return base64.b64decode(text)
;;|     except Exception:
;;|         return None
;;| def number(text):
;;|     try:
;;|         return int(text)
;;|     except Exception:
;;|         return 0
;; bad: ruby
;;| def f
;;|   load
;;| rescue => e
;;|   return nil
;;| end
;; bad: ruby
;;| def f
;;|   load
;;| rescue StandardError
;;|   []
;;| end
;; good: ruby
;;| def f
;;|   load
;;| rescue Errno::ENOENT
;;|   []
;;| rescue => e
;;|   warn e
;;|   nil
;;| end
;;| def there?
;;|   load
;;| rescue
;;|   false
;;| end
;; bad: php
;;| <?php function f() { try { return load(); } catch (\Exception $e) { return null; } }
;; good: php
;;| <?php function f() { try { return load(); } catch (NotFound $e) { return null; } }
;;| function g() { try { return load(); } catch (\Exception $e) { warn($e); return null; } }
;;| function isThere() { try { return load(); } catch (\Exception $e) { return null; } }
;;| function works() { try { load(); return true; } catch (\Exception $e) { return false; } }
;;| function none() { try { return array_filter([]); } catch (\Exception $e) { return []; } }
;;| function date($s) { try { return new \DateTime($s); } catch (\Exception $e) { return null; } }
;; bad: go
;;| package a
;;| func f() error {
;;| 	if err := load(); err != nil {
;;| 		return nil
;;| 	}
;;| 	return nil
;;| }
;; bad: go
;;| package a
;;| func f() (*T, error) {
;;| 	t, err := load()
;;| 	if err != nil {
;;| 		// not there
;;| 		return nil, nil
;;| 	}
;;| 	return t, nil
;;| }
;; good: go
;;| package a
;;| func f() error {
;;| 	if err := load(); err != nil {
;;| 		return err
;;| 	}
;;| 	if err := load(); errors.Is(err, os.ErrNotExist) {
;;| 		return nil
;;| 	}
;;| 	return nil
;;| }
;;| func ready() (bool, error) {
;;| 	if err := ask(); err != nil {
;;| 		return false, nil
;;| 	}
;;| 	return true, nil
;;| }
;;| func k(s string) (*T, error) {
;;| 	n, err := strconv.Atoi(s)
;;| 	if err != nil {
;;| 		return nil, nil
;;| 	}
;;| 	return byNumber(n)
;;| }
;;| func g() *T {
;;| 	t, err := load()
;;| 	if err != nil {
;;| 		return nil
;;| 	}
;;| 	return t
;;| }
;; bad: java
;;| class A { Object f() { try { return g(); } catch (Exception e) { return null; } } }
;; bad: java
;;| class A { List f() { try { return g(); } catch (Throwable e) { return Collections.emptyList(); } } }
;; bad: java
;;| class A { void f() { for (;;) try { g(); } catch (RuntimeException e) { continue; } } }
;; good: java
;;| class A {
;;|   Object f() { try { return g(); } catch (FooException e) { return null; } }
;;|   Object h() { try { return g(); } catch (Exception e) { log.warn("no g", e); return null; } }
;;|   Object i() { try { return UUID.fromString(s); } catch (Exception e) { return null; } }
;;|   boolean isThere() { try { g(); return true; } catch (Exception e) { return false; } }
;;|   Class<?> k() { try { return Class.forName("x.Y"); } catch (Throwable e) { return null; } }
;;|   Object l() { try { return g(); } catch (Exception e) {
;;|     // whatever is wrong with it, it is no picture
;;|     return null; } }
;;| }
;; bad: c-sharp
;;| class A { object F() { try { return G(); } catch { return null; } } }
;; bad: c-sharp
;;| class A { bool F() { try { return G(); } catch (System.Exception e) { return false; } } }
;; good: c-sharp
;;| class A {
;;|   bool F() { try { return G(); } catch (FormatException) { return false; } }
;;|   bool H() { try { return G(); } catch (Exception e) when (e is FormatException) { return false; } }
;;|   bool TryG() { try { G(); return true; } catch { return false; } }
;;|   int I() { try { return (int)Convert.ChangeType(x, t); } catch (Exception) { return -1; } }
;;| }
;; bad: kotlin
;;| fun f(): String? { try { return g() } catch (e: Exception) { return null } }
;; bad: kotlin
;;| fun f() = try { g() } catch (e: Throwable) { emptyList() }
;; good: kotlin
;;| fun f() = try { g() } catch (e: NumberFormatException) { null }
;; good: kotlin
;;| fun f() = try { g() } catch (e: Exception) { log(e); null }
;; good: kotlin
;;| fun gOrNull() = try { g() } catch (e: Exception) { null }
;; good: kotlin
;;| val m = try { c.getDeclaredMethod("i") } catch (_: Throwable) { null }
;; bad: scala
;;| object A { def f() = try g() catch { case _: Throwable => None } }
;; bad: scala
;;| object A { def f() = try g() catch { case e => Nil } }
;; good: scala
;;| object A { def f() = try g() catch { case NonFatal(_) => false } }
;; good: scala
;;| object A { def f() = try g() catch { case _: NumberFormatException => None } }
;; good: scala
;;| object A { def f() = try g() catch { case NonFatal(e) => log(e); None } }
;; good: scala
;;| object A { def unapply(s: String) = try Some(g(s)) catch { case _: RuntimeException => None } }
;; bad: cpp
;;| bool f() { try { return g(); } catch (...) { return false; } }
;; bad: cpp
;;| X *f() { try { return g(); } catch (const std::exception &e) { return nullptr; } }
;; good: cpp
;;| bool f() { try { return g(); } catch (const std::out_of_range &) { return false; } }
;; good: cpp
;;| bool f() { try { return g(); } catch (...) { failed = true; return false; } }
;; good: cpp
;;| int f() { try { return std::stoi(s); } catch (...) { return 0; } }
;; part: converting
;;| forName|getDeclared|getMethod|getField|getConstructor|loadClass|findClass|loadLibrary|[Pp]arse|[Dd]ecode|
;;| fromString|fromJson|new (java[.]net[.])?(URL|URI|Uri)[(]|URI[(]|valueOf|[Vv]erify|[Vv]alidate|ChangeType|
;;| Convert[.]|[Rr]egex|stoi|stol|stod|stoul|toInt|toLong|toDouble|lexical_cast|Invoke[(]|invoke[(]|
;;| [.]setAccessible|getProperty|getenv|[Dd]eserializ|AssertionError|Regex[(]|Pattern[.]compile|
;;| [iI]s[A-Za-z]*(Supported|Available)|Convert[.]|[Ll]ogging|publish[(]|onError|tryReceive
;; part: asking-names
;;| "is*" "Is*" "can*" "Can*" "has*" "Has*" "?ry*" "*OrNull" "*OrNone" "*OrElse*" "*OrDefault" "?arse*" "from*"
;;|  "From*" "?quals" "same*" "operator*" "unapply" "test*" "Test*" "*upport*" "*alid*" "*xist*" "*vailable*"
;;|  "*onvert*" "*erify*" "*gnor*" "?ecode*" "?etect*" "?robe*" "?heck*" "?hould*" "?atch" "?atches*" "toInt*"
;; part: default-names
;;| "is*" "_is*" "has*" "_has*" "can*" "_can*" "supports*" "exists*" "*_exists" "*Exists" "try*" "_try*" "maybe*"
;;|  "safe*" "_safe*" "*_safe" "*Safe" "*OrNull" "*OrUndefined" "*_or_none" "*_or_nil" "parse*" "_parse*"
;;|  "detect*" "guess*" "validate*" "*NoThrow" "should*" "check*" "test*" "marshal" "__repr__" "__str__" "__del__"
;;|  "__eq__" "__hash__" "__exit__"
;; part: said-before
;;| [Nn](ull|one|il) (on|if|when)|[Rr]eturns? (null|[Nn]one|nil|undefined|false|empty|an empty)|or (null|[Nn]one|
;;| nil|undefined)|[Bb]est.effort|(^|[^:])[Ii]gnor
;; part: ruby-default
;;| ^((return|next|break)([[:space:]]+(nil|\\[\\]|\\{\\}|''|\"\"))?|\\[\\]|\\{\\}|''|\"\")$
;; part: go-reading
;;| ^if [^{]*(w[.]Write|[cC]onn[.]|[sS]tream[.]|[fF]lush|[eE]xtract|[cC]ookie|[tT]oken|[fF]ind|[lL]ookup|
;;| [gG]et[A-Z(]|[pP]arse)
;; part: go-before
;;| [eE]xtract|[cC]ookie|[tT]oken|[fF]ind|[lL]ookup|[gG]et[A-Z(]|[pP]arse|strconv[.]|[.]Parse|[.]L?Stat\\(|
;;| [.]To[A-Z]|[cC]ompress|[.]Cookie\\(|SemVer
;; part: ruby-where
;;| (#not-foretold? @finding "{said-before}")
;;| (#not-match? @_all "SELECT |PRAGMA |SHOW |information_schema")
;;| (#asks? @_all)
;;| (#not-explained? @finding)
;;| (#first? @_s)
;;| (#last? @_s)
;;| (#match? @_s "{ruby-default}")
;;| (#not-in-named? @finding {default-names})
;; part: go-where
;;| (#match? @_c "!=")
;;| (#match? @_e "^(err|e|[a-z][A-Za-z]*Err)$")
;;| (#not-explained? @finding)
;;| (#first? @_s)
;;| (#last? @_s)
;;| (#last? @_v)
;;| (#match? @_s "^return ((nil|\"\"|-?[0-9]+|[A-Za-z.]+\\{\\}), )*nil$")
;;| (#signed? @finding "error")
;;| (#not-match? @finding "^if [^{]*(strconv[.]|[.]Parse|[.]L?Stat|[.]To[A-Z]|[.]Cookie)")
;;| (#not-in-named? @finding "is*" "Is*" "*xists" "*ookup*" "try*" "Try*" "maybe*" "*etect*" "*heck*" "*ptional*"
;;|  "*lose*" "*top*" "*hutdown*" "*lean*")
;;| (#not-match? @finding "{go-reading}")
;;| (#not-follows? @finding "{go-before}")
;; query: javascript, typescript, tsx
((try_statement
   body: (statement_block) @_try
   handler: (catch_clause body: (statement_block (return_statement) @_s)) @finding)
 (#not-explained? @finding)
 (#first? @_s) (#last? @_s)
 (#match? @_s "^return[[:space:]]*(null|undefined|void 0|\\[\\]|\\{\\}|''|\"\"|``)?[[:space:]]*;?$")
 (#not-in-named? @finding {default-names})
 (#not-mentions? @_try "URL" "RegExp" "decodeURIComponent" "decodeURI" "atob" "BigInt" "require" "import" "instanceof"
   "localStorage" "sessionStorage" "Intl" "unlinkSync" "rmSync" "lookup" "resolve4" "statSync" "lstatSync"
     "accessSync" "stat" "lstat" "access" "existsSync" "matches" "closest" "querySelector" "querySelectorAll")
 (#not-long-line? @finding 1000)
 (#not-foretold? @finding "{said-before}")
 (#has-descendant? @_try "await_expression")
 (#not-match? @_try "SELECT |PRAGMA |SHOW |information_schema")
 (#not-match? @_try "Ajax|[$]http|(collection|model)[.](fetch|save)")
 (#asks? @_try))
;; query: python
((try_statement body: (block) @_try (except_clause (block (_) @_s)) @finding) @_all
 (#not-explained? @finding)
 (#first? @_s) (#last? @_s)
 (#match? @_s "^(return([[:space:]]+(None|\\[\\]|\\{\\}|\\(\\)|''|\"\"))?|continue)$")
 (#match? @finding "^except[[:space:]]*:|^except[^:]*[^A-Za-z0-9_.](builtins\\.)?(Base)?Exception([^A-Za-z0-9_][^:]*)?:")
 (#not-in-named? @finding {default-names})
 (#not-match? @_try "json[.]load|safe_load|pickle|with open|decode|unquote|loads|parse|strptime|mktime|isoformat|isatty|[.]l?stat[(]|getmtime|getsize")
 (#not-match? @_try "^([^\n]*[^=!<>\n]=|return)[[:space:]]*(int|float|str|bool|repr)\\([^\n]*\\)[[:space:]]*$")
 (#not-foretold? @finding "{said-before}")
 (#not-match? @_try "SELECT |PRAGMA |SHOW |information_schema")
 (#asks? @_try)
 (#not-has-descendant? @_try "import_statement" "import_from_statement"))
;; query: ruby
((_ (rescue !exceptions body: (then (_) @_s)) @finding) @_all
 {ruby-where})
((_ (rescue exceptions: (exceptions (_) @_type) body: (then (_) @_s)) @finding) @_all
 {ruby-where}
 (#any-of? @_type "StandardError" "Exception" "::StandardError" "::Exception"))
;; query: php
((try_statement
   body: (compound_statement) @_try
   (catch_clause type: (type_list (named_type) @_type) body: (compound_statement (_) @_s)) @finding)
 (#match? @_type "^\\\\?(Exception|Throwable|Error)$")
 (#not-explained? @finding)
 (#first? @_s) (#last? @_s)
 (#match? @_s "^(return|continue|break)[[:space:]]*(null|NULL|\\[\\]|array\\(\\)|''|\"\")?[[:space:]]*;$")
 (#not-in-named? @finding {default-names})
 (#not-foretold? @finding "{said-before}")
 (#not-match? @_try "SELECT |PRAGMA |SHOW |information_schema")
 (#asks? @_try)
 (#not-match? @_try "^[{][[:space:]]*return array_[a-z]+[(]")
 (#not-match? @_try "new *\\\\?(DateTime|DateTimeImmutable|DateTimeZone|DateInterval|Carbon|Reflection)|(Date|DateTime|Carbon)::(parse|create|factory)"))
;; query: go
((if_statement
   condition: (binary_expression left: (identifier) @_e right: (nil)) @_c
   consequence: (block (statement_list (return_statement (expression_list (nil) @_v)) @_s))
   !alternative) @finding
 {go-where}
 (#not-match? @finding "return[^\n]*//")
 (#match? @finding "^if [^{]*(os[.](Open|Create|WriteFile|Truncate|Rename)[(]|Unmarshal[(]|[.](Save|Create|Insert|Update|Commit|Exec|Upload|Fetch|Load|Send|Write)[A-Z][A-Za-z]*[(]|[.](Save|Insert|Update|Commit|Upload|Fetch|Load)[(]|[^.A-Za-z](load|save|fetch|generate|update|create|install)[A-Za-z]*[(])"))
((if_statement
   condition: (binary_expression left: (identifier) @_e right: (nil)) @_c
   consequence: (block (statement_list (return_statement (expression_list (nil) @_v)) @_s))
   !alternative) @finding
 {go-where}
 (#not-match? @finding "return[^\n]*//|^if [^{]*;")
 (#follows? @finding "os[.](Open|Create|WriteFile|Truncate|Rename)[(]|Unmarshal[(]|[.](Save|Create|Insert|Update|Commit|Exec|Upload|Fetch|Load|Send|Write)[A-Z][A-Za-z]*[(]|[.](Save|Insert|Update|Commit|Upload|Fetch|Load)[(]|(^|[^.A-Za-z])(load|save|fetch|generate|update|create|install)[A-Za-z]*[(]"))
;; query: java
((_
  body: (block) @_try
  (catch_clause
    (catch_formal_parameter (catch_type . (_) @_type .))
    body: (block . [
      (return_statement [(null_literal) (true) (false) (string_literal) (decimal_integer_literal) (unary_expression (decimal_integer_literal))])
      (return_statement (method_invocation name: (identifier) @_empty arguments: (argument_list) @_args))
      (continue_statement)] .)) @finding)
 (#match? @_type "^(java[.]lang[.])?(Exception|Throwable|RuntimeException|Error)$")
 (#match? @_empty "^(empty|emptyList|emptyMap|emptySet|of|noneOf)$")
 (#empty? @_args)
 (#not-explained? @finding)
 (#not-foretold? @finding "{said-before}")
 (#not-match? @_try "SELECT |PRAGMA |SHOW |information_schema")
 (#asks? @_try)
 (#not-match? @_try "{converting}")
 (#not-in-named? @finding {asking-names}))
;; query: c-sharp
((try_statement
  body: (block) @_try
  (catch_clause
    (catch_declaration type: (_) @_type)?
    body: (block . [
      (return_statement [(null_literal) (boolean_literal) (string_literal) (integer_literal) (default_expression) (prefix_unary_expression (integer_literal))])
      (return_statement (member_access_expression name: (identifier) @_empty))
      (continue_statement)] .)) @finding)
 (#not-has-child? @finding "catch_filter_clause")
 (#match? @_type "^(System[.])?Exception$")
 (#eq? @_empty "Empty")
 (#not-explained? @finding)
 (#not-foretold? @finding "{said-before}")
 (#not-match? @_try "SELECT |PRAGMA |SHOW |information_schema")
 (#asks? @_try)
 (#not-match? @_try "{converting}")
 (#not-in-named? @finding {asking-names}))
;; query: kotlin
((try_expression
  (block) @_try
  (catch_block
    (user_type) @_type
    (block . [
      (return_expression (_) @_value)
      (identifier) @_value
      (number_literal) @_value
      (string_literal) @_value
      (call_expression) @_value] .)) @finding)
 (#match? @_type "^(java[.]lang[.]|kotlin[.])?(Exception|Throwable|RuntimeException|Error)$")
 (#match? @_value "^(null|true|false|-?[0-9]+L?|\"\"|empty[A-Z][A-Za-z]*[(][)]|(list|set|map)Of[(][)])$")
 (#not-explained? @finding)
 (#not-foretold? @finding "{said-before}")
 (#not-match? @_try "SELECT |PRAGMA |SHOW |information_schema")
 (#asks? @_try)
 (#not-match? @_try "{converting}")
 (#not-in-named? @finding {asking-names}))
;; query: scala
((try_expression
  body: (_) @_try
  (catch_clause
    (_
      (case_clause
        pattern: (_) @_type
        body: (_) @_value) @finding)))
 (#not-has-child? @finding "guard")
 (#not-explained? @finding)
 (#match? @_type "^([_a-z]+|[_a-z]+ *: *Throwable)$")
 (#match? @_value "^(None|null|true|false|-?[0-9]+L?|\"\"|Nil|(Seq|List|Map|Set|Array|Option|Vector)([.]empty(\\[.*\\])?|[(][)]))$")
 (#not-explained? @finding)
 (#not-foretold? @finding "{said-before}")
 (#not-match? @_try "SELECT |PRAGMA |SHOW |information_schema")
 (#asks? @_try)
 (#not-match? @_try "{converting}")
 (#not-in-named? @finding {asking-names}))
;; query: cpp
((try_statement
  body: (_) @_try
  (catch_clause
    parameters: (parameter_list) @_type
    body: (compound_statement . [
      (return_statement [(null) (true) (false) (number_literal) (string_literal) (initializer_list . "{" . "}" .)])
      (continue_statement)] .)) @finding)
 (#match? @_type "[(]([.][.][.]|(const +)?(std::)?exception( +const)? *&? *[a-zA-Z_]*)[)]")
 (#not-explained? @finding)
 (#not-foretold? @finding "{said-before}")
 (#not-match? @_try "SELECT |PRAGMA |SHOW |information_schema")
 (#asks? @_try)
 (#not-match? @_try "{converting}")
 (#not-in-named? @finding {asking-names}))
