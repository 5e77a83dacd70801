infix operator +++: AdditionPrecedence

struct V {
    static func + (left: V, right: V) -> V { left }
    static func == (left: V, right: V) -> Bool { true }
    static prefix func - (value: V) -> V { value }
    static func +++ (left: V, right: V) -> V { left + right }
}
