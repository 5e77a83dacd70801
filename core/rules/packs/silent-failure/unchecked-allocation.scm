;; severity: warning
;; languages: c, cpp
;; names: malloc calloc realloc reallocarray strdup strndup
;; skip: test
;; message: the result of the allocation is used before it is checked
;; help: When there is no memory left the program uses a null pointer here. Test the pointer first.
;; bad: c, cpp
;;| void f(void) { char *p = malloc(3); p[0] = 1; }
;; bad: c, cpp
;;| void f(struct x *q) { q = (struct x *)calloc(1, sizeof(*q)); q->a = 1; }
;; bad: c, cpp
;;| void f(struct x *q) { q->name = strdup(s); *q->name = 0; }
;; bad: c, cpp
;;| void f(void) { char *p; p = malloc(n); log(n); memcpy(p, s, n); }
;; good: c, cpp
;;| void f(void) { char *p = malloc(3); if (!p) return; p[0] = 1; }
;; good: c, cpp
;;| void f(void) { char *p = malloc(3); assert(p != NULL); p[0] = 1; }
;; good: c, cpp
;;| void f(void) { char *p, *q; p = malloc(3); q = malloc(4); if (!p || !q) return; p[0] = *q; }
;; good: c, cpp
;;| void f(void) { char *p; if ((p = malloc(3)) == NULL) return; p[0] = 1; }
;; good: c, cpp
;;| void f(void) { char *p = xmalloc(3); p[0] = 1; }
;; good: c, cpp
;;| int *f(void) { struct x *q = malloc(sizeof(*q)); int n = sizeof(q->a) + sizeof(*q); return q ? g(&q->a, n) : 0; }
;; good: c, cpp
;;| int f(int a) { switch (a) { case 1: p = malloc(3); break; case 2: p[1] = 0; } return 0; }
;; good: c, cpp
;;| void f(void) { char *p = malloc(3); if (p && *p) g(p); }
;; good: c, cpp
;;| void f(void) { if (a) p = malloc(3); else { p[0] = 1; } }
;; good: c, cpp
;;| void f(void) { struct x *p = malloc(sizeof(*p), M_X, M_WAITOK); p->a = 1; }
;; bad: cpp
;;| void f() { char *p = static_cast<char *>(std::malloc(3)); p[0] = 1; }
;; part: c-where
;;| (#any-of? @_f "malloc" "calloc" "realloc" "reallocarray" "strdup" "strndup")
;;| (#not-in-named? @_p "LLVMFuzzer*")
;;| (#not-match? @finding "M_(NO)?WAIT")
;;| (#used-unchecked? @_p "memcpy" "memset" "memmove" "strcpy" "strncpy" "strcat" "sprintf" "snprintf" "strlen")
;; part: cpp-where
;;| (#match? @_f "^(std::)?(malloc|calloc|realloc|reallocarray|strdup|strndup)$")
;;| (#not-in-named? @_p "LLVMFuzzer*")
;;| (#not-match? @finding "M_(NO)?WAIT")
;;| (#used-unchecked? @_p "memcpy" "memset" "memmove" "strcpy" "strncpy" "strcat" "sprintf" "snprintf" "strlen"
;;|  "std::memcpy" "std::memset" "std::memmove")
;; query: c
((assignment_expression
  left: [(identifier) (field_expression)] @_p
  right: [
    (call_expression function: (identifier) @_f)
    (cast_expression value: (call_expression function: (identifier) @_f))]) @finding
 (#has-parent? @finding "expression_statement")
 {c-where})
((declaration
  declarator: (init_declarator
    declarator: (pointer_declarator declarator: (identifier) @_p)
    value: [
      (call_expression function: (identifier) @_f)
      (cast_expression value: (call_expression function: (identifier) @_f))]) @finding)
 {c-where})
;; query: cpp
((assignment_expression
  left: [(identifier) (field_expression)] @_p
  right: [
    (call_expression function: (_) @_f)
    (cast_expression value: (call_expression function: (_) @_f))
    (call_expression function: (template_function) arguments: (argument_list . (call_expression function: (_) @_f) .))]) @finding
 (#has-parent? @finding "expression_statement")
 {cpp-where})
((declaration
  declarator: (init_declarator
    declarator: [(pointer_declarator declarator: (identifier) @_p) (identifier) @_p]
    value: [
      (call_expression function: (_) @_f)
      (cast_expression value: (call_expression function: (_) @_f))
      (call_expression function: (template_function) arguments: (argument_list . (call_expression function: (_) @_f) .))]) @finding) @_declaration
 (#has-parent? @_declaration "compound_statement" "case_statement")
 {cpp-where})
