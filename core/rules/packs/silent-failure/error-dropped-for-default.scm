;; severity: note
;; languages: javascript, typescript, tsx, python, ruby, php, go, java, c-sharp, kotlin, cpp
;; words: catch except rescue "!= nil"
;; skip: test
;; message: the error is dropped, and what follows goes on as if it had been done
;; help: What was to be saved, written or sent is not, and whoever called learns nothing of it.
;;  Catch only the kind of error that is expected here, and tell about the others: log, raise or return them.
;;  Found are deeds, as names say, with a handler of any error that only returns nothing or goes on with the next one;
;;  in Go also a nil for an error. A default that the caller can tell from an answer (null, false, an empty list) is
;;  left out, and so is what only asks, reads or converts: it may be what is wanted.
;; bad: javascript, typescript, tsx
;;| async function f(a) { try { await saveOrder(a) } catch (e) { return } done(a) }
;; bad: javascript, typescript, tsx
;;| for (const a of all) { try { db.insert(a) } catch { continue; } count(a) }
;; good: javascript, typescript, tsx
;;| function f(s) { try { return JSON.parse(s) } catch (e) { return } }
;;| async function f(p) { try { return JSON.parse(await readFile(p)) } catch { return {} } }
;;| async function g(p) { try { return await save(p) } catch { return null } }
;;| function isThere() { try { store() } catch { return } }
;;| function g() { try { save() } catch (e) { log(e); return } }
;;| function l() {
;;|   try { save() } catch {
;;|     // a broken cache is as good as none
;;|     return
;;|   }
;;| }
;; bad: python
;;| def f():
;;|     try:
;;|         save()
;;|     except Exception:
;;|         return
;; bad: python
;;| for x in y:
;;|     try:
;;|         save(x)
;;|     except Exception as e:
;;|         continue  # next one
;; good: python
;;| def f():
;;|     try:
;;|         save()
;;|     except KeyError:
;;|         return
;;|     except Exception as e:
;;|         log(e)
;;|         return
;;| def is_valid():
;;|     try:
;;|         save()
;;|     except Exception:
;;|         return
;;| def country(ip):
;;|     try:
;;|         return reader.get(ip)["country"]
;;|     except Exception:
;;|         return "Unknown"
;; good: python
;;| try:
;;|     save()
;;| except Exception:
;;|     failed = True
;;| for line in lines:
;;|     try:
;;|         a, b = line.split(" ", 1)
;;|     except Exception:
;;|         continue
;; bad: ruby
;;| def f
;;|   save
;;| rescue => e
;;|   return
;;| end
;; bad: ruby
;;| all.each do |a|
;;|   a.save!
;;| rescue StandardError
;;|   next
;;| end
;; good: ruby
;;| def f
;;|   save
;;| rescue Errno::ENOENT
;;|   return
;;| rescue => e
;;|   warn e
;;|   nil
;;| end
;; bad: php
;;| <?php function f() { try { $this->save(); } catch (\Exception $e) { return; } }
;; good: php
;;| <?php function f() { try { save(); } catch (NotFound $e) { return; } }
;;| function g() { try { save(); } catch (\Exception $e) { warn($e); return; } }
;;| function h() { try { return save(); } catch (\Exception $e) { return null; } }
;; bad: go
;;| package a
;;| func f() error {
;;| 	if err := saveAll(); err != nil {
;;| 		return nil
;;| 	}
;;| 	return nil
;;| }
;; bad: go
;;| package a
;;| func f() error {
;;| 	err := db.Insert(t)
;;| 	if err != nil {
;;| 		// not there
;;| 		return nil
;;| 	}
;;| 	return nil
;;| }
;; good: go
;;| package a
;;| func f() error {
;;| 	if err := save(); err != nil {
;;| 		return err
;;| 	}
;;| 	if err := load(); err != nil {
;;| 		return nil
;;| 	}
;;| 	return nil
;;| }
;;| func ready() (bool, error) {
;;| 	if err := save(); err != nil {
;;| 		return false, nil
;;| 	}
;;| 	return true, nil
;;| }
;;| func g() *T {
;;| 	t, err := save()
;;| 	if err != nil {
;;| 		return nil
;;| 	}
;;| 	return t
;;| }
;; bad: java
;;| class A { void f() { try { save(); } catch (Exception e) { return; } done(); } }
;; bad: java
;;| class A { void f() { for (;;) try { db.insertRow(); } catch (RuntimeException e) { continue; } } }
;; good: java
;;| class A {
;;|   void f() { try { save(); } catch (FooException e) { return; } }
;;|   Object g() { try { return save(); } catch (Exception e) { return null; } }
;;|   void h() { try { save(); } catch (Exception e) { log.warn("not saved", e); return; } }
;;|   void l() { try { save(); } catch (Exception e) {
;;|     // whatever is wrong with it, it is no picture
;;|     return; } }
;;| }
;; bad: c-sharp
;;| class A { void F() { try { Save(); } catch { return; } Done(); } }
;; bad: c-sharp
;;| class A { void F() { foreach (var x in y) { try { x.SaveChanges(); } catch (System.Exception e) { continue; } } } }
;; good: c-sharp
;;| class A {
;;|   void F() { try { Save(); } catch (FormatException) { return; } }
;;|   void H() { try { Save(); } catch (Exception e) when (e is FormatException) { return; } }
;;|   bool I() { try { return Save(); } catch { return false; } }
;;|   void TrySave() { try { Save(); } catch { return; } }
;;| }
;; bad: kotlin
;;| fun f() { try { save() } catch (e: Exception) { return } }
;; good: kotlin
;;| fun f() = try { save() } catch (e: NumberFormatException) { null }
;; good: kotlin
;;| fun f() { try { save() } catch (e: Exception) { log(e); return } }
;; bad: cpp
;;| void f() { try { save(); } catch (...) { return; } }
;; bad: cpp
;;| void f() { for (auto &x : y) try { x.save(); } catch (const std::exception &e) { continue; } }
;; good: cpp
;;| bool f() { try { return save(); } catch (const std::out_of_range &) { return false; } }
;; good: cpp
;;| bool f() { try { save(); } catch (...) { failed = true; return; } }
;; part: asking-names
;;| "is*" "Is*" "_is*" "can*" "Can*" "has*" "Has*" "?ry*" "_try*" "?aybe*" "?afe*" "*_safe" "*Safe" "*OrNull" "*OrNone"
;;|  "*OrElse*" "*OrDefault" "?arse*" "from*" "From*" "?quals" "same*" "test*" "Test*" "*upport*" "*alid*" "*xist*"
;;|  "*vailable*" "*onvert*" "*erify*" "*gnor*" "?ecode*" "?etect*" "?robe*" "?heck*" "?hould*" "?atch" "?atches*"
;;|  "*ookup*" "*ptional*" "*lose*" "*top*" "*hutdown*" "*lean*" "*NoThrow" "__*__"
;; part: said-before
;;| [Nn](ull|one|il) (on|if|when)|[Rr]eturns? (null|[Nn]one|nil|undefined|false|empty|an empty)|or (null|[Nn]one|
;;| nil|undefined)|[Bb]est.effort|(^|[^:])[Ii]gnor
;; part: any-type
;;| ^(java[.]lang[.]|System[.]|kotlin[.]|\\\\)?(Exception|Throwable|RuntimeException|Error)$
;; part: nothing
;;| ^(return|continue)[[:space:]]*;?$
;; part: unless-said
;;| (#not-explained? @finding)
;;| (#not-foretold? @finding "{said-before}")
;;| (#not-in-named? @finding {asking-names})
;; part: ruby-where
;;| {unless-said}
;;| (#acts? @_all)
;;| (#first? @_s)
;;| (#last? @_s)
;;| (#match? @_s "^(return|next|break)$")
;; part: go-deed
;;| (os[.](Create|WriteFile|Truncate|Rename)[(]|[.](Save|Insert|Commit|Exec|Upload|Persist)([A-Z][A-Za-z]*)?[(]|
;;| (^|[^.A-Za-z])(save|insert|persist|upload)[A-Za-z]*[(])
;; part: go-where
;;| {unless-said}
;;| (#match? @_c "!=")
;;| (#match? @_e "^(err|e|[a-z][A-Za-z]*Err)$")
;;| (#first? @_s)
;;| (#last? @_s)
;;| (#eq? @_s "return nil")
;;| (#signed? @finding "error")
;;| (#not-match? @finding "return[^\n]*//")
;; query: javascript, typescript, tsx
((try_statement
   body: (statement_block) @_try
   handler: (catch_clause body: (statement_block [(return_statement) (continue_statement)] @_s)) @finding)
 {unless-said}
 (#first? @_s) (#last? @_s)
 (#match? @_s "{nothing}")
 (#not-long-line? @finding 1000)
 (#not-has-descendant? @_try "return_statement")
 (#acts? @_try))
;; query: python
((try_statement body: (block) @_try (except_clause (block (_) @_s)) @finding) @_all
 {unless-said}
 (#first? @_s) (#last? @_s)
 (#match? @_s "{nothing}")
 (#match? @finding "^except[[:space:]]*:|^except[^:]*[^A-Za-z0-9_.](builtins\\.)?(Base)?Exception([^A-Za-z0-9_][^:]*)?:")
 (#not-has-descendant? @_try "return_statement")
 (#acts? @_try))
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
 {unless-said}
 (#match? @_type "{any-type}")
 (#first? @_s) (#last? @_s)
 (#match? @_s "{nothing}")
 (#not-has-descendant? @_try "return_statement")
 (#acts? @_try))
;; query: go
((if_statement
   condition: (binary_expression left: (identifier) @_e right: (nil)) @_c
   consequence: (block (statement_list (return_statement (expression_list (nil))) @_s))
   !alternative) @finding
 {go-where}
 (#match? @finding "^if [^{]*{go-deed}"))
((if_statement
   condition: (binary_expression left: (identifier) @_e right: (nil)) @_c
   consequence: (block (statement_list (return_statement (expression_list (nil))) @_s))
   !alternative) @finding
 {go-where}
 (#not-match? @finding "^if [^{]*;")
 (#follows? @finding "{go-deed}"))
;; query: java
((_
  body: (block) @_try
  (catch_clause
    (catch_formal_parameter (catch_type . (_) @_type .))
    body: (block . [(return_statement) (continue_statement)] @_s .)) @finding)
 {unless-said}
 (#match? @_type "{any-type}")
 (#match? @_s "{nothing}")
 (#not-has-descendant? @_try "return_statement")
 (#acts? @_try))
;; query: c-sharp
((try_statement
  body: (block) @_try
  (catch_clause
    (catch_declaration type: (_) @_type)?
    body: (block . [(return_statement) (continue_statement)] @_s .)) @finding)
 {unless-said}
 (#not-has-child? @finding "catch_filter_clause")
 (#match? @_type "{any-type}")
 (#match? @_s "{nothing}")
 (#not-has-descendant? @_try "return_statement")
 (#acts? @_try))
;; query: kotlin
((try_expression
  (block) @_try
  (catch_block
    (user_type) @_type
    (block . [(return_expression) (identifier)] @_s .)) @finding)
 {unless-said}
 (#match? @_type "{any-type}")
 (#match? @_s "{nothing}")
 (#not-has-descendant? @_try "return_expression")
 (#acts? @_try))
;; query: cpp
((try_statement
  body: (_) @_try
  (catch_clause
    parameters: (parameter_list) @_type
    body: (compound_statement . [(return_statement) (continue_statement)] @_s .)) @finding)
 {unless-said}
 (#match? @_type "[(]([.][.][.]|(const +)?(std::)?exception( +const)? *&? *[a-zA-Z_]*)[)]")
 (#match? @_s "{nothing}")
 (#not-has-descendant? @_try "return_statement")
 (#acts? @_try))
