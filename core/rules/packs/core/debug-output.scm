;; severity: warning
;; languages: php, rust
;; words: var_dump( " dd(" "	dd(" \dd( ddd( dbg!
;; message: output for debugging is left in the code
;; skip: test
;; help: It was made for the eyes of whoever wrote it, and prints what may not be for everybody: remove it, or log.
;; bad: php
;;| <?php
;;| var_dump($user);
;; bad: php
;;| <?php
;;| function f() { dd($user); }
;; good: php
;;| <?php
;;| function dd($x) { var_dump($x); exit(1); }
;;| $this->var_dump($user);
;;| add($user);
;; bad: rust
;;| fn f() -> u32 { dbg!(1 + 2) }
;; good: rust
;;| fn f() -> u32 { debug!("{}", 1); 1 }
;; query: php
((function_call_expression function: [(name) (qualified_name)] @_f) @finding
 (#match? @_f "^\\\\?(var_dump|dd|ddd)$")
 (#not-in-named? @finding "dd*" "dump*" "*Dump"))
;; query: rust
((macro_invocation macro: (identifier) @_m) @finding
 (#eq? @_m "dbg"))
