;; severity: warning
;; languages: javascript, typescript, tsx, python
;; words: async
;; skip: test, config, infrastructure
;; message: the result of this async function is neither awaited nor kept
;; help: JavaScript: when it fails, nobody handles the rejection, and what follows does not wait for it.
;;  Python: the coroutine never runs. Await it, return it, hand it to something that handles its failure, or write
;;  `void f()` (JavaScript) where any failure may be dropped. In JavaScript those are found that fetch, read or write by
;;  themselves: where another function does it, that one may handle its failures.
;; bad: javascript, typescript, tsx
;;| async function save() { await fetch(url) }
;;| async function f() { save(); return 1 }
;; bad: javascript, typescript, tsx
;;| const save = async () => { await fetch(url) }
;;| function onClick() { save() }
;; bad: javascript, typescript, tsx
;;| class A {
;;|   async save() { await fetch(url) }
;;|   close() { this.save() }
;;| }
;; good: javascript, typescript, tsx
;;| async function save() { await fetch(url) }
;;| async function f() { await save(); void save(); save().catch(report); const p = save(); return save() }
;;| function g() { other() }
;;| class A {
;;|   async close() { await save() }
;;| }
;;| class B {
;;|   close() {}
;;|   stop() { this.close() }
;;| }
;; good: javascript, typescript, tsx
;;| async function main() { await save() }
;;| async function save() { check(); try { await fetch(url) } catch (e) { report(e) } }
;;| function onClick() { save() }
;;| main()
;; good: javascript, typescript, tsx
;;| async function warm() { await fetch(url) }
;;| async function closeAll() { await fetch(url) }
;;| function g() { closeAll() }
;;| function f() {
;;|   // nobody waits for it, and the cache may stay cold
;;|   warm()
;;| }
;; good: javascript, typescript, tsx
;;| async function submit() { update.mutate(link) }
;;| function onClose() { submit() }
;;| const fire = (listener, arg) => { listener(arg) }; const listener = async () => { await fetch(url) }
;;| async function fetchModels() { setModels(await System.models()) }
;;| function Models() { useEffect(() => { fetchModels() }, []) }
;;| async function updatePositions() { await fetch(url); place(all) }
;;| function watch() { updatePositions() }
;;| async function handleBlock(client) { await fetch(client) }
;;| function Row() { return button(() => { handleBlock(client) }) }
;; bad: python
;;| async def save():
;;|     await write()
;;| async def f():
;;|     save()
;; bad: python
;;| class A:
;;|     async def save(self):
;;|         await write()
;;|     def close(self):
;;|         self.save()
;; good: python
;;| async def save():
;;|     await write()
;;| async def f():
;;|     await save()
;;|     task = save()
;;|     asyncio.create_task(save())
;;|     other()
;;|     return save()
;; good: python
;;| @command
;;| async def main():
;;|     await write()
;;| main()
;; query: javascript, typescript, tsx
((expression_statement
   (call_expression
     function: [(identifier) @_f (member_expression object: (this) property: (property_identifier) @_f)])) @finding
 (#each-signed? @_f "async")
 (#not-each-mentions? @_f "catch" "onerror" "onError")
 (#each-mentions? @_f "await")
 (#each-mentions? @_f "fetch" "axios" "superagent" "knex" "prisma" "fsPromises" "fsp" "readFile" "writeFile")
 (#not-long-line? @finding 400)
 (#not-explained? @finding)
 (#not-match? @_f "^_?(debug|log|trace|track|notify|prefetch|preload|refresh|animate|play|scroll|focus|show|hide|close|dispose|stop|un[a-z]+|clear|remove|abort|cancel|destroy|release|disconnect|handle|on|toggle|open)([A-Z]|$)|([pP]osition|[lL]ayout|[sS]tyle|[tT]heme|[tT]ooltip)s?$|^(listener|callback|cb|handler|fn|next|done|resolve|reject)$")
 (#has-ancestor? @finding "function_declaration" "function_expression" "arrow_function" "method_definition"))
;; query: python
((expression_statement (call function: (identifier) @_f)) @finding
 (#each-signed? @_f "async"))
((expression_statement
   (call function: (attribute object: (identifier) @_o attribute: (identifier) @_f))) @finding
 (#eq? @_o "self")
 (#each-signed? @_f "async"))
