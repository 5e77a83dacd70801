actor Store {
    var items: [String] = []

    nonisolated func label() -> String { "store" }
}

macro stringify<T>(_ value: T) -> (T, String) = #externalMacro(module: "Macros", type: "Stringify")

let both = #stringify(1 + 2)
