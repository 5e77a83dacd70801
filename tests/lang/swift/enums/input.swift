@frozen
public enum Message: String, CaseIterable {
    case quit, stop = "s"
    case move(Int, to: Point)
    indirect case nested(Message)

    var isLast: Bool {
        switch self {
        case .quit, .stop: return true
        case let .move(steps, to) where steps > limit: return to.isEnd
        case .nested(let inner): return inner.isLast
        default: return false
        }
    }
}
