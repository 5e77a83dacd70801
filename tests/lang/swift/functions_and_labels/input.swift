public func move(by dx: Int, _ dy: inout [Int], done: @escaping (Bool) -> Void = { _ in }) async throws -> [String: Int]? {
    dy[0] = dx
    done(true)
    return nil
}

func variadic<T: Sequence>(_ items: T..., label text: String) -> some Collection where T.Element == Int {
    try? await move(by: 1, &list, done: print)
    return items.map { $0 as Any }
}

private func hidden() {}
