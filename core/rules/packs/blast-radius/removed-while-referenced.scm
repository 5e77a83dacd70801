;; severity: error
;; languages: c, cpp, c-sharp, go, java, javascript, kotlin, lua, php, python, ruby, rust, scala, swift, tsx, typescript, zig
;; message: this definition went, and is still used
;; analysis: removed-while-referenced
;; help: Nothing else in the repository has this name, so what uses it will not build or run.
;;  Change those places in the same commit, or leave the definition there until they are gone.
