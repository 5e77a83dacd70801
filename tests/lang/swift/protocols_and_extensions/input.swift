public protocol Shape: AnyObject, Named {
    associatedtype Unit: Numeric
    var area: Double { get }
    static func make() -> Self
    func scale(by factor: Unit) -> Self
    init(side: Int)
}

extension Shape where Unit == Int {
    func twice() -> Self { scale(by: 2) }
}

extension Array: Shape, Collections.Ordered where Element: Shape {
    public func first() -> Element? { self[0] }
}

typealias Pair<T> = (left: T, right: T)
