;; severity: note
;; languages: go, rust, swift, kotlin, lua, zig
;; words: "_ =" "_ :=" "let _" .ok() try? runCatching pcall "catch {" "catch |" "catch null" "catch undefined" "catch false" "catch 0"
;; skip: test
;; message: the error of this call is thrown away
;; help: When the call fails, the program goes on with what it did not get or did not do.
;;  What changes something that lasts is looked for, as names say: a result thrown away with an error (n, _ :=) is left
;;  out, and so is what cleans up or may fail.
;;  Check the error; where any error may be dropped, say so: batho:ignore error-ignored -- reason.
;; bad: go
;;| package a
;;| func f() { _ = db.Save(x) }
;; good: go
;;| package a
;;| func f(s string) int { n, _ := strconv.Atoi(s); return n }
;;| func g() []byte { b, _ := io.ReadAll(r.Body); return b }
;;| func h(p string) error {
;;| 	file, _ := os.Create(p)
;;| 	_ = os.Rename(p, p+".backup")
;;| 	_ = w.saveError(err)
;;| 	return x.Execute(file)
;;| }
;;| func beat() {
;;| 	// Failure here is not critical, it may be in the table already
;;| 	ll := level()
;;| 	_ = db.InsertHealth(ll)
;;| }
;;| func undo(r *Reverter) { r.Add(func() { _ = db.Insert(old) }); _ = op.UpdateMetadata(m) }
;;| func (h *History) Add(s string) { _ = h.Save() }
;; good: go
;;| package a
;;| func f() {
;;| 	defer func() { _ = r.Close() }()
;;| 	_ = x
;;| 	_ = os.RemoveAll(tmp)
;;| 	data, _ := json.Marshal(own)
;;| 	limit, _ := strconv.Atoi(text)
;;| 	if limit < 1 {
;;| 		limit = 10
;;| 	}
;;| 	_, _ = fmt.Fprintf(w, "x")
;;| 	_, _ = io.Copy(io.Discard, r.Body)
;;| 	v, _ := m.Load(k)
;;| 	_ = v.(io.Reader)
;;| 	_ = level.Info(logger).Log("a", "b")
;;| 	_ = len(v)
;;| 	mark, _ := os.ReadFile(".package")
;;| 	_ = pso.publish(v)
;;| 	_ = string(mark)
;;| 	_ = []byte(v)
;;| 	_ = app.Flag("x", "y").Bool()
;;| 	_ = session.Signal(ssh.SIGTERM)
;;| 	_ = cache.Put(k, v) // the next one asks the server again
;;| }
;; good: go
;;| package a
;;| var _ = register(x)
;;| func init() { _ = cmd.MarkFlagRequired("x"); _ = cmd.RegisterFlagCompletionFunc("x", f) }
;;| func (f Flags) Int(name string) int {
;;| 	v, _ := strconv.Atoi(f.String(name))
;;| 	return v
;;| }
;;| func g(m []string) {
;;| 	line, _ := strconv.Atoi(m[1])
;;| 	hour, _ := strconv.Atoi(text[0:2])
;;| 	if err := send(hour); err != nil {
;;| 		_ = group.Wait()
;;| 		return err
;;| 	}
;;| 	// it is a hint, and nothing can be done about it
;;| 	_ = send(line)
;;| }
;; good: go
;;| package a
;;| func toMap(v any) (m map[string]any) {
;;| 	b, _ := json.Marshal(v)
;;| 	_ = json.Unmarshal(b, &m)
;;| 	defer func() { _ = store.Save(m) }()
;;| 	return
;;| }
;; bad: rust
;;| fn f() { let _ = std::fs::set_permissions(&path, perms); }
;; bad: rust
;;| fn f() { std::fs::rename(&a, &b).ok(); }
;; bad: rust
;;| async fn f() { let _ = transaction.commit().await; }
;; good: rust
;;| fn f() -> io::Result<()> { file.write_all(b"x")?; Ok(()) }
;; good: rust
;;| fn f() { let _ = tx.send(1); let _ = fs::remove_file(p); let _ = child.kill(); let _ = fs::create_dir_all(p); }
;; good: rust
;;| fn f() { let _ = writeln!(text, "x"); let _ = out.write_all(b"x"); let _ = out.flush(); }
;; good: rust
;;| fn f() { let _guard = lock.commit(); let x = fs::read_to_string(p).ok(); use_it(x); }
;; good: rust
;;| impl Drop for A { fn drop(&mut self) { let _ = self.file.sync_all(); } }
;; good: rust
;;| #[cfg(test)]
;;| mod tests { fn f() { let _ = fs::rename(a, b); } }
;; bad: swift
;;| func f() { try? g() }
;; bad: swift
;;| func f() { _ = try? g(); h() }
;; good: swift
;;| func f() -> Int? { return try? g() }
;; good: swift
;;| func f() -> Int? { try? g() }
;; good: swift
;;| func f() async { try? await Task.sleep(nanoseconds: 10) }
;; good: swift
;;| func f() { guard let x = try? g() else { return }; use(x) }
;; good: swift
;;| func f() throws { do { try g() } catch { try? h(error); throw error } }
;; good: swift
;;| func f() { try? fileManager.removeItem(at: url); try? file.close(); g() }
;; bad: kotlin
;;| fun f() { runCatching { g() }; h() }
;; good: kotlin
;;| fun f() { runCatching { g() }.onFailure { log(it) }; h() }
;; good: kotlin
;;| fun f() = runCatching { g() }
;; good: kotlin
;;| fun f() { runCatching { socket.close() }; h() }
;; bad: lua
;;| pcall(function() db:save(x) end)
;; bad: lua
;;| local function g() pcall(function() conn:commit() end) end
;; bad: lua
;;| local _ = pcall(function() saveAll() end)
;; good: lua
;;| local ok, err = pcall(f)
;;| if not ok then log(err) end
;; good: lua
;;| if not pcall(f) then return end
;; good: lua
;;| pcall(require, "luarocks.loader")
;;| pcall(timer.destroy, timer)
;;| pcall(function() conn:close() end)
;;| pcall(f)
;;| if not pcall(g) then pcall(function() C.reset() end) end
;; good: lua
;;| xpcall(f, function(err) log(err) end)
;; good: lua
;;| return pcall(f)
;; bad: zig
;;| fn f() void { g() catch {}; }
;; bad: zig
;;| fn f() void { g() catch |e| { // ignore
;;| }; }
;; bad: zig
;;| fn f() void { _ = g() catch null; }
;; good: zig
;;| fn f() void { const x = g() catch null; use(x); }
;; good: zig
;;| fn f() void { _ = g() catch |e| return fail(e); }
;; good: zig
;;| fn f() void { self.reader.fillMore() catch {}; seat.queueEvent(.{}) catch {}; stderr.print("x", .{}) catch {}; stderr.flush() catch {}; wakeup.notify() catch {}; thread.setName("x") catch {}; }
;; good: zig
;;| fn f() !void { defer x.reset() catch {}; errdefer y.drop() catch {}; try g(); }
;; good: zig
;;| fn f() void { g() catch {
;;|   // it is only a hint for the terminal
;;| }; }
;; good: zig
;;| test "a" { g() catch {}; }
;; part: ending
;;| [Cc]lose|[Dd]ispose|[Dd]isconnect|[Ss]hut[Dd]own|[Cc]ancel|[Dd]elete|[Dd]estroy|[Rr]elease|[Kk]ill|[Aa]bort|
;;| [Ss]top|[Uu]n[a-z]*([Rr]egister|[Ss]ubscribe)|[Rr]emove|[Tt]erminate|[Cc]lean
;; part: ending-names
;;| "*uiet*" "*ilent*" "?lose*" "?ispose*" "?estroy*" "?lean?p*" "?hut?own*" "stop*" "Stop*" "finalize"
;;|  "?erminate*" "?bort*" "?elease*" "kill*" "Kill*" "*Stop" "*Close"
;; part: may-fail-try
;;| sleep|[Ww]ait|[.]value$|[Tt]ear[dD]own|validating:|({ending})[A-Za-z]*[(]
;; part: rust-where
;;| (#any-of? @_f "set_permissions" "rename" "set_len" "sync_all" "sync_data" "commit" "hard_link" "symlink"
;;|  "set_nonblocking")
;;| (#not-match? @_on "std(out|err)|term|lock|log|sink")
;;| (#not-explained? @finding)
;;| (#not-in-named? @finding "drop" "close" "shutdown" "stop" "fmt" "cleanup*" "log" "*Log*" "*_log*")
;;| (#not-marked? @finding "test" "bench")
;; part: swift-where
;;| (#eq? @_op "try?")
;;| (#acts? @_call)
;;| (#not-precedes? @finding "^(guard|if) ")
;;| (#not-has-ancestor? @finding "catch_block" "deinit_declaration" "lambda_literal")
;;| (#not-explained? @finding)
;;| (#not-match? @_call "{may-fail-try}")
;; part: zig-where
;;| (#not-explained? @finding)
;;| (#not-has-ancestor? @finding "defer_statement" "errdefer_statement" "test_declaration")
;;| (#acts? @_call)
;; query: go
((assignment_statement
   left: (expression_list) @_l
   operator: "="
   right: (expression_list
     (call_expression
       function: [(identifier) @_f (selector_expression field: (field_identifier) @_f)]))) @finding
 (#eq? @_l "_")
 (#not-explained? @finding)
 (#not-has-ancestor? @finding "defer_statement")
 (#not-follows? @finding "json[.]Marshal")
 (#not-precedes? @finding "^return .*[eE]rr")
 (#not-match? @finding "[(]t[,)]")
 (#not-match? @finding "NewEncoder[(](w|rw|res|resp|writer|c[.]Writer)[)]")
 (#match? @_f "^([sS]ave|[iI]nsert|[uU]pload|[cC]ommit|[pP]ersist|[mM]igrate|[dD]eploy)([A-Z]|$)")
 (#not-match? @_f "Err|Log|Stat|Cache|Title|Status|Progress|View")
 (#not-match? @finding "(conn|stream|ws|sock|session|bus|notif|[lL]og|[mM]etric|[cC]ache|tmp|temp|[tT]racker|[sS]pan)[A-Za-z]*[.(]|MULTI|Getenv")
 (#not-in-named? @finding "Close" "close" "Stop" "stop" "?hutdown*" "*lean*" "*Log*" "*log*" "*otify*" "*etric*"
   "*ache*" "Example*" "Unmarshal*" "*Decode*")
 (#not-signed? @finding "History")
 (#not-foretold? @finding "not critical|[iI]gnor|don.t (check|care)|[bB]est.effort|(may|can|might) fail")
 (#not-has-ancestor? @finding "func_literal"))
;; query: rust
((let_declaration
  !type
  pattern: "_"
  value: [
    (call_expression function: [(field_expression value: (_) @_on field: (_) @_f) (scoped_identifier name: (_) @_f)])
    (await_expression (call_expression function: [(field_expression value: (_) @_on field: (_) @_f) (scoped_identifier name: (_) @_f)]))]) @finding
 {rust-where})
((expression_statement
  (call_expression
    function: (field_expression
      value: [
        (call_expression function: [(field_expression value: (_) @_on field: (_) @_f) (scoped_identifier name: (_) @_f)])
        (await_expression (call_expression function: [(field_expression value: (_) @_on field: (_) @_f) (scoped_identifier name: (_) @_f)]))]
      field: (field_identifier) @_ok)
    arguments: (arguments . ")"))) @finding
 (#eq? @_ok "ok")
 {rust-where})
;; query: swift
((function_declaration
  !return_type
  body: (function_body
    (statements
      (try_expression (try_operator) @_op expr: (_) @_call) @finding)))
 {swift-where})
((statements
  (try_expression (try_operator) @_op expr: (_) @_call) @finding)
 (#not-first? @finding)
 {swift-where})
((statements
  (try_expression (try_operator) @_op expr: (_) @_call) @finding)
 (#not-last? @finding)
 {swift-where})
((assignment
  target: (directly_assignable_expression) @_to
  result: (try_expression (try_operator) @_op expr: (_) @_call)) @finding
 (#eq? @_to "_")
 {swift-where})
;; query: kotlin
((block
  (call_expression . (identifier) @_f (annotated_lambda (lambda_literal) @_try)) @finding)
 (#eq? @_f "runCatching")
 (#acts? @_try)
 (#not-last? @finding)
 (#not-match? @_try "^[{][[:space:]]*[^;{}]*(flush|{ending})[A-Za-z]*[(][^;{}]*[}]$")
 (#not-explained? @finding))
;; query: lua
([(chunk (function_call name: (identifier) @_f arguments: (arguments . (_) @_what)) @finding)
  (block (function_call name: (identifier) @_f arguments: (arguments . (_) @_what)) @finding)]
 (#eq? @_f "pcall")
 (#acts? @_what)
 (#not-match? @_what "^require$|({ending})")
 (#not-explained? @finding))
((assignment_statement
  (variable_list . name: (identifier) @_to .)
  (expression_list . value: (function_call name: (identifier) @_f arguments: (arguments . (_) @_what)) .)) @finding
 (#eq? @_to "_")
 (#eq? @_f "pcall")
 (#acts? @_what)
 (#not-match? @_what "^require$|({ending})")
 (#not-explained? @finding))
;; query: zig
((expression_statement
  (catch_expression . (_) @_call (block) @_body .)) @finding
 (#empty? @_body)
 {zig-where}
 (#not-match? @_call "[Ww]riter[.]|buf[.]|std(err|out)|[Ll]og|print|[Nn]otify|[Ww]ake|[Qq]ueue|setName|[Rr]eader|fillMore|[Dd]iscard|[Ss]kip|format|({ending})[A-Za-z]*[(]")
 (#not-in-named? @finding "deinit" "*log*" "*Log*" "print*" {ending-names}))
((variable_declaration
  (identifier) @_to
  (catch_expression . (_) @_call)) @finding
 (#eq? @_to "_")
 (#match? @finding "catch +(null|undefined|false|true|0|\"\"|[{][}]|[.][{][}]);?$")
 {zig-where}
 (#not-match? @_call "[Ww]riter[.]|buf[.]|std(err|out)|[Ll]og|print|[Nn]otify|[Ww]ake|[Qq]ueue|setName|[Rr]eader|fillMore|[Dd]iscard|[Ss]kip|format|[.]wait[(]|({ending})[A-Za-z]*[(]")
 (#not-in-named? @finding "deinit" {ending-names}))
