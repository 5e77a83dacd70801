;; severity: warning
;; languages: c, cpp, javascript, python, ruby, rust, tsx, typescript
;; message: no file answers this import
;; analysis: unresolved-import
;; help: It names a file of this repository, and there is none in what is about to land.
;;  Is the path right, and was the file added?
;;  Not asked of Java, Kotlin, Scala, C# and the like: there classes of a package may be made by the build.
