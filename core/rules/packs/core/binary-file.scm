;; severity: warning
;; languages: any
;; message: a binary file is added
;; skip: test generated vendored
;; analysis: binary-file
;; help: Nobody can review it, git can hardly compress it, and what a build makes is out of date soon.
;;  Where it is meant to be here, `*.ext binary` in .gitattributes says so; pictures, fonts and sounds need no word.
