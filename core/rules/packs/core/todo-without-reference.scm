;; severity: note
;; languages: bash, c, c-sharp, cpp, css, go, html, java, javascript, kotlin, lua, php, python, ruby, rust, scala, swift, toml, tsx, typescript, yaml, zig
;; words: TODO FIXME
;; message: this comment says that something is to be done, but not where that is kept
;; analysis: todo
;; help: What nobody is reminded of is done by nobody. Name the issue, the ticket, an address or who knows about it:
;;  TODO(#123), TODO(name), FIXME: ABC-7, TODO https://...
;; bad: c, c-sharp, cpp, go, java, javascript, kotlin, rust, scala, swift, tsx, typescript, zig
;;| // TODO: more of this
;; good: c, c-sharp, cpp, go, java, javascript, kotlin, rust, scala, swift, tsx, typescript, zig
;;| // TODO(#12): more of this
;;| // FIXME(ann) and of that
;;| // TODO: ABC-7
;;| // TODO look again, see
;;| // https://example.com/7
;; bad: bash, python, ruby, toml, yaml
;;| # FIXME this is slow
;; good: bash, python, ruby, toml, yaml
;;| # FIXME this is slow, see #7
;;| # TODOS are something else
;; bad: css
;;| /* TODO: colours */
;; good: css
;;| /* TODO: colours, issue 12 */
;; bad: html
;;| <!-- TODO: a title --><p>a</p>
;; good: html
;;| <p>TODO</p>
;; bad: lua
;;| -- TODO: more
;; good: lua
;;| -- TODO @ann: more
;; bad: php
;;| <?php // TODO: more
;; good: php
;;| <?php // TODO: more, see GH-12
;; good: c, java
;;| char TODO = 1;
