;; severity: warning
;; languages: any
;; message: some lines end in CRLF, others in LF
;; when: introduced
;; skip: test generated vendored
;; analysis: mixed-line-endings
;; help: An editor that changes line ends when it saves makes every line look changed in the next diff.
;;  Make them one kind; `* text=auto` in .gitattributes lets git see to it.
;; bad: text, c
;;\ int a;\r
;;\ int b;
;; good: text, c
;;\ int a;\r
;;\ int b;\r
;; good: text, c
;;| int a;
;;| int b;
