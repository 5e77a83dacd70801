;; severity: error
;; languages: any
;; message: a large file is added
;; skip: none
;; analysis: large-file
;; help: It stays in the history of everybody who clones the repository, also when it is removed later.
;;  Keep it elsewhere, or in Git LFS; where it belongs here, raise check.largeFile.
