;; severity: warning
;; languages: c, cpp
;; names: realloc reallocarray
;; skip: test
;; message: when realloc fails, the pointer to the old block is overwritten with null
;; help: The old block is still there then, and nobody can free it or read what was in it. Take the result in
;;  another variable and test that first.
;; bad: c, cpp
;;| int f(struct x *q) { q->a = realloc(q->a, n); if (!q->a) return -1; return 0; }
;; bad: c, cpp
;;| int f(char **p) { if ((*p = (char *)realloc(*p, n)) == NULL) return -1; return 0; }
;; bad: c, cpp
;;| int f(struct x *q) { q->a = (int *)realloc(q->a, n * sizeof(int)); return q->a ? 0 : -1; }
;; good: c, cpp
;;| int f(struct x *q) { void *a = realloc(q->a, n); if (!a) return -1; q->a = a; return 0; }
;; good: c, cpp
;;| int f(struct x *q) { q->a = xrealloc(q->a, n); return 0; }
;; good: c, cpp
;;| int f(struct x *q) { q->a = realloc(q->a, n); if (!q->a) abort(); return 0; }
;; good: c, cpp
;;| int f(char *p) { char *tmp = p; p = realloc(p, n); if (!p) { free(tmp); return -1; } return 0; }
;; good: c, cpp
;;| int f(struct x *q) { int *old = q->a; q->a = realloc(q->a, n); if (!q->a) { q->a = old; return -1; } return 0; }
;; good: c, cpp
;;| int f(struct x *q) { q->a = realloc(q->a, n); if (q->a == NULL) MEM_ERROR(); return 0; }
;; part: ends-program
;;| [pP]rint|perror|puts|MEM_ERR|NOMEM *[(]|tmp|temp|old|saved|prev|([Aa]bort|ABORT|[Ee]xit|EXIT|[Dd]ie|[Ff]atal|FATAL|[Pp]anic|PANIC|[Oo]om|
;;| OOM|[Oo]ut_?[Oo]f_?[Mm]em|errx?|[^A-Z]err|BUG|assert|[Cc]rash|longjmp|THROW|throw|bad_alloc)[A-Za-z_]* *[(;]
;; query: c
(((expression_statement (assignment_expression
    left: [(field_expression) (subscript_expression) (pointer_expression)] @_p
    right: [
      (call_expression function: (identifier) @_f arguments: (argument_list . (_) @_old))
      (cast_expression value: (call_expression function: (identifier) @_f arguments: (argument_list . (_) @_old)))]) @finding) . (if_statement consequence: (_) @_then))
 (#any-of? @_f "realloc" "reallocarray")
 (#eq? @_p @_old)
 (#not-match? @_then "{ends-program}"))
((if_statement
  condition: (parenthesized_expression [
    (unary_expression argument: (parenthesized_expression (assignment_expression
    left: [(field_expression) (subscript_expression) (pointer_expression)] @_p
    right: [
      (call_expression function: (identifier) @_f arguments: (argument_list . (_) @_old))
      (cast_expression value: (call_expression function: (identifier) @_f arguments: (argument_list . (_) @_old)))]) @finding))
    (binary_expression left: (parenthesized_expression (assignment_expression
    left: [(field_expression) (subscript_expression) (pointer_expression)] @_p
    right: [
      (call_expression function: (identifier) @_f arguments: (argument_list . (_) @_old))
      (cast_expression value: (call_expression function: (identifier) @_f arguments: (argument_list . (_) @_old)))]) @finding))])
  consequence: (_) @_then)
 (#any-of? @_f "realloc" "reallocarray")
 (#eq? @_p @_old)
 (#not-match? @_then "{ends-program}"))
(((expression_statement (assignment_expression
    left: [(field_expression) (subscript_expression) (pointer_expression)] @_p
    right: [
      (call_expression function: (identifier) @_f arguments: (argument_list . (_) @_old))
      (cast_expression value: (call_expression function: (identifier) @_f arguments: (argument_list . (_) @_old)))]) @finding) . (return_statement))
 (#any-of? @_f "realloc" "reallocarray")
 (#eq? @_p @_old))
;; query: cpp
(((expression_statement (assignment_expression
    left: [(field_expression) (subscript_expression) (pointer_expression)] @_p
    right: [
      (call_expression function: (identifier) @_f arguments: (argument_list . (_) @_old))
      (cast_expression value: (call_expression function: (identifier) @_f arguments: (argument_list . (_) @_old)))]) @finding) . (if_statement consequence: (_) @_then))
 (#any-of? @_f "realloc" "reallocarray")
 (#eq? @_p @_old)
 (#not-match? @_then "{ends-program}"))
((if_statement
  condition: (condition_clause value: [
    (unary_expression argument: (parenthesized_expression (assignment_expression
    left: [(field_expression) (subscript_expression) (pointer_expression)] @_p
    right: [
      (call_expression function: (identifier) @_f arguments: (argument_list . (_) @_old))
      (cast_expression value: (call_expression function: (identifier) @_f arguments: (argument_list . (_) @_old)))]) @finding))
    (binary_expression left: (parenthesized_expression (assignment_expression
    left: [(field_expression) (subscript_expression) (pointer_expression)] @_p
    right: [
      (call_expression function: (identifier) @_f arguments: (argument_list . (_) @_old))
      (cast_expression value: (call_expression function: (identifier) @_f arguments: (argument_list . (_) @_old)))]) @finding))])
  consequence: (_) @_then)
 (#any-of? @_f "realloc" "reallocarray")
 (#eq? @_p @_old)
 (#not-match? @_then "{ends-program}"))
(((expression_statement (assignment_expression
    left: [(field_expression) (subscript_expression) (pointer_expression)] @_p
    right: [
      (call_expression function: (identifier) @_f arguments: (argument_list . (_) @_old))
      (cast_expression value: (call_expression function: (identifier) @_f arguments: (argument_list . (_) @_old)))]) @finding) . (return_statement))
 (#any-of? @_f "realloc" "reallocarray")
 (#eq? @_p @_old))
