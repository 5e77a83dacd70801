;; severity: warning
;; languages: rust
;; words: Err(
;; skip: test
;; message: the branch for the error does nothing
;; help: The error is gone, whatever kind it is of: handle it, pass it on, match the kind that may be forgotten, or
;;  say in a few words of a comment why nothing needs to be done.
;; bad: rust
;;| fn f() { match g() { Ok(x) => use_it(x), Err(_) => {} } }
;; bad: rust
;;| fn f() { match g() { Ok(x) => use_it(x), Err(e) => (), } }
;; bad: rust
;;| fn f() { if let Err(e) = g() {} }
;; good: rust
;;| fn f() { match g() { Ok(x) => use_it(x), Err(e) => warn!("no g: {e}") } }
;; good: rust
;;| fn f() { match g() { Ok(x) => use_it(x), Err(_) => {
;;|   // it is tried again at the next tick
;;| } } }
;; good: rust
;;| fn f() { match g() { Ok(x) => use_it(x), Err(Error::WouldBlock) => {} Err(e) => return Err(e) } }
;; good: rust
;;| fn f() { loop { match tx.try_send(1) { Ok(()) => return, Err(_) => {} } } }
;; good: rust
;;| fn f() { match connect() { Ok(c) => return send(c), Err(e) if !again(&e) => return, Err(_) => {} } start(); }
;; part: may-fail
;;| try_|poll|downcast|compare_exchange|binary_search|upgrade|parse|env::var|recv|send|^[a-z_]+$
;; part: rust-where
;;| (#eq? @_err "Err")
;;| (#empty? @_body)
;;| (#not-match? @_value "{may-fail}")
;;| (#not-explained? @finding)
;;| (#not-marked? @finding "test" "bench")
;; query: rust
((expression_statement (match_expression
  value: (_) @_value
  body: (match_block
    (match_arm
      pattern: (match_pattern . (tuple_struct_pattern type: (_) @_err . [(identifier) "_"] .) .)
      value: [(block) (unit_expression)] @_body) @finding))) @_all
 {rust-where}
 (#not-precedes? @_all "log|warn|error|print|return|Err")
 (#not-has-ancestor? @finding "loop_expression" "while_expression" "for_expression")
 (#not-follows? @finding "^Err"))
((if_expression
  condition: (let_condition
    pattern: (tuple_struct_pattern type: (_) @_err . [(identifier) "_"] .)
    value: (_) @_value)
  consequence: (block) @_body) @finding
 {rust-where})
