;; severity: error
;; languages: go
;; words: "!= nil"
;; skip: test
;; message: the error is looked at and nothing is done
;; help: The branch for the failed case is empty: the program goes on as if the call had worked.
;;  Return the error, or tell about it; where it may be dropped, say so: batho:ignore empty-error-check -- reason.
;; bad: go
;;| package a
;;| func f() { if err := g(); err != nil {} }
;; bad: go
;;| package a
;;| func f() {
;;| 	err := g()
;;| 	if err != nil {
;;| 		// ignored
;;| 	}
;;| }
;; good: go
;;| package a
;;| func f() {
;;| 	if err := key.Delete(); err != nil {
;;| 		// the lease ends it, there is nothing to do here
;;| 	}
;;| }
;; good: go
;;| package a
;;| func f() error {
;;| 	if err := g(); err != nil {
;;| 		return err
;;| 	}
;;| 	for p != nil {
;;| 	}
;;| 	if size > max {
;;| 		if werr := answer(w, tooLarge); werr != nil {
;;| 		}
;;| 		return fmt.Errorf("size %d", size)
;;| 	}
;;| 	return nil
;;| }
((if_statement
   condition: (binary_expression left: (identifier) @_e right: (nil)) @_c
   consequence: (block) @_body
   !alternative) @finding
 (#match? @_c "!=")
 (#match? @_e "^(err|e|[a-z][A-Za-z0-9]*Err|err[A-Z0-9][A-Za-z0-9]*)$")
 (#empty? @_body)
 (#not-explained? @finding)
 (#not-precedes? @finding "^return .*([eE]rr|fail)"))
