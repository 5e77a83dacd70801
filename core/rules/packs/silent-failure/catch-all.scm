;; severity: warning
;; languages: python, ruby
;; words: except rescue
;; skip: test
;; message: interrupts and exits are caught with everything else and not raised again
;; help: A bare `except:` or `except BaseException` (Ruby: `rescue Exception`) also catches Ctrl-C, exit() and the
;;  cancellation of a task. Catch Exception (Ruby: StandardError), or raise what was caught again.
;; bad: python
;;| try:
;;|     a()
;;| except:
;;|     b = 1
;; bad: python
;;| try:
;;|     a()
;;| except BaseException:
;;|     done = False
;; good: python
;;| try:
;;|     transaction.commit()
;;| except:
;;|     with util.safe_reraise():
;;|         transaction.undo()
;; good: python
;;| try:
;;|     a()
;;| except:
;;|     undo()
;;|     raise
;;| try:
;;|     a()
;;| except Exception:
;;|     b()
;; good: python
;;| try:
;;|     a()
;;| except BaseException as e:
;;|     future.set_exception(e)
;; good: python
;;| try:
;;|     a()
;;| except:
;;|     traceback.print_exc()
;;|     sys.exit(1)
;; good: python
;;| try:
;;|     n = int(text)
;;| except:
;;|     n = None
;;| try:
;;|     name, value = setting.split("=", 1)
;;| except:
;;|     print("wrong:", setting)
;;| try:
;;|     share = part / whole
;;| except:
;;|     share = None
;; bad: ruby
;;| begin
;;|   a
;;| rescue Exception
;;|   b = 1
;;| end
;; good: ruby
;;| begin
;;|   a
;;| rescue Exception
;;|   undo
;;|   raise
;;| end
;; good: ruby
;;| begin
;;|   a
;;| rescue Exception => e
;;|   report(e)
;;| end
;; part: told
;;| [rR]e_?raise|[rR]ollback|[lL]og|LOG|[wW]arn|[pP]rint|[eE]rror|stderr|[nN]otif|[mM]essage|[rR]eport|append
;; part: python-conversion
;;| ^([^\n]*=|return)[[:space:]]*((int|float|str|bool|json[.]loads|\"[^\"]*\"[.]join)[(]|[A-Za-z_.]+[.](split|
;;| isatty)[(])[^\n]*$
;; part: python-where
;;| (#first? @_s)
;;| (#not-explained? @finding)
;;| (#not-match? @_body "^(pass|\\.\\.\\.)$")
;;| (#not-has-descendant? @_body "raise_statement")
;;| (#acts? @_try)
;;| (#not-acts? @_body)
;;| (#not-match? @_body "{told}")
;;| (#not-match? @_try "{python-conversion}")
;;| (#not-mentions? @_body "exit" "_exit" "exc_info" "format_exc" "print_exc" "exception" "abort" "kill" "Failure"
;;|  "fail")
;; part: ruby-where
;;| (#eq? @_type "Exception")
;;| (#not-explained? @finding)
;;| (#not-match? @_all "JSON|json|[pP]arse")
;;| (#acts? @_all)
;;| (#not-match? @_body "[rR]e_?raise|[rR]ollback|[lL]og|LOG|[wW]arn|[pP]uts|[eE]rror|[nN]otif|[mM]essage|
;;| [rR]eport")
;;| (#not-match? @_body "^[[:space:]]*nil[[:space:]]*$")
;;| (#not-mentions? @_body "raise" "exit" "exit!" "abort" "$!" "$@" "fail" "throw")
;; query: python
((try_statement body: (block) @_try (except_clause !value (block (_) @_s) @_body) @finding)
 {python-where})
((try_statement
   body: (block) @_try
   (except_clause value: (identifier) @_type (block (_) @_s) @_body) @finding)
 (#eq? @_type "BaseException")
 {python-where})
((try_statement
   body: (block) @_try
   (except_clause
     value: (as_pattern (identifier) @_type alias: (as_pattern_target (identifier) @_e))
     (block (_) @_s) @_body) @finding)
 (#eq? @_type "BaseException")
 (#not-uses? @_body @_e)
 {python-where})
;; query: ruby
((_ (rescue exceptions: (exceptions (constant) @_type) !variable body: (then) @_body) @finding) @_all
 {ruby-where})
((_ (rescue
   exceptions: (exceptions (constant) @_type)
   variable: (exception_variable (identifier) @_e)
   body: (then) @_body) @finding) @_all
 {ruby-where}
 (#not-uses? @_body @_e))
