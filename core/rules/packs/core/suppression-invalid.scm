;; severity: warning
;; languages: any
;; message: a suppression does not count
;; skip: none
;; analysis: suppression-invalid
;; help: `batho:ignore <rule> -- <reason>` takes the id of a rule (`git batho rules list` shows them), several with
;;  commas between them, and a reason that tells the next reader why the finding may stay.
