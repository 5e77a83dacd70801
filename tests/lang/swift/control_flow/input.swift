func flow(_ input: Int?, items: [Item]) throws -> Int {
    guard let value = input, value > 1 && ready || forced else { return 0 }
    if let found = lookup[value] {
        use(found)
    } else if case .some(let item) = items.first {
        use(item)
    } else {
        stop()
    }
    outer: for (index, item) in items.enumerated() where index > 2 {
        while let next = item.next { consume(next) }
        continue outer
    }
    repeat { step() } while busy
    do {
        try run()
    } catch let error as Failure {
        throw error
    } catch {
        log(error)
    }
    switch value {
    case 1, 2: fallthrough
    case 3...9: break
    default: break
    }
    return ready ? value : -1
}
