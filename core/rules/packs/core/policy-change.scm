;; severity: note
;; languages: any
;; message: the rules of this project change
;; skip: none
;; analysis: policy-change
;; help: A file below .batho decides what is checked here, and how severely.
;;  Whoever changes it changes what later changes are judged by: look at it with care.
;;  So does .gitattributes: batho, binary, -text, -diff and the linguist attributes say what is checked, and as what.
;;  Lines of Git LFS count where their pattern may be one of sources: what LFS keeps elsewhere is not checked.
