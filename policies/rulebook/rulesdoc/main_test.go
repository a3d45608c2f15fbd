package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kaoping/policies/rulebook"
)

func TestTheDocumentIsWhatTheRulebookSays(t *testing.T) {
	want, err := write()
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Error("docs/rules.md is out of date: go generate ./policies/rulebook/...")
	}
}

func TestEachRuleBitesWhereItSaysOrSaysWhyNot(t *testing.T) {
	book, err := rulebook.Open()
	if err != nil {
		t.Fatal(err)
	}
	known := symbols(t)
	seen := map[string]bool{}
	for _, rule := range book.Rules() {
		if seen[rule.ID] {
			t.Errorf("%s comes twice", rule.ID)
		}
		seen[rule.ID] = true
		if kinds[rule.Kind] == "" || rule.What == "" {
			t.Errorf("%s: say what it is, and its kind: seed, found or open", rule.ID)
		}
		if len(rule.Points) == 0 && rule.Reason == "" {
			t.Errorf("%s has neither a point nor a reason for having none", rule.ID)
		}
		for _, p := range rule.Points {
			if !known[p.At] {
				t.Errorf("%s: there is no %s in the code", rule.ID, p.At)
			}
			if p.What == "" {
				t.Errorf("%s: say what %s does", rule.ID, p.At)
			}
		}
	}
	for _, p := range book.Edition().Params {
		if !seen[p.Rule] {
			t.Errorf("%s sets %s, a rule that is not listed", p.Name, p.Rule)
		}
	}
}

func TestNoRuleOfTheCatalogueIsLeftOut(t *testing.T) {
	book, err := rulebook.Open()
	if err != nil {
		t.Fatal(err)
	}
	for _, span := range [][2]int{{1, 23}, {30, 43}, {50, 58}, {60, 66}} {
		for n := span[0]; n <= span[1]; n++ {
			id := "R" + string(rune('0'+n/10)) + string(rune('0'+n%10))
			if _, err := book.Rule(id); err != nil {
				t.Error(err)
			}
		}
	}
}

// symbols are the declarations of the repository: package.Name and
// package.Type.Method.
func symbols(t *testing.T) map[string]bool {
	t.Helper()
	found := map[string]bool{}
	err := filepath.WalkDir(filepath.Join("..", "..", ".."), func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (strings.HasPrefix(d.Name(), ".") && d.Name() != ".." || d.Name() == "data" || d.Name() == "node_modules") {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		for _, decl := range file.Decls {
			declare(found, file.Name.Name, decl)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func declare(found map[string]bool, pkg string, decl ast.Decl) {
	switch d := decl.(type) {
	case *ast.FuncDecl:
		name := pkg + "."
		if d.Recv != nil {
			receiver := d.Recv.List[0].Type
			if star, ok := receiver.(*ast.StarExpr); ok {
				receiver = star.X
			}
			if generic, ok := receiver.(*ast.IndexExpr); ok {
				receiver = generic.X
			}
			if id, ok := receiver.(*ast.Ident); ok {
				name += id.Name + "."
			}
		}
		found[name+d.Name.Name] = true
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			switch s := spec.(type) {
			case *ast.TypeSpec:
				found[pkg+"."+s.Name.Name] = true
			case *ast.ValueSpec:
				for _, name := range s.Names {
					found[pkg+"."+name.Name] = true
				}
			}
		}
	}
}
