;; severity: note
;; languages: c, cpp, c-sharp, go, java, javascript, kotlin, lua, php, python, ruby, rust, scala, swift, tsx, typescript, zig
;; message: much depends on what changes here
;; skip: test
;; analysis: wide-impact
;; help: More definitions than rules.wide-impact.dependents (50) call or use this one, directly or through others.
;;  `git batho impact` shows them, `git batho impact --tests` the tests among them.
