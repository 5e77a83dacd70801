;; severity: warning
;; languages: any
;; words: "://"
;; message: a password is in an address
;; skip: test docs generated vendored
;; analysis: password-in-url
;; help: Whoever can read the repository has it, and programs that log addresses spread it further.
;;  Change the password, and put the address together where the program runs.
;; bad: text, python
;;| url = "https://robot:9fKq2LxwZ7@git.corp-name.net/a.git" # batho:ignore password-in-url -- made up
;; good: text, python
;;| url = "https://user:password@git.corp-name.net/a.git"
;; good: text, python
;;| url = f"https://{user}:{password}@git.corp-name.net/a.git"
;; good: text, python
;;| url = "postgres://app:9fKq2LxwZ7@localhost:5432/app"
;; good: text, python
;;| url = "https://robot:9fKq2LxwZ7@example.com/a.git"
