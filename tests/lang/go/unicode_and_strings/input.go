package p

const größe = "type NotAType struct{}"

var raw = `func fake() {}`

func Überall(π float64) float64 { return π * größe }

type 世界 struct{ 名 string }
