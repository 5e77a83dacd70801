;; severity: error
;; languages: any
;; words: "<<<<<<< "
;; message: a merge conflict is not resolved
;; skip: none
;; analysis: conflict-marker
;; help: Lines that git writes where two sides of a merge disagree are left in the file.
;;  Decide what should stand there and remove the lines that start with <<<<<<<, ======= and >>>>>>>.
;; bad: c, text
;;| <<<<<<< HEAD
;;| int a = 1;
;;| =======
;;| int a = 2;
;;| >>>>>>> topic
;; good: c, text
;;| int a = 1;
;; good: text
;;| Title
;;| =======
;;| Text with <<<<<<< in the middle.
