;; severity: warning
;; languages: java, kotlin, scala
;; words: InterruptedException
;; skip: test
;; message: the interruption of the thread is swallowed
;; help: Catching InterruptedException clears the flag: whoever asked the thread to stop is not heard.
;;  Throw it on, or call Thread.currentThread().interrupt() before going on. A comment of a few words that says why the
;;  interruption may be forgotten here is enough, too.
;; bad: java
;;| class A { void f() { while (true) { try { q.take(); } catch (InterruptedException e) { log.info("woken"); } } } }
;; bad: java
;;| class A { void f() { try { Thread.sleep(1); } catch (InterruptedException e) { } g(); } }
;; bad: java
;;| class A { Object f() { try { return q.take(); } catch (IOException | InterruptedException e) { return null; } } }
;; bad: java
;;| class A { boolean f() { try { return g(); } catch (InterruptedException e) { log.error("no g", e); return false; } } }
;; good: java
;;| class A { void f() { try { q.take(); } catch (InterruptedException e) { Thread.currentThread().interrupt(); } } }
;; good: java
;;| class A { void f() { try { q.take(); } catch (InterruptedException e) { throw new X(e); } } }
;; good: java
;;| class A { public void run() { while (true) { try { q.take(); } catch (InterruptedException e) { return; } } } }
;; good: java
;;| class A { void f() { boolean interrupted = false; try { q.take(); } catch (InterruptedException e) { interrupted = true; } } }
;; good: java
;;| class A { public void run() { try { work(); } catch (InterruptedException e) { log.info("aborted"); } } }
;; good: java
;;| class A { void f() { try { q.take(); } catch (ExecutionException | InterruptedException e) { failed.put(q, e); } } }
;; good: java
;;| class A { void f() { try { wait(); } catch (InterruptedException e) {
;;|   // the changes are picked up at the top of the loop
;;| } } }
;; good: java
;;| class A { void done() { try { show(get()); } catch (InterruptedException | ExecutionException e) { log.error("no answer", e); } } }
;; good: java
;;| class A { void f() { pool.execute(() -> { try { refresh(); } catch (InterruptedException e) { log.error("no refresh", e); } }); } }
;; good: java
;;| class A {
;;|   void f() {
;;|     try { runInProgressService(m -> load(m)); }
;;|     catch (InvocationTargetException e) { show(e); } catch (InterruptedException e) { /* ignore */ }
;;|   }
;;|   void g() { new Thread(() -> { try { p.waitFor(); } catch (InterruptedException e) { } delete(f); }).start(); }
;;|   void doWork() { try { timer.advance(); } catch (InterruptedException e) { } }
;;| }
;; good: kotlin
;;| fun start() { try { while (true) { step() } } catch (e: InterruptedException) {
;;|   return
;;| } }
;; good: java
;;| class A { void f() { try { state.wait(1); } catch (InterruptedException e) { if (handler != null) handler.failed(); return; } } }
;; good: kotlin
;;| fun f() { while (!call.isCanceled()) try { queue.wait(1) } catch (_: InterruptedException) { continue } }
;; bad: kotlin
;;| fun f() { try { Thread.sleep(1) } catch (e: InterruptedException) { log.info("woken") } }
;; bad: kotlin
;;| fun f() { try { Thread.sleep(1) } catch (_: InterruptedException) { } }
;; good: kotlin
;;| fun f() { try { Thread.sleep(1) } catch (e: InterruptedException) { Thread.currentThread().interrupt() } }
;; good: kotlin
;;| fun f() { try { Thread.sleep(1) } catch (e: InterruptedException) { throw IOException(e) } }
;; good: kotlin
;;| fun f() { try { Thread.sleep(1) } catch (_: InterruptedException) {
;;|   // ends the tasks, unless more are scheduled
;;|   cancelAll()
;;| } }
;; bad: scala
;;| object A { def f() = try Thread.sleep(1) catch { case _: InterruptedException => log.info("woken") } }
;; bad: scala
;;| object A { def f() = try Thread.sleep(1) catch { case _: InterruptedException => } }
;; good: scala
;;| object A { def f() = try Thread.sleep(1) catch { case e: InterruptedException => Thread.currentThread.interrupt() } }
;; good: scala
;;| object A { def f() = try Thread.sleep(1) catch { case e: InterruptedException => throw e } }
;; good: scala
;;| object A { def f() = try Thread.sleep(1) catch { case e: InterruptedException => reportFailure(e) } }
;; good: scala
;;| object A { def f() = try Thread.sleep(1) catch { case e: InterruptedException =>
;;|   log.error("woken")
;;|   later = e
;;| } }
;; part: java-where
;;| (#any-eq? @_type "InterruptedException")
;;| (#not-match? @_all "InvocationTargetException|[mM]onitor|DEBUG|isDone")
;;| (#not-has-ancestor? @finding "lambda_expression")
;;| (#not-explained? @finding)
;;| (#not-foretold? @finding "[pP]urpose|deliberate")
;;| (#not-in-named? @finding "run" "doRun" "*Run" "doWork" "loop" "call" "main" "done" "test*" "*TestCase")
;; query: java
((_ (catch_clause
  (catch_formal_parameter
    (catch_type (_) @_type)
    name: (_) @_e)
  body: (block) @_body) @finding) @_all
 {java-where}
 (#not-uses? @_body @_e)
 (#not-has-descendant? @_body "throw_statement" "break_statement" "assignment_expression" "update_expression"
   "method_invocation")
 (#not-match? @_body "nterrupt|return *;|[Ee]xit[(]|[Cc]ancel|[Ss]top|[Ss]hut"))
((_ (catch_clause
  (catch_formal_parameter
    (catch_type (_) @_type)
    name: (_) @_e)
  body: [
    (block . (expression_statement (method_invocation object: (_) @_on name: (_) @_told)) .)
    (block . (expression_statement (method_invocation object: (_) @_on name: (_) @_told)) . (return_statement (_)) .)] @_body) @finding) @_all
 {java-where}
 (#any-of? @_told "trace" "debug" "info" "warn" "error" "warning" "severe" "fine" "printStackTrace" "println"
   "printf")
 (#not-match? @_body "nterrupt[^E]|[Ee]xit|[Cc]ancel|[Ss]top|[Ss]hut|[Ll]istener|fatalError|future|[Ee]rror[(]e[)]"))
;; query: kotlin
((catch_block
  (identifier) @_e
  (user_type) @_type
  (block) @_body) @finding
 (#eq? @_type "InterruptedException")
 (#not-explained? @finding)
 (#not-uses? @_body @_e)
 (#not-match? @_body "nterrupt|return[[:space:]]*(@[a-z]+[[:space:]]*)?[}]|[Cc]ancel|[Ss]top|[Ss]hut|[Ee]xit")
 (#match? @_body "^[{][[:space:]]*((//|/[*])[^\n]*[[:space:]]+)*(return[^(]*|([Ll][Oo][Gg]|Timber)[A-Za-z]*[.][^\n]*)?[}]$"))
;; query: scala
((catch_clause
  (_
    (case_clause
      pattern: (typed_pattern type: (type_identifier) @_type)
      !body) @finding))
 (#eq? @_type "InterruptedException")
 (#not-explained? @finding))
((catch_clause
  (_
    (case_clause
      pattern: (typed_pattern type: (type_identifier) @_type)
      body: [(unit) (boolean_literal) (null_literal) (integer_literal) (call_expression)] @_body) @finding))
 (#last? @_body)
 (#not-explained? @finding)
 (#eq? @_type "InterruptedException")
 (#not-in-named? @finding "run" "doRun" "*Run" "doWork" "loop" "call" "main" "done" "test*" "*TestCase")
 (#match? @_body "^([(][)]|true|false|null|-?[0-9]+|(log|logger|LOG|LOGGER)[.][a-z]+[(].*|println[(].*|(trace|debug|info|warn|error|logInfo|logDebug|logWarning|logError)[(].*)$"))
