;; severity: note
;; languages: any
;; message: a suppression suppresses nothing
;; skip: none
;; analysis: suppression-unused
;; help: The rule it names finds nothing on its line, on the next one or in the next definition.
;;  Remove the comment: it would hide what comes later.
