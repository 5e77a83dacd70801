;; severity: error
;; languages: go
;; words: "err ="  "err :="
;; skip: test
;; message: the error is overwritten before anybody looked at it
;; help: Two assignments to the error follow each other: what the first call says is lost. Check it in between.
;; bad: go
;;| package a
;;| func f() error {
;;| 	a, err := g()
;;| 	b, err := h()
;;| 	use(a, b)
;;| 	return err
;;| }
;; bad: go
;;| package a
;;| func f() (err error) {
;;| 	err = g()
;;| 	err = h()
;;| 	return
;;| }
;; good: go
;;| package a
;;| func f() error {
;;| 	a, err := g()
;;| 	if err != nil {
;;| 		return err
;;| 	}
;;| 	err = h(a)
;;| 	err = wrap(err)
;;| 	return err
;;| }
;;| func k() {
;;| 	err := error(nil)
;;| 	err = nil
;;| 	err = h()
;;| 	use(err)
;;| }
((statement_list
   [(short_var_declaration left: (expression_list (identifier) @_a) right: (expression_list (call_expression)))
    (assignment_statement left: (expression_list (identifier) @_a) operator: "=" right: (expression_list (call_expression)))] @finding
   .
   [(short_var_declaration left: (expression_list (identifier) @_b) right: (_) @_r)
    (assignment_statement left: (expression_list (identifier) @_b) operator: "=" right: (_) @_r)])
 (#match? @_a "^(err|[a-z][A-Za-z0-9]*Err)$")
 (#not-match? @finding "= (error|errors[.]New|fmt[.]Errorf)[(]")
 (#eq? @_b @_a)
 (#not-uses? @_r @_a))
