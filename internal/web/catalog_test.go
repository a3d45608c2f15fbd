package web

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"kaoping/exam"
	"kaoping/internal/web/room"
	"kaoping/policies/access"
	"kaoping/policies/rulebook"
	"kaoping/policies/rulebook/amend"
	"kaoping/policies/standing"
	"kaoping/policies/standing/inspection"
)

// wordsIn are the functions whose string argument, by index, is a sentence for people.
var wordsIn = map[string]int{
	"fault.New": 2, "fault.Textf": 0, "T": 0, "Textf": 0, "done": 1, "step": 0,
	"wrong": -1, "add": -1, "superseded": 2,
}

// sentences collects every sentence that kaoping can say to people: formats of
// faults in Go, texts of templates, words of the closed sets.
func sentences(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	root := "../.."
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == ".git" || d.Name() == "cmd" || d.Name() == "data" || d.Name() == "deploy" || d.Name() == "storetest") {
			return filepath.SkipDir
		}
		if strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go") {
			goSentences(t, path, found)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	pages, _ := fs.Glob(pageFiles, "pages/*.html")
	call := regexp.MustCompile(`\bt "((?:[^"\\]|\\.)*)"`)
	for _, name := range pages {
		raw, err := pageFiles.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range call.FindAllStringSubmatch(string(raw), -1) {
			found[strings.ReplaceAll(m[1], `\"`, `"`)] = name
		}
	}
	for _, text := range room.Texts {
		found[text] = "room"
	}
	for _, title := range titles {
		found[title] = "status.go"
	}
	for _, state := range exam.States {
		found["state "+string(state)] = "states"
	}
	for _, role := range append(slices.Clone(access.Grantable), access.Candidate) {
		found["role "+string(role)] = "roles"
	}
	for _, x := range access.Exclusions {
		found[x.Why] = "exclusions"
	}
	for _, duty := range access.Duties {
		found[duty] = "duties"
	}
	book, err := rulebook.Open()
	if err != nil {
		t.Fatal(err)
	}
	for _, param := range book.Edition().Params {
		found[param.Note] = "rules"
	}
	for _, d := range book.Schema() {
		found[d.What] = "schema.yaml"
		for _, word := range d.Words {
			found[word] = "schema.yaml"
		}
		for _, unit := range d.Units {
			if unitWords[unit] == "" {
				t.Errorf("no words for the unit %s of %s", unit, d.Name)
			}
		}
	}
	for _, rule := range book.Rules() {
		found[rule.What], found[rule.Reason] = "points.yaml", "points.yaml"
		for _, point := range rule.Points {
			found[point.What] = "points.yaml"
		}
	}
	for _, words := range unitWords {
		found[words] = "units"
	}
	for _, words := range kindWords {
		found[words] = "kinds"
	}
	for _, state := range amend.States {
		found["state "+string(state)] = "states"
	}
	for _, kind := range inspection.Kinds {
		found["inspection "+string(kind)] = "inspection kinds"
	}
	for _, state := range inspection.VisitStates {
		found["visit "+string(state)] = "visit states"
	}
	for _, result := range inspection.Results {
		found["check "+string(result)] = "check results"
	}
	for _, state := range inspection.CreditStates {
		found["grade "+string(state)] = "grade states"
	}
	for _, grade := range []inspection.Grade{inspection.GradeA, inspection.GradeB, inspection.GradeC, inspection.GradeD} {
		found["grade "+string(grade)] = "grades"
	}
	for _, weight := range inspection.Weights {
		found[weight.What] = "weights"
	}
	for _, state := range standing.ApplicationStates {
		found["state "+string(state)] = "states of applications"
	}
	for _, state := range standing.States {
		found["state "+string(state)] = "states of bodies"
	}
	for _, entry := range navData {
		found[entry.label] = "nav.go"
		if entry.group != "" {
			found[entry.group] = "nav.go"
		}
	}
	return found
}

func goSentences(t *testing.T, path string, found map[string]string) {
	t.Helper()
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, path, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(file, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		name := ""
		switch f := call.Fun.(type) {
		case *ast.Ident:
			name = f.Name
		case *ast.SelectorExpr:
			name = f.Sel.Name
			if x, ok := f.X.(*ast.Ident); ok && x.Name == "fault" {
				name = "fault." + name
			}
		}
		at, ok := wordsIn[name]
		if !ok {
			return true
		}
		for i, arg := range call.Args {
			literal, ok := arg.(*ast.BasicLit)
			if !ok || literal.Kind != token.STRING || at >= 0 && i != at {
				continue
			}
			text, _ := strconv.Unquote(literal.Value)
			// Of helpers with several strings only a sentence counts, not a field's name.
			if at < 0 && !strings.Contains(text, " ") {
				continue
			}
			found[text] = fmt.Sprintf("%s:%d", path, fset.Position(call.Pos()).Line)
		}
		return true
	})
}

func TestEverySentenceIsInChinese(t *testing.T) {
	zh, err := loadChinese()
	if err != nil {
		t.Fatal(err)
	}
	var missing []string
	for text, where := range sentences(t) {
		if text != "" && text != "%s" && zh.catalog[text] == "" {
			missing = append(missing, fmt.Sprintf("%q: \"\" # %s", text, where))
		}
	}
	slices.Sort(missing)
	for _, m := range missing {
		t.Error("no Chinese for", m)
	}
}

var verb = regexp.MustCompile(`%(\[\d+\])?[-+# 0]*\d*(\.\d+)?[a-zA-Z]`)

func TestTranslationsKeepTheirArguments(t *testing.T) {
	zh, err := loadChinese()
	if err != nil {
		t.Fatal(err)
	}
	for english, chinese := range zh.catalog {
		e, c := verb.FindAllString(english, -1), verb.FindAllString(chinese, -1)
		if len(e) != len(c) {
			t.Errorf("%q has %d arguments, %q has %d", english, len(e), chinese, len(c))
		}
	}
}
