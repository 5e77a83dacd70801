;; severity: warning
;; languages: bash, c, c-sharp, cpp, css, go, html, java, javascript, json, kotlin, lua, markdown, php, python, ruby, rust, scala, swift, toml, tsx, typescript, yaml, zig
;; message: this is not UTF-8
;; when: introduced
;; skip: test
;; analysis: invalid-utf8
;; help: The text is in another encoding, or was damaged: tools guess, and guess differently.
;;  Convert the file (`iconv -f latin1 -t utf-8`), or write the bytes as escapes.
;; bad: bash, c, c-sharp, cpp, css, go, html, java, javascript, json, kotlin, lua, markdown, php, python, ruby, rust, scala, swift, toml, tsx, typescript, yaml, zig
;;\ caf\xe9
;; good: bash, c, c-sharp, cpp, css, go, html, java, javascript, json, kotlin, lua, markdown, php, python, ruby, rust, scala, swift, toml, tsx, typescript, yaml, zig
;;| café
