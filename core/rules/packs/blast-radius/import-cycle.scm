;; severity: warning
;; languages: c, cpp, javascript, lua, python, ruby, tsx, typescript
;; message: this import closes a cycle
;; analysis: import-cycle
;; help: Files that import each other are loaded half-made, and can only be understood, tested and moved together.
;;  Move what both need into a third file, or import inside of the function that needs it.
