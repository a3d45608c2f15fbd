// Command rulesdoc writes docs/rules.md from the rulebook: every rule with where
// it bites, and every setting of its parameters. Its test fails when the file is
// not what it writes, when a point names a symbol that the code does not have,
// and when a binding rule has neither a point nor a reason for having none.
package main

//go:generate go run .

import (
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strings"

	"kaoping/policies/rulebook"
)

// page is where the document stands, from this folder.
var page = filepath.Join("..", "..", "..", "docs", "rules.md")

func main() {
	text, err := write()
	if err == nil {
		err = os.WriteFile(page, []byte(text), 0o644)
	}
	if err != nil {
		log.Fatal(err)
	}
}

const head = `# Rules and where they bite

<!-- Written by go generate ./policies/rulebook/... from policies/rulebook/data: edit the data, not this file. -->

Ids are those of the rule catalogue; K01… are defaults of kaoping itself. The data is in ` + "`policies/rulebook/data`" + `: ` + "`rules/`" + ` holds the
parameters by document, ` + "`schema.yaml`" + ` declares them, ` + "`points.yaml`" + ` says where a rule bites, ` + "`calendar.yaml`" + ` holds the public holidays. The
page ` + "`/rules`" + ` shows what is in force in a region on a day, and what regions have changed since.

**binding** is from the source documents, **default** was found in other public regulations and a region can override it,
**assumption** is ours until a text says otherwise.

How a parameter is found: the nearest region that sets it wins, from the region itself over its city and its province to the whole
country; of one region's settings one that names the track, then the one that began last. A parameter that nobody sets is no rule
there, never zero and never a neighbour's value. Targets are a region's own and are not inherited. A document's rules begin on the day of
the document; a plan that names its year but no end of its rules holds until the same region replaces or ends them. Working days
go by the State Council's calendar as known on the day of asking; in a year that it does not have yet, Monday to Friday are counted, and the answer says so.

A province or a city changes a parameter by a proposal that another person approves; it begins on a later day, so that no past decision moves.
Each entry of the audit streams carries the hash of the rules that it was decided by; the edition with that hash is kept.

## Rules

| rule | what | kind | enforced in |
| --- | --- | --- | --- |
`

const settings = `
## Parameters as shipped

| rule | parameter | region | tracks | in force | value | clause |
| --- | --- | --- | --- | --- | --- | --- |
`

var kinds = map[rulebook.Kind]string{rulebook.Binding: "binding", rulebook.Found: "default", rulebook.Assumed: "assumption"}

// write makes the document.
func write() (string, error) {
	book, err := rulebook.Open()
	if err != nil {
		return "", err
	}
	var out strings.Builder
	out.WriteString(head)
	for _, rule := range book.Rules() {
		var where []string
		for _, p := range rule.Points {
			where = append(where, fmt.Sprintf("`%s`: %s", p.At, p.What))
		}
		if rule.Reason != "" {
			where = append(where, "*"+rule.Reason+"*")
		}
		fmt.Fprintf(&out, "| %s | %s | %s | %s |\n", rule.ID, cell(rule.What), kinds[rule.Kind], cell(strings.Join(where, "<br>")))
	}
	out.WriteString(settings)
	for _, rule := range book.Rules() {
		for _, p := range book.Settings(rule.ID) {
			region := book.FullName(p.Region)
			if p.Region == rulebook.Nation {
				region = "全国"
			}
			fmt.Fprintf(&out, "| %s | %s | %s | %s | %s | %s | %s |\n", p.Rule, p.Name, region, tracks(p), span(p), cell(strings.TrimSpace(short(p.Value)+" "+p.Unit)), cell(p.Document+" "+p.Clause))
		}
	}
	return out.String(), nil
}

func tracks(p rulebook.Param) string {
	var names []string
	for _, t := range p.Tracks {
		names = append(names, t.String())
	}
	return strings.Join(names, "、")
}

func span(p rulebook.Param) string {
	switch {
	case p.From == "":
		return "always"
	case p.Until == "":
		return "from " + p.From
	}
	return p.From + " to " + p.Until
}

// short cuts a long list of names.
func short(value string) string {
	if names := strings.Split(value, "、"); len(names) > 3 {
		return fmt.Sprintf("%s…（%d）", strings.Join(names[:3], "、"), len(names))
	}
	return strings.ReplaceAll(value, ",", ", ")
}

func cell(text string) string { return strings.ReplaceAll(text, "|", `\|`) }
