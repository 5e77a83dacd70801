package p

func tangle(a, b int, ch chan int) int {
	for i := 0; i < a; i++ {
		for range ch {
			if a > 1 && b > 1 || i == 0 {
				continue
			} else if b == 2 {
				break
			} else {
				return 1
			}
		}
	}
	switch {
	case a > 1, b > 1:
		return 2
	default:
	}
	switch v := any(a).(type) {
	case int, string:
		use(v)
	case nil:
	}
	select {
	case m := <-ch:
		return m
	default:
	}
	return 0
}

func straight() {}
