let limit = 3, other: Double = 4
fileprivate var counter: Int { limit }

final class Gauge {
    static let shared = Gauge()
    /// The level.
    public private(set) var level: Int = 0 {
        willSet(next) { check(next) }
        didSet { notify(oldValue) }
    }
    private var cache: [String: Int] = [:]
    lazy var slow: Int = { let local = 3; return local }()
    var area: Int {
        get { let width = level; return width * 2 }
        set { level = newValue }
    }
    let (x, y) = pair()
}
