;; severity: warning
;; languages: c, cpp, c-sharp, go, java, javascript, kotlin, lua, php, python, ruby, rust, scala, swift, tsx, typescript, zig
;; message: the signature changed, and calls elsewhere did not
;; analysis: signature-changed
;; help: These calls were written for the parameters or the result as they were before.
;;  Look at each of them, or keep the old signature: give the new parameter a default, or a new name to the new function.
