public class Outer {
    struct Inner {
        enum Kind {
            case only
        }

        func step(_ n: Int) -> Int {
            func twice(_ m: Int) -> Int {
                let result = m * 2
                return result
            }
            return twice(n)
        }
    }
}

extension Outer.Inner {
    var next: Int { step(1) }
}

func top() {
    struct Local {
        var state = 1
    }
    let local = Local()
    print(local.state)
}
