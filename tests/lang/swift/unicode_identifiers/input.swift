struct Größe {
    var höhe = 1

    func 長さ(`class`: Int) -> Int {
        let ñandú = `class`
        return höhe + ñandú
    }
}
