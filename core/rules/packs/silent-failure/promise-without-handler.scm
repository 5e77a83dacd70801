;; severity: warning
;; languages: javascript, typescript, tsx
;; words: .then(
;; skip: test
;; message: nobody handles it when this promise is rejected
;; help: A rejection goes to the runtime: it ends a Node process, and a browser only mentions it in its console.
;;  Add .catch(...), return or await the promise, or mark it with `void` when any failure may be dropped.
;; bad: javascript, typescript, tsx
;;| load().then(x => use(x))
;; bad: javascript, typescript, tsx
;;| function f() { load().then(use).then(() => { done() }); }
;; bad: javascript, typescript, tsx
;;| load().then(use).finally(done)
;; good: javascript, typescript, tsx
;;| load().then(use).catch(report)
;;| load().then(use, report)
;;| const p = load().then(use)
;;| async function f() { await load().then(use); return load().then(use) }
;;| void load().then(use)
;;| Promise.resolve().then(use)
;;| Vue.nextTick().then(use)
;;| sleep(100).then(use)
;;| cy.clock().then(use)
;;| app.request({ url: u, errorHandler: tell }).then(use)
;;| vscode.window.showWarningMessage(text, again).then(use)
((expression_statement
   (call_expression
     function: (member_expression object: (_) @_o property: (property_identifier) @_f)
     arguments: (arguments . (_) .))) @finding
 (#eq? @_f "then")
 (#not-match? @_o "^Promise[.]resolve[(][)]$|(nextTick|whenReady|^when|sleep|delay|timeout|wait|ready)([(][^()]*[)])?$|^when[(]")
 (#not-mentions? @finding "catch" "cy")
 (#not-match? @finding "errorHandler|onError|onerror|show(Warning|Information|Error)Message")
 (#not-long-line? @finding 1000))
((expression_statement
   (call_expression
     function: (member_expression
       object: (call_expression function: (member_expression property: (property_identifier) @_t) arguments: (arguments . (_) .))
       property: (property_identifier) @_f))) @finding
 (#eq? @_t "then")
 (#eq? @_f "finally")
 (#not-mentions? @finding "catch" "cy")
 (#not-match? @finding "errorHandler|onError|onerror|show(Warning|Information|Error)Message")
 (#not-long-line? @finding 1000))
