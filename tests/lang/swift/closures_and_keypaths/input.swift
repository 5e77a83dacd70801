let double: (Int) -> Int = { (n: Int) -> Int in n * 2 }

func use(_ list: [Person]) {
    let names = list.map(\.name).filter { name in name.count > 2 }
    let add = { [weak self, limit] (a: Int, b: Int) in self?.total ?? a + b + limit }
    names.forEach { print($0, double(1)) }
    let path = \Person.address.street
    person.address.street = list[0].name
    Array<Int>(repeating: add(1, 2), count: path.hashValue)
}
