class Größe {
    int länge;
    String $name_1 = "ü";

    int 計算(int 値) {
        return 値 + länge;
    }
}
