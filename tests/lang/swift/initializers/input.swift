struct Point: Equatable {
    var x: Int

    init?(x: Int, y: Double = 1) throws {
        self.x = x
    }

    init() {
        self.init(x: 0)
    }

    subscript(at: Int) -> Int {
        get { x + at }
    }
}

class Named: Base {
    deinit { close() }

    convenience override init(name: String) {
        super.init(name: name)
    }
}
