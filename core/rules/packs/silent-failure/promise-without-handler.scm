;; severity: warning
;; languages: javascript, typescript, tsx
;; words: .then(
;; skip: test, config, infrastructure
;; message: nobody handles it when this promise is rejected
;; help: A rejection goes to the runtime: it ends a Node process, and a browser only mentions it in its console.
;;  Of functions of the same file those are asked that fetch, read or write by themselves.
;;  Add .catch(...), return or await the promise, or mark it with `void` when any failure may be dropped.
;; bad: javascript, typescript, tsx
;;| fetch(url).then(x => use(x))
;; bad: javascript, typescript, tsx
;;| async function store() { await fetch(url) }
;;| function f() { store().then(use).then(() => { done() }); }
;; bad: javascript, typescript, tsx
;;| axios.get(url).then(r => r.json()).then(use).finally(done)
;; bad: javascript, typescript, tsx
;;| new Promise((ok, fail) => start(ok, fail)).then(use)
;; bad: javascript, typescript, tsx
;;| Promise.all([a(), b()]).then(use)
;; bad: javascript, typescript, tsx
;;| import('./part.js').then(use)
;; bad: javascript, typescript, tsx
;;| fs.promises.readFile(name).then(use)
;; bad: javascript, typescript, tsx
;;| response.json().then(use)
;; good: javascript, typescript, tsx
;;| load().then(use)
;;| fetch(a).then(use).catch(report)
;;| new Promise(ok => setTimeout(ok, 10)).then(use)
;;| async function save() { try { await write() } catch (e) { report(e) } }
;;| save().then(use)
;;| fetch(a).then(use, report)
;;| const p = fetch(a).then(use)
;;| async function f() { await fetch(a).then(use); return fetch(a).then(use) }
;;| void fetch(a).then(use)
;;| Promise.resolve().then(use)
;;| Vue.nextTick().then(use)
;;| sleep(100).then(use)
;;| async function prepareSound(url) { return await (await fetch(url)).arrayBuffer() }
;;| prepareSound(url).then(s => { sound = s })
;;| import('tooltipster').then(() => decorate(root))
;;| fetch(themeFolder + name).then(data => data.json()).then(data => editor.setTheme(data))
;;| Promise.race([new Promise((ok) => later(ok)), other]).then(use)
;;| for (const a of all) { reqs.push(answer(a)) }
;;| async function getModels() { return await System.models() }
;;| getModels().then(setModels)
;;| import('web-vitals').then(v => v.getCLS(report))
;;| async function waitFor(e) { await fetch(e) }
;;| waitFor(e).then(() => { blocked-- })
;;| Promise.all(reqs).then(use)
;;| import("sentry").then(s => s.init())
;;| async function main() { await work() }
;;| main().then(code => process.exit(code))
;;| cy.clock().then(use)
;;| app.request({ url: u, errorHandler: tell }).then(use)
;;| vscode.window.showWarningMessage(text, again).then(use)
;; part: told-elsewhere
;;| errorHandler|onError|onerror|show(Warning|Information|Error)Message|[pP]olyfill|[sS]entry|[aA]nalytics|
;;| [tT]racking|[tT]elemetry|[pP]refetch|[pP]reload|[sS]ound|[aA]udio|[aA]vatar|[tT]ooltip|[tT]heme|^(wait|sleep|delay|timeout)[A-Za-z]*[(]|require[.]main|[hH]ighlight|[vV]itals|[mM]etric|[bB]adge|[aA]nimat|[tT]humbnail|
;;| ^Promise[.](all|race|any)[(][[][[:space:]]*(//[^\n]*[[:space:]]*)*new Promise|process[.]exit|^(main|run|cli)[(]
;; part: where
;;| (#eq? @_f "then")
;;| (#eq? @_g "finally")
;;| (#not-mentions? @finding "catch" "cy")
;;| (#not-match? @finding "{told-elsewhere}")
;;| (#not-long-line? @finding 400)
;;| (#not-follows? @finding "[.]catch[(]")
; The head of the chain is known to be a promise: what else has a `then` may have ways of its own to tell of failures.
((expression_statement
  [(call_expression function: (member_expression object: [(call_expression) (new_expression)] @_h property: (property_identifier) @_f) arguments: (arguments . (_) .))
   (call_expression function: (member_expression object: (call_expression function: (member_expression object: [(call_expression) (new_expression)] @_h property: (property_identifier) @_f) arguments: (arguments . (_) .)) property: (property_identifier) @_f) arguments: (arguments . (_) .))
   (call_expression function: (member_expression object: (call_expression function: (member_expression object: (call_expression function: (member_expression object: [(call_expression) (new_expression)] @_h property: (property_identifier) @_f) arguments: (arguments . (_) .)) property: (property_identifier) @_f) arguments: (arguments . (_) .)) property: (property_identifier) @_f) arguments: (arguments . (_) .))
   (call_expression function: (member_expression object: (call_expression function: (member_expression object: [(call_expression) (new_expression)] @_h property: (property_identifier) @_f) arguments: (arguments . (_) .)) property: (property_identifier) @_g))
   (call_expression function: (member_expression object: (call_expression function: (member_expression object: (call_expression function: (member_expression object: [(call_expression) (new_expression)] @_h property: (property_identifier) @_f) arguments: (arguments . (_) .)) property: (property_identifier) @_f) arguments: (arguments . (_) .)) property: (property_identifier) @_g))]) @finding
 (#match? @_h "^(window[.]|self[.]|globalThis[.])?fetch[(]|^new Promise[(]|^Promise[.](all|race|any)[(][[]|^import[(]|^axios([.](get|post|put|patch|delete|head|request))?[(]|^(fs|fse)[.]promises[.]|^(fsp|fsPromises)[.]|^[A-Za-z_]+[.]json[(][)]$")
 (#not-match? @_h "^new Promise[(]([(]?[A-Za-z_]+[)]? *=>|function *[(][A-Za-z_]*[)])")
 {where})
((expression_statement
  [(call_expression function: (member_expression object: (call_expression function: [(identifier) @_h (member_expression object: (this) property: (property_identifier) @_h)]) property: (property_identifier) @_f) arguments: (arguments . (_) .))
   (call_expression function: (member_expression object: (call_expression function: (member_expression object: (call_expression function: [(identifier) @_h (member_expression object: (this) property: (property_identifier) @_h)]) property: (property_identifier) @_f) arguments: (arguments . (_) .)) property: (property_identifier) @_f) arguments: (arguments . (_) .))
   (call_expression function: (member_expression object: (call_expression function: (member_expression object: (call_expression function: (member_expression object: (call_expression function: [(identifier) @_h (member_expression object: (this) property: (property_identifier) @_h)]) property: (property_identifier) @_f) arguments: (arguments . (_) .)) property: (property_identifier) @_f) arguments: (arguments . (_) .)) property: (property_identifier) @_f) arguments: (arguments . (_) .))
   (call_expression function: (member_expression object: (call_expression function: (member_expression object: (call_expression function: [(identifier) @_h (member_expression object: (this) property: (property_identifier) @_h)]) property: (property_identifier) @_f) arguments: (arguments . (_) .)) property: (property_identifier) @_g))
   (call_expression function: (member_expression object: (call_expression function: (member_expression object: (call_expression function: (member_expression object: (call_expression function: [(identifier) @_h (member_expression object: (this) property: (property_identifier) @_h)]) property: (property_identifier) @_f) arguments: (arguments . (_) .)) property: (property_identifier) @_f) arguments: (arguments . (_) .)) property: (property_identifier) @_g))]) @finding
 (#each-signed? @_h "async")
 (#not-each-mentions? @_h "catch")
 (#each-mentions? @_h "fetch" "axios" "superagent" "knex" "prisma" "fsPromises" "fsp" "readFile" "writeFile")
 {where})
