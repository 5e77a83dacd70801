;; severity: error
;; languages: javascript, typescript, tsx
;; words: catch
;; message: an empty catch block drops the error
;; help: The error is gone, and so is the reason why something does not work later.
;;  Handle it, pass it on, or say in the code why nothing needs to be done.
;; bad: javascript, typescript, tsx
;;| try { a() } catch (e) {}
;; bad: javascript, typescript, tsx
;;| try { a() } catch { /* nothing */ }
;; good: javascript, typescript, tsx
;;| try { a() } catch (e) { log(e) }
(catch_clause
  body: (statement_block) @_body
  (#empty? @_body)) @finding
