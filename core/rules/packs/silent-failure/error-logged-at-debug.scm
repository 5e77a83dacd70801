;; severity: note
;; languages: javascript, typescript, tsx, python, ruby, php, go, java, c-sharp, kotlin, scala, swift
;; words: debug Debug trace Trace fine verbose Verbose Timber
;; skip: test
;; message: any error here is told at debug level only
;; help: At the usual level nobody sees it: something fails, and the log is silent.
;;  Log it as a warning or an error, or catch only the kind of error that is expected here.
;; bad: javascript, typescript, tsx
;;| try { a() } catch (e) { console.debug(e) }
;; bad: javascript, typescript, tsx
;;| try { a() } catch (e) { this.logger.debug('a failed', e); return null }
;; good: javascript, typescript, tsx
;;| try { a() } catch (e) { console.debug(e); throw e }
;;| async function g() { try { await client.unbind() } catch (e) { log.debug('error during disconnect', e) } }
;;| function f() { try { a() } catch (e) { console.debug(e); tell(e); return null } }
;;| try { a() } catch (e) { console.error(e) }
;; bad: python
;;| try:
;;|     a()
;;| except Exception as e:
;;|     logger.debug("a failed: %s", e)
;; good: python
;;| try:
;;|     self.consumer.cancel()
;;| except Exception as e:
;;|     logger.debug("cancel: %s", e)
;; good: python
;;| try:
;;|     a()
;;| except Exception as e:
;;|     logger.debug("a failed: %s", e)
;;|     raise
;;| try:
;;|     a()
;;| except ValueError as e:
;;|     logger.debug("a failed: %s", e)
;; bad: ruby
;;| begin
;;|   a
;;| rescue => e
;;|   logger.debug(e)
;;| end
;; good: ruby
;;| begin
;;|   a
;;| rescue => e
;;|   logger.error(e)
;;| end
;; bad: php
;;| <?php try { a(); } catch (\Exception $e) { $this->logger->debug($e); }
;; good: php
;;| <?php try { a(); } catch (\Exception $e) { $this->logger->debug($e); throw $e; }
;; bad: go
;;| package a
;;| func f() { if err := g(); err != nil { log.Debugf("g: %v", err) } }
;; good: go
;;| package a
;;| func f() error {
;;| 	if err := x.Close(); err != nil {
;;| 		log.Debugf("close: %v", err)
;;| 	}
;;| 	err := g()
;;| 	if err != nil {
;;| 		log.Debugf("g: %v", err)
;;| 	}
;;| 	return err
;;| }
;; good: go
;;| package a
;;| func f() error { if err := g(); err != nil { log.Debugf("g: %v", err); return err }; return nil }
;; bad: java
;;| class A { void f() { try { g(); } catch (Exception e) { log.debug("no g", e); } } }
;; bad: java
;;| class A { Object f() { try { x = save(); } catch (Throwable e) { LOGGER.trace("no g: {}", e.getMessage()); return null; } return x; } }
;; good: java
;;| class A { void f() {
;;|   try { g(); } catch (Exception e) { log.debug("no g", e); throw e; }
;;|   try { g(); } catch (Exception e) { log.warn("no g", e); }
;;|   try { g(); } catch (TimeoutException e) { log.debug("no g yet", e); }
;;|   try { in.close(); } catch (Exception e) { log.debug("not closed", e); }
;;|   for (B b : all) try { return b.send(); } catch (Exception e) { log.debug("no answer", e); }
;;| } }
;; bad: c-sharp
;;| class A { void F() { try { G(); } catch (Exception e) { _logger.LogDebug(e, "no g"); } } }
;; bad: c-sharp
;;| class A { void F() { try { G(); } catch (System.Exception e) { Debug.WriteLine(e); } } }
;; good: c-sharp
;;| class A { void F() { try { G(); } catch (Exception e) { _logger.LogError(e, "no g"); } } }
;; good: c-sharp
;;| class A { void F() { try { G(); } catch (NotFoundException e) { _logger.LogDebug(e, "no g"); } } }
;; bad: kotlin
;;| fun f() { try { g() } catch (e: Exception) { log.debug("no g", e) } }
;; bad: kotlin
;;| fun f() { try { g() } catch (e: Throwable) { logger.trace(e) { "no g" } } }
;; good: kotlin
;;| fun f() { try { g() } catch (e: Exception) { log.error("no g", e) } }
;; good: kotlin
;;| fun f() { try { x.cancel(e) } catch (e: Exception) { log.debug("not canceled", e) } }
;; bad: scala
;;| object A { def f() = try g() catch { case e: Exception => logger.debug("no g", e) } }
;; bad: scala
;;| object A { def f() = try g() catch { case NonFatal(e) => logDebug("no g", e) } }
;; good: scala
;;| object A { def f() = try g() catch { case e: Exception => logWarning("no g", e) } }
;; good: scala
;;| object A { def f() = try g() catch { case e: Exception =>
;;|   logger.debug("no g", e)
;;|   report(e)
;;| } }
;; good: scala
;;| object A { def f() = try g() catch { case e: Throwable => level match { case Level.DEBUG => logger.debug("no g", e) } } }
;; bad: swift
;;| func f() { do { try g() } catch { logger.debug("no g") } }
;; good: swift
;;| func f() { do { try g() } catch { logger.error("no g") } }
;; good: ruby
;;| begin
;;|   node.heartbeat
;;| rescue => e
;;|   log.debug "no heartbeat", error: e
;;| end
;; good: go
;;| package a
;;| func f() { if err := rt.UpdateInbound(x); err != nil { log.Debugf("not at once: %v", err) } }
;; good: swift
;;| func f() { do { try Tips.reset() } catch { logger.debug("no tips") } }
;; part: cleaning-up
;;| close|destroy|dispose|kill|terminate|unlink|remove|rm|rmdir|rmtree|abort|cancel|disconnect|release|shutdown|
;;| stop|end|free|unsubscribe|detach|quit|logout|rollback|cleanup|teardown|clear|unref|unlock|finish|hide|
;;| rollback|rollBack|fclose|pclose|closedir
;; part: ending
;;| [Cc]lose|[Dd]ispose|[Dd]isconnect|[Ss]hut[Dd]own|[Cc]ancel|[Dd]elete|[Dd]estroy|[Rr]elease|[Kk]ill|[Aa]bort|
;;| [Ss]top|[Uu]n[a-z]*([Rr]egister|[Ss]ubscribe)|[Rr]emove|[Tt]erminate|[Cc]lean
;; part: converting
;;| forName|getDeclared|getMethod|getField|getConstructor|loadClass|findClass|loadLibrary|[Pp]arse|[Dd]ecode|
;;| fromString|fromJson|new (java[.]net[.])?(URL|URI|Uri)[(]|URI[(]|valueOf|[Vv]erify|[Vv]alidate|ChangeType|
;;| Convert[.]|[Rr]egex|stoi|stol|stod|stoul|toInt|toLong|toDouble|lexical_cast|Invoke[(]|invoke[(]|
;;| [.]setAccessible|getProperty|getenv|[Dd]eserializ|AssertionError|Regex[(]|Pattern[.]compile|
;;| [iI]s[A-Za-z]*(Supported|Available)|Convert[.]|[Ll]ogging|publish[(]|onError|tryReceive
;; part: ending-names
;;| "*uiet*" "*ilent*" "?lose*" "?ispose*" "?estroy*" "?lean?p*" "?hut?own*" "stop*" "Stop*" "finalize"
;;|  "?erminate*" "?bort*" "?elease*" "kill*" "Kill*" "*Stop" "*Close"
;; part: asking-names
;;| "is*" "Is*" "can*" "Can*" "has*" "Has*" "?ry*" "*OrNull" "*OrNone" "*OrElse*" "*OrDefault" "?arse*" "from*"
;;|  "From*" "?quals" "same*" "operator*" "unapply" "test*" "Test*" "*upport*" "*alid*" "*xist*" "*vailable*"
;;|  "*onvert*" "*erify*" "*gnor*" "?ecode*" "?etect*" "?robe*" "?heck*" "?hould*" "?atch" "?atches*" "toInt*"
;; part: any-exception
;;| ^except[[:space:]]*:|^except[^:]*[^A-Za-z0-9_.](builtins[.])?(Base)?Exception([^A-Za-z0-9_][^:]*)?:
;; part: no-deed
;;| ^[{]?[[:space:]]*([^;{}()]*[.>:?])?({ending})[A-Za-z]*[(][^;{}]*;?[[:space:]]*[}]?$|{converting}|[Dd]elete|
;;| [Rr]emove
;; part: no-deed-python
;;| ^((#[^\n]*|(await[[:space:]]+)?([A-Za-z0-9_()]+(\\[[^]]*\\])?\\.)*_?({cleaning-up}|join|log|logger|logging|
;;| debug|info|warning)(_[a-z_]+)?\\([^\n]*\\)|if [^\n]*:)[[:space:]]*)+$
;; part: told-in-it
;;| (//|/[*]|#)[^\n]*([tT]hrow|[cC]atch|[iI]gnor|[fF]ail|[rR]aise)|sendError|AsString|[rR]esponse[.]
;; part: goes-on
;;| [fF]all(ing|s)? ?back|[iI]gnoring|default|ignored|[dD]isconnect|[cC]lean(ing)? ?up|[cC]losing|[oO]nly|instead|
;;| [sS]kip|[uU]navailable|[nN]ot (available|supported|found)|[oO]ptional|[rR]etry|[tT]ry
;; part: js-where
;;| (#acts? @_try)
;;| (#not-match? @_try "{told-in-it}")
;;| (#not-explained? @finding)
;;| (#not-match? @finding "{goes-on}")
;;| (#any-of? @_f "debug" "verbose" "silly")
;;| (#first? @_s)
;; part: python-where
;;| (#eq? @_f "debug")
;;| (#acts? @_try)
;;| (#not-match? @_try "{told-in-it}")
;;| (#first? @_s)
;;| (#match? @finding "{any-exception}")
;;| (#not-match? @_try "{no-deed-python}")
;;| (#not-explained? @finding)
;;| (#not-match? @finding "{goes-on}")
;; part: ruby-where
;;| (#not-explained? @finding)
;;| (#not-match? @finding "[cC]heck|[pP]robe|[dD]etect")
;;| (#not-match? @finding "{goes-on}")
;;| (#eq? @_f "debug")
;;| (#first? @_s)
;;| (#last? @_s)
;; query: javascript, typescript, tsx
((try_statement body: (statement_block) @_try handler: (catch_clause
   body: (statement_block
           (expression_statement
             (call_expression function: (member_expression property: (property_identifier) @_f))) @_s)) @finding)
 {js-where} (#last? @_s))
((try_statement body: (statement_block) @_try handler: (catch_clause
   body: (statement_block
           (expression_statement
             (call_expression function: (member_expression property: (property_identifier) @_f))) @_s
           .
           (return_statement) @_r)) @finding)
 {js-where} (#last? @_r)
 (#match? @_r "^return[[:space:]]*(null|undefined|void 0|true|false|\\[\\]|\\{\\}|''|\"\"|``|-?[0-9]+)?[[:space:]]*;?$"))
;; query: python
((try_statement
   body: (block) @_try
   (except_clause
     (block (expression_statement (call function: (attribute attribute: (identifier) @_f))) @_s)) @finding)
 {python-where} (#last? @_s))
((try_statement
   body: (block) @_try
   (except_clause
     (block
       (expression_statement (call function: (attribute attribute: (identifier) @_f))) @_s
       .
       [(return_statement) (continue_statement) (pass_statement)] @_r)) @finding)
 {python-where} (#last? @_r)
 (#match? @_r "^(continue|pass|return( +(None|True|False|\\[\\]|\\{\\}|\\(\\)|''|\"\"|-?[0-9]+))?)$"))
;; query: ruby
((_ (_) @_try (rescue body: (then (call method: (identifier) @_f) @_s)) @finding)
 (#acts? @_try)
 {ruby-where}
 (#not-match? @finding "^rescue +[A-Z:]"))
((_ (_) @_try (rescue exceptions: (exceptions (_) @_type) body: (then (call method: (identifier) @_f) @_s)) @finding)
 (#acts? @_try)
 {ruby-where}
 (#any-of? @_type "StandardError" "Exception" "::StandardError" "::Exception"))
;; query: php
((try_statement body: (compound_statement) @_try (catch_clause
   type: (type_list (named_type) @_type)
   body: (compound_statement (expression_statement (member_call_expression name: (name) @_f)) @_s)) @finding)
 (#acts? @_try)
 (#not-match? @_try "{told-in-it}")
 (#match? @_type "^\\\\?(Exception|Throwable|Error)$")
 (#not-explained? @finding)
 (#not-match? @finding "{goes-on}")
 (#eq? @_f "debug")
 (#first? @_s) (#last? @_s))
;; query: go
((if_statement
   condition: (binary_expression left: (identifier) @_e right: (nil)) @_c
   consequence: (block
     (statement_list
       (expression_statement (call_expression function: (selector_expression field: (field_identifier) @_f))) @_s))
   !alternative) @finding
 (#not-explained? @finding)
 (#match? @finding "^if [^{]*[.]([sS]ave|[iI]nsert|[uU]pload|[cC]ommit|[pP]ersist|[mM]igrate)[A-Za-z]*[(]|^if [^{]* :?= [a-z][(]")
 (#not-precedes? @finding "[fF]atal")
 (#not-match? @finding "{goes-on}")
 (#match? @_c "!=")
 (#not-match? @finding "^if [^{]*[.]([rR]emove|Close|Remove|RemoveAll|Unlink|Kill|Stop|Shutdown|Unmount|Delete|Destroy|Release|Abort|Write|Unbind)[A-Za-z]*[(]")
 (#not-precedes? @finding "^return .*[eE]rr")
 (#match? @_e "^(err|e|[a-z][A-Za-z]*Err)$")
 (#match? @_f "^(Debug|Trace)(f|ln|w|Context)?$")
 (#first? @_s) (#last? @_s))
;; query: java
((_
  body: (block) @_try
  (catch_clause
    (catch_formal_parameter (catch_type . (_) @_type .))
    body: [
      (block . (expression_statement (method_invocation object: (_) @_log name: (identifier) @_level)) .)
      (block . (expression_statement (method_invocation object: (_) @_log name: (identifier) @_level)) . [(return_statement) (continue_statement)] .)]) @finding)
 (#match? @_type "^(java[.]lang[.])?(Exception|Throwable|RuntimeException|Error)$")
 (#match? @_log "[Ll][Oo][Gg]|Timber")
 (#any-of? @_level "debug" "trace" "fine" "finer" "finest" "verbose" "d" "v")
 (#not-explained? @finding)
 (#acts? @_try)
 (#not-match? @finding "ignored")
 (#not-match? @_try "{told-in-it}")
 (#not-has-descendant? @_try "return_statement")
 (#not-match? @_try "{no-deed}")
 (#not-in-named? @finding {ending-names} {asking-names} "*Log*" "*log*"))
;; query: c-sharp
((try_statement
  body: (block) @_try
  (catch_clause
    (catch_declaration type: (_) @_type)?
    body: [
      (block . (expression_statement (invocation_expression function: (member_access_expression expression: (_) @_log name: (identifier) @_level))) .)
      (block . (expression_statement (invocation_expression function: (member_access_expression expression: (_) @_log name: (identifier) @_level))) . [(return_statement) (continue_statement)] .)]) @finding)
 (#not-has-child? @finding "catch_filter_clause")
 (#match? @_type "^(System[.])?Exception$")
 (#match? @_log "[Ll]og|^(System[.]Diagnostics[.])?Debug$")
 (#match? @_level "^(Log)?(Debug|Trace|Verbose)(Format)?$|^WriteLine$")
 (#not-explained? @finding)
 (#acts? @_try)
 (#not-match? @finding "ignored")
 (#not-match? @_try "{told-in-it}")
 (#not-has-descendant? @_try "return_statement")
 (#not-match? @_try "{no-deed}")
 (#not-in-named? @finding {ending-names} {asking-names} "*Log*" "*log*"))
;; query: kotlin
((try_expression
  (block) @_try
  (catch_block
    (user_type) @_type
    [
      (block . [(call_expression (navigation_expression (_) @_log (identifier) @_level .)) (call_expression (call_expression (navigation_expression (_) @_log (identifier) @_level .)))] .)
      (block . [(call_expression (navigation_expression (_) @_log (identifier) @_level .)) (call_expression (call_expression (navigation_expression (_) @_log (identifier) @_level .)))] . [(return_expression) (identifier)] .)]) @finding)
 (#match? @_type "^(java[.]lang[.]|kotlin[.])?(Exception|Throwable|RuntimeException|Error)$")
 (#match? @_log "[Ll][Oo][Gg]|Timber")
 (#any-of? @_level "debug" "trace" "fine" "finer" "finest" "verbose" "d" "v")
 (#not-explained? @finding)
 (#acts? @_try)
 (#not-match? @finding "ignored")
 (#not-match? @_try "{told-in-it}")
 (#not-has-descendant? @_try "return_expression")
 (#not-match? @_try "{no-deed}")
 (#not-in-named? @finding {ending-names} {asking-names} "*Log*" "*log*"))
;; query: scala
((try_expression
  body: (_) @_try
  (catch_clause
    (_
      (case_clause
        pattern: (_) @_type
        body: [
          (call_expression function: (field_expression value: (_) @_log field: (_) @_level))
          (call_expression function: (identifier) @_level)] @_only) @finding)))
 (#last? @_only)
 (#not-has-child? @finding "guard")
 (#match? @_type "^([_a-z]+|[_a-z]+ *: *(Throwable|Exception|RuntimeException|Error)|NonFatal[(][_a-z]+[)])$")
 (#match? @_log "[Ll][Oo][Gg]")
 (#any-of? @_level "debug" "trace" "logDebug" "logTrace")
 (#not-explained? @finding)
 (#acts? @_try)
 (#not-match? @finding "ignored")
 (#not-match? @_try "{told-in-it}")
 (#not-has-descendant? @_try "return_expression")
 (#not-match? @_try "{no-deed}")
 (#not-in-named? @finding {ending-names} {asking-names} "*Log*" "*log*"))
;; query: swift
((do_statement (statements) @_try (catch_block
  !error
  [
    (statements . (call_expression (navigation_expression target: (_) @_log suffix: (navigation_suffix suffix: (_) @_level))) .)
    (statements . (call_expression (navigation_expression target: (_) @_log suffix: (navigation_suffix suffix: (_) @_level))) . (control_transfer_statement) .)]) @finding)
 (#acts? @_try)
 (#match? @_log "[Ll]og")
 (#any-of? @_level "debug" "trace" "verbose")
 (#not-explained? @finding)
 (#not-in-named? @finding {ending-names} {asking-names}))
