;; severity: warning
;; languages: javascript, typescript, tsx
;; words: .catch(
;; skip: test, config, infrastructure
;; message: the rejection of a promise is caught and dropped
;; help: The handler does nothing: whatever went wrong is gone.
;;  Handle the error, tell about it, or drop only the kind that is expected.
;; bad: javascript, typescript, tsx
;;| save().catch(() => {})
;; bad: javascript, typescript, tsx
;;| save().catch(function (e) { /* nothing */ })
;; bad: javascript, typescript, tsx
;;| save().then(done).catch(noop)
;; bad: javascript, typescript, tsx
;;| save().catch(() => null)
;; bad: javascript, typescript, tsx
;;| save().catch(() => undefined)
;; good: javascript, typescript, tsx
;;| save().catch(e => { log(e) })
;;| save().catch(report)
;;| save().catch(() => fallback())
;; good: javascript, typescript, tsx
;;| this.save(options).catch(() => {})
;;| dispatch(saveRequest(id)).catch(() => {})
;;| async function f() { await deleteAsset(old).catch(() => {}) }
;;| downloader.show(id).then(() => { reload(page) }).catch(() => { /* it was closed */ })
;; good: javascript, typescript, tsx
;;| page.close().catch(() => {})
;;| db.exec("ALTER TABLE a ADD COLUMN b").catch(e => null)
;;| commitOrRevert().catch(() => {})
;;| save.mutateAsync(id).then(() => tell(id)).catch(() => {})
;;| confirmClose().then(close).catch(() => {})
;;| fs.promises.unlink(path).catch(() => {})
;;| await this.stopTracing().catch(noop)
;;| fs.stat(path).catch(() => null)
;;| const version = await docker.version().catch(() => undefined)
;; good: javascript, typescript, tsx
;;| const done = run();
;;| done.catch(() => {});
;;| sendHint().catch(() => { /* it is only a hint, nothing depends on it */ });
;;| this._done.catch(() => {});
;;| await done
;; part: told-elsewhere
;;| errorHandler|onError|onerror|mutateAsync|^confirm|[aA]bort|^(await )?(dispatch|delete[A-Z][A-Za-z]*)[(]|
;;| executeJavaScript|ALTER |CREATE |DROP |[a-z]Or[A-Z]|[.](show|open|confirm|prompt)[A-Za-z]*[(]|// .*([cC]los|[cC]ancel|[aA]bort|[dD]ismiss)
;; part: may-fail
;;| ^[#_]*(close|kill|dispose|stop|remove|rm|rmdir|rmtree|unlink|destroy|terminate|cleanup|cleanUp|cancel|detach|
;;| abort|disconnect|release|clear|exit|end|quit|teardown|shutdown|unsubscribe|unregister|unref|finish|logout|
;;| gracefullyClose|access|stat|lstat|readlink|exists|play|pause|requestFullscreen|exitFullscreen|focus|blur|
;;| vibrate|isVisible|has|is|json|text|mutateAsync)([A-Z][A-Za-z]*)?$
;; part: where
;;| (#eq? @_f "catch")
;;| (#acts? @_what)
;;| (#not-match? @_what "^this[.][A-Za-z]+[(]")
;;| (#not-has-ancestor? @finding "finally_clause" "catch_clause")
;;| (#not-explained? @finding)
;;| (#not-long-line? @finding 400)
;;| (#not-match? @finding "{told-elsewhere}")
;;| (#not-match? @_o "{may-fail}")
; Where nobody takes the result the call is made for what it does.
((expression_statement
    (call_expression
      function: (member_expression
        object: (call_expression
          function: [(identifier) @_o (member_expression property: (_) @_o) (import) @_o (call_expression) @_o]) @_what
        property: (property_identifier) @_f)
      arguments: (arguments . [(arrow_function body: (statement_block) @_body) (function_expression body: (statement_block) @_body)] .)) @finding)
 {where}
 (#empty? @_body))
((expression_statement (await_expression
    (call_expression
      function: (member_expression
        object: (call_expression
          function: [(identifier) @_o (member_expression property: (_) @_o) (import) @_o (call_expression) @_o]) @_what
        property: (property_identifier) @_f)
      arguments: (arguments . [(arrow_function body: (statement_block) @_body) (function_expression body: (statement_block) @_body)] .)) @finding))
 {where}
 (#empty? @_body))
((expression_statement
    (call_expression
      function: (member_expression
        object: (call_expression
          function: [(identifier) @_o (member_expression property: (_) @_o) (import) @_o (call_expression) @_o]) @_what
        property: (property_identifier) @_f)
      arguments: (arguments . (arrow_function body: [(null) (undefined) (array) (string) (parenthesized_expression (object))] @_v) .)) @finding)
 {where}
 (#match? @_v "^(null|undefined|\\[\\]|\\(\\{\\}\\)|''|\"\")$"))
((expression_statement (await_expression
    (call_expression
      function: (member_expression
        object: (call_expression
          function: [(identifier) @_o (member_expression property: (_) @_o) (import) @_o (call_expression) @_o]) @_what
        property: (property_identifier) @_f)
      arguments: (arguments . (arrow_function body: [(null) (undefined) (array) (string) (parenthesized_expression (object))] @_v) .)) @finding))
 {where}
 (#match? @_v "^(null|undefined|\\[\\]|\\(\\{\\}\\)|''|\"\")$"))
((expression_statement
    (call_expression
      function: (member_expression
        object: (call_expression
          function: [(identifier) @_o (member_expression property: (_) @_o) (import) @_o (call_expression) @_o]) @_what
        property: (property_identifier) @_f)
      arguments: (arguments . [(identifier) @_n (member_expression property: (property_identifier) @_n)] .)) @finding)
 {where}
 (#any-of? @_n "noop" "noOp" "nop" "NOOP"))
((expression_statement (await_expression
    (call_expression
      function: (member_expression
        object: (call_expression
          function: [(identifier) @_o (member_expression property: (_) @_o) (import) @_o (call_expression) @_o]) @_what
        property: (property_identifier) @_f)
      arguments: (arguments . [(identifier) @_n (member_expression property: (property_identifier) @_n)] .)) @finding))
 {where}
 (#any-of? @_n "noop" "noOp" "nop" "NOOP"))
