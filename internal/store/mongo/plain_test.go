package mongo

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"
)

// notUsed is what this engine does without, and why: it is to be right on any
// server that speaks the protocol, sharded or not, and to bound every call.
var notUsed = map[string]string{
	"StartSession": "no transaction spans documents", "UseSession": "no transaction spans documents", "WithTransaction": "no transaction spans documents",
	"Watch":        "no change streams: instances look",
	"SetCollation": "texts compare by their bytes, as in every engine",
	"SetSkip":      "lists go on behind a key", "Skip": "lists go on behind a key",
	"ClientBulkWrite": "only Collection.BulkWrite is everywhere",
	"All":             "cursor.go: the driver's sets no limit of time",
	"SetUpsert":       "not every server has one winner among many",
	"float32":         "decimals are never floats", "float64": "decimals are never floats", "Decimal128": "decimals are whole numbers of their smallest unit",
	"$where": "no JavaScript in the server", "$function": "no JavaScript in the server", "$accumulator": "no JavaScript in the server", "mapReduce": "no JavaScript in the server",
	"$lookup": "a shard looks at its own documents", "$skip": "lists go on behind a key", "$text": "not every server has it",
}

// measured may use floats: it counts writes a second.
const measured = "rawlimit.go"

func TestOnlyPlainCalls(t *testing.T) {
	names, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	files := token.NewFileSet()
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") || name == measured {
			continue
		}
		file, err := parser.ParseFile(files, name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			said := ""
			switch n := n.(type) {
			case *ast.Ident:
				said = n.Name
			case *ast.BasicLit:
				said = strings.Trim(n.Value, "\"`")
			}
			if why, no := notUsed[said]; no {
				t.Errorf("%s: %s is not used here: %s", files.Position(n.Pos()), said, why)
			}
			return true
		})
	}
}
