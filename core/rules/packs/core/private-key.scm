;; severity: error
;; languages: any
;; words: "PRIVATE KEY"
;; message: a private key is in the code
;; skip: test generated vendored
;; analysis: private-key
;; help: Whoever can read the repository is whoever the key stands for, and removing it later leaves it in the history.
;;  Make a new pair, and keep the private half out of the repository. A key with a passphrase is not found by this.
;; bad: text, python
;;| key = """-----BEGIN EC PRIVATE KEY-----
;;| MHcCAQEEIKuT0f2q7yBqDZ3mXw9s5HhV1cP4gJrLoN8aEiRt6SbFoAoGCCqGSM49
;;| AwEHoUQDQgAEd1k9Qp7Zx3WvBn5Yt2Rs8Lm4Hc6Gf0JaKoPuXyTzVwEqUiSrDnMb
;;| -----END EC PRIVATE KEY-----
;;| """ # batho:ignore private-key -- made up
;; good: text, python
;;| key = """-----BEGIN EC PRIVATE KEY-----
;;| ...
;;| -----END EC PRIVATE KEY-----
;;| """
;; good: text, python
;;| if line.startswith("-----BEGIN RSA PRIVATE KEY-----"): read(line)
;; good: text, python
;;| key = """-----BEGIN PUBLIC KEY-----
;;| MHcCAQEEIKuT0f2q7yBqDZ3mXw9s5HhV1cP4gJrLoN8aEiRt6SbFoAoGCCqGSM49
;;| AwEHoUQDQgAEd1k9Qp7Zx3WvBn5Yt2Rs8Lm4Hc6Gf0JaKoPuXyTzVwEqUiSrDnMb
;;| -----END PUBLIC KEY-----
;;| """
