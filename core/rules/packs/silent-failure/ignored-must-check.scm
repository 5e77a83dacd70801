;; severity: warning
;; languages: c, cpp
;; words: warn_unused_result must_check nodiscard WARN_UNUSED MUST_CHECK MUST_USE _WUR
;; message: the result of a function that is marked as to be checked is ignored
;; help: Whoever wrote the function says that ignoring what it returns is a mistake. Look at it; (void) before the
;;  call says that it is ignored on purpose.
;;  Marks in other files (headers) count for calls on changed lines, where the index knows the tree; not before a commit.
;; bad: c
;;| static int must(int a) __attribute__((warn_unused_result));
;;| void f(void) { must(1); }
;; bad: c
;;| int __must_check must(int a);
;;| void f(void) { if (x) must(1); }
;; good: c
;;| int __must_check must(int a);
;;| int f(void) { (void)must(1); return must(2); }
;; good: c
;;| int __must_check must(int a);
;;| int other(int a);
;;| void f(void) { other(1); }
;; good: c
;;| static bool find(int *a) ATTR_NOWARN_UNUSED_RESULT;
;;| void f(void) { find(a); }
;; bad: cpp
;;| [[nodiscard]] int must(int a);
;;| void f() { must(1); }
;; good: cpp
;;| [[nodiscard]] int must(int a);
;;| void f() { int x = must(1); use(x); }
;; good: cpp
;;| struct A {
;;|   bool find(int key, Policy &to) const;
;;|   [[nodiscard]] Policy find(int key) const { Policy p; find(key, p); return p; }
;;| };
;; part: marks
;;| "warn_unused_result" "must_check" "nodiscard" " WARN_UNUSED" "_WARN_UNUSED" "MUST_CHECK" "MUST_USE" "_WUR"
;; query: c
((expression_statement
  (call_expression function: (identifier) @_f)) @finding
 (#declared-with? @_f {marks}))
; Of functions with one name any may be meant.
;; query: cpp
((expression_statement
  (call_expression function: (identifier) @_f)) @finding
 (#each-signed? @_f {marks}))
