package p

import "os"
import (
	"fmt"
	str "strings"
	. "math"
	_ "embed"
	"./local"
	"example.com/a/b/v2"
)

func f() { fmt.Println(os.Args, str.ToUpper("x"), Sqrt(2), b.Name) }
