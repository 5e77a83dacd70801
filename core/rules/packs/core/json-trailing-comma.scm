;; severity: note
;; languages: json
;; message: a comma stands behind the last item
;; when: introduced
;; skip: test
;; analysis: trailing-comma
;; help: JSON does not allow it, and most programs refuse the file. Some that read their settings so do not mind.
;; bad: json
;;| { "a": [1, 2,] }
;; bad: json
;;| {
;;|   "a": 1,
;;| }
;; good: json
;;| { "a": [1, 2] }
;; good: json
;;| // settings
;;| { "a": [1, 2,] }
