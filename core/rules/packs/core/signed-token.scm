;; severity: warning
;; languages: any
;; words: eyJhbGci eyJ0eXAi eyJraWQi
;; message: a signed token is in the code
;; skip: test docs generated vendored
;; analysis: signed-token
;; help: A JSON Web Token with its signature works like a password for as long as it is valid.
;;  If it may be public, say so in a suppression; if not, take it back and read it from the environment.
;; bad: text, python
;;| t = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI0MiJ9.q2VxT9uYb1Zr7LmWc4NdKfHs0PjGaEoIi8BvXw5Ct3M" # batho:ignore signed-token -- made up
;; good: text, python
;;| t = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI0MiJ9.signature"
;; good: text, python
;;| h = "eyJhbGciOiJub25lIn0"
