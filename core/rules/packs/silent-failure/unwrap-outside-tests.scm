;; severity: note
;; languages: rust
;; words: .unwrap()
;; skip: test, docs, infrastructure
;; message: an error of the world outside ends the program here, without a word about what was done
;; help: Files, processes, sockets and what people wrote can be wrong at any time. Pass the error on with `?`, or say with
;;  `expect` what was tried and why it cannot fail.
;; bad: rust
;;| fn f() -> String { std::fs::read_to_string("x").unwrap() }
;; bad: rust
;;| async fn f() { let l = TcpListener::bind(addr).await.unwrap(); run(l) }
;; good: rust
;;| fn f() -> String { std::fs::read_to_string("x").expect("x is part of the package") }
;; good: rust
;;| fn f() -> usize { let m = cond.wait(m.lock().unwrap()).unwrap(); m.len() }
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
      (await_expression (call_expression function: [(field_expression value: (_) @_on field: (_) @_f) (scoped_identifier name: (_) @_f)]))]
    field: (field_identifier) @_unwrap)
  arguments: (arguments . ")")) @finding
 (#eq? @_unwrap "unwrap")
 (#any-of? @_f "open" "create_dir" "create_dir_all" "read_to_string" "read_line" "metadata" "canonicalize" "read_dir" "remove_file" "remove_dir_all" "rename" "current_dir" "current_exe" "connect" "bind" "accept" "output" "sync_all" "set_permissions")
 (#not-match? @_on "^\"|^[A-Z_]+$|!|^[a-z_]*(buf|string|str|out|cursor|scope|s)$")
 (#not-explained? @finding)
 (#not-marked? @finding "test" "bench"))
