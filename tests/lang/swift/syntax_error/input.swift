func before() -> Int { 1 }

func broken(a: Int) {
    let x = = 2
    use(a)
}

func after() -> Int {
    before()
}
