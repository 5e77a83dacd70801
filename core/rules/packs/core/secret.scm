;; severity: error
;; languages: any
;; words: ghp_ gho_ ghu_ ghs_ ghr_ github_pat_ glpat- gldt- glrt- glptt- glsoat- xoxb- xoxp- xoxa- xoxr- xoxs-
;; words: xapp- hooks.slack.com/services/ sk_live_ rk_live_ AIza GOCSPX- AccountKey= npm_ pypi-AgEIcHlwaS5vcmc
;; words: rubygems_ SG. wilio elegram sk-ant- sk-proj- sk-svcacct- hf_ gsk_ dop_v1_ shpat_ shpss_ sq0csp-
;; words: dckr_pat_ hvs. dapi NRAK- glsa_ lin_api_ PMAK- sbp_ ATATT3xFfGF0 AGE-SECRET-KEY-1 AKIA ASIA
;; message: a secret is in the code
;; skip: none
;; analysis: secret
;; help: Whoever can read the repository can use it, and removing the line later leaves it in the history.
;;  Take it back where it was issued, issue a new one, and give it to the program through its environment or a vault.
;;  Made-up ones that stand for a real one in a manual should say so: "example" in it is enough.
;; bad: text, python
;;| key = "AGE-SECRET-KEY-1QZ7FR3W0KXN5LDT4YH9VGP6MSJ2C8EUQZ3A7RWX0NK5DL4TYHV97P2MGW8" # batho:ignore secret -- made up
;; good: text, python
;;| key = "AGE-SECRET-KEY-1EXAMPLE0KXN5LDT4YH9VGP6MSJ2C8EUQZ3A7RWX0NK5DL4TYHV97P2MGW8"
;; good: text, python
;;| id = "AKIAIOSFODNN7EXAMPLE"
;; good: text, python
;;| key = "ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
