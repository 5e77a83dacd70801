;; severity: note
;; languages: rust
;; words: .unwrap()
;; skip: test, docs, infrastructure
;; message: an error of the world outside ends the program here, though it could be returned
;; help: Files, processes and sockets can be wrong at any time, and this function returns a Result: pass the error on with
;;  `?`, or say with `expect` what was tried and why it cannot fail. Functions that return no Result are left out.
;; bad: rust
;;| fn f() -> io::Result<String> { let s = std::fs::read_to_string("x").unwrap(); g(&s) }
;; bad: rust
;;| async fn f() -> Result<()> { let l = TcpListener::bind(addr).await.unwrap(); run(l) }
;; good: rust
;;| fn f() -> String { std::fs::read_to_string("x").unwrap() }
;; good: rust
;;| fn f() -> Result<String> { std::fs::read_to_string("x").expect("x is part of the package") }
;; good: rust
;;| fn f() -> usize { let m = cond.wait(m.lock().unwrap()).unwrap(); m.len() }
;; good: rust
;;| fn f() -> Result<Metadata> { fields.metadata(id).unwrap() }
;; good: rust
;;| fn f() -> Ipv4Addr { "127.0.0.1".parse().unwrap() }
;; good: rust
;;| fn f(p: &Path) -> &str {
;;|     // checked by the caller to be UTF-8
;;|     p.to_str().unwrap()
;;| }
;; good: rust
;;| #[test]
;;| fn f() { std::fs::read_to_string("x").unwrap(); }
;; good: rust
;;| #[cfg(test)]
;;| mod tests { fn f() { std::fs::read_to_string("x").unwrap(); } }
((call_expression
  function: (field_expression
    value: [
      (call_expression function: [(field_expression value: (_) @_on field: (_) @_f) (scoped_identifier name: (_) @_f)])
      (await_expression (call_expression function: [(field_expression value: (_) @_on field: (_) @_f) (scoped_identifier name: (_) @_f)]))] @_all
    field: (field_identifier) @_unwrap)
  arguments: (arguments . ")")) @finding
 (#eq? @_unwrap "unwrap")
 (#signed? @finding "Result")
 (#not-match? @_all "[.]metadata[(][^)]")
 (#any-of? @_f "open" "create_dir" "create_dir_all" "read_to_string" "read_line" "metadata" "canonicalize" "read_dir" "remove_file" "remove_dir_all" "rename" "current_dir" "current_exe" "connect" "bind" "accept" "output" "sync_all" "set_permissions")
 (#not-match? @_on "^\"|^[A-Z_]+$|!|^[a-z_]*(buf|string|str|out|cursor|scope|s)$")
 (#not-explained? @finding)
 (#not-marked? @finding "test" "bench"))
