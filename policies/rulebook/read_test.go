package rulebook

import (
	"strings"
	"testing"
)

func TestWhatIsWrongIsNamedByFileLineAndKey(t *testing.T) {
	b := open(t)
	const head = "document: d\nregion: \"411200\"\nfrom: \"2021-04-20\"\nkind: seed\nparams:\n"
	const good = `- {rule: R02, name: notice_days, value: "3", unit: calendar_day, clause: c, quote: q}`
	if list, err := b.readParams("rules/x.yaml", []byte(head+good)); err != nil || len(list) != 1 {
		t.Fatal(list, err)
	}
	for _, c := range []struct{ from, to, want string }{
		{"notice_days", "notice_day", "x.yaml:6: notice_day: name: there is no parameter notice_day"},
		{"calendar_day", "calender_day", "x.yaml:6: notice_days: unit: the unit of this parameter is one of: calendar_day, working_day"},
		{`"3"`, "three", "x.yaml:6: notice_days: value: a whole number is needed"},
		{`"3"`, `"03"`, "x.yaml:6: notice_days: value: a whole number is needed"},
		{`"3"`, `"-3"`, "x.yaml:6: notice_days: value: a whole number is needed"},
		{`"3"`, `[3]`, "x.yaml:6: value: one text is needed"},
		{"R02", "R03", "x.yaml:6: notice_days: rule: the parameter is of rule R02"},
		{"clause: c", "claus: c", "x.yaml:6: claus: the key is not known"},
		{"clause: c", "clause: c, clause: c", "x.yaml"}, // the YAML reader refuses it by itself
		{"quote: q", "note: n", "x.yaml:6: notice_days: quote: a binding parameter quotes its clause"},
		{"quote: q", "quote: q, tracks: [skil_level]", "x.yaml:6: notice_days: tracks: there is no track skil_level"},
		{"quote: q", "quote: q, tracks: skill_level", "x.yaml:6: tracks: a list is needed"},
		{"quote: q", `quote: q, region: "999999"`, "x.yaml:6: notice_days: region: there is no region 999999"},
		{"quote: q", "quote: q, from: 2021-4-20", "x.yaml:6: notice_days: from: a date is needed"},
		{"quote: q", "quote: q, until: 2021-04-19", "x.yaml:6: notice_days: until: a last day"},
		{"kind: seed", "kind: sed", "x.yaml:1: document and kind are needed"},
		{good, good + "\n" + good, "x.yaml:7: notice_days: it is set twice for 411200"},
		{"params:", "parms:", "x.yaml:5: parms: the key is not known"},
		{good, "- {rule: R06, name: mix_cap, value: 101%, unit: percent, quote: q}", "mix_cap: value: a ratio is needed"},
		{good, "- {rule: R06, name: mix_cap, value: \"0.1\", unit: percent, quote: q}", "mix_cap: value: a ratio is needed"},
		{good, "- {rule: R08, name: blended_exam_months, value: \"4,13\", quote: q}", "blended_exam_months: value: months are needed"},
		{good, "- {rule: R08, name: blended_exam_months, value: \"8,4\", quote: q}", "blended_exam_months: value: months are needed"},
		{good, "- {rule: R08, name: blended_exam_months, value: \"4\", unit: month, quote: q}", "unit: this parameter has no unit"},
		{good, "- {rule: R13, name: satisfaction_effect, value: pause, quote: q}", "value: one of these words is needed: pause_examination, stop_classes"},
		{good, "- {rule: R10, name: online_defects, value: \"no_prompt,no_prompt\", quote: q}", "each once"},
		{good, "- {rule: R41, name: platform_ban, value: breach+2, unit: year, quote: q}", "a term is needed"},
		{good, "- {rule: R41, name: platform_ban, value: never, unit: year, quote: q}", "a term is needed"},
		{good, "- {rule: R34, name: problems_bar_since, value: 2022-02-30, quote: q}", "a date is needed"},
		{good, "- {rule: R05, name: central_papers, value: \"true\", quote: q}", "yes or no is needed"},
	} {
		text := strings.Replace(head+good, c.from, c.to, 1)
		if _, err := b.readParams("rules/x.yaml", []byte(text)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s:\n got %v\nwant %s", c.to, err, c.want)
		}
	}
}

func TestTheSchemaIsReadStrictly(t *testing.T) {
	const good = `- {name: a, rules: [R01], type: int, units: [day], what: "w"}`
	if _, err := readSchema("schema.yaml", []byte(good)); err != nil {
		t.Fatal(err)
	}
	for from, to := range map[string]string{"type: int": "type: integer", "what:": "wat:", "rules: [R01]": "rules: R01", "name: a": "name: ''", good: good + "\n" + good, "[day]": "[[day]]"} {
		if _, err := readSchema("schema.yaml", []byte(strings.Replace(good, from, to, 1))); err == nil || !strings.Contains(err.Error(), "schema.yaml:") {
			t.Errorf("%s: %v", to, err)
		}
	}
}

// Whatever a file holds, it is read or refused; what is read can be asked.
func FuzzReadParams(f *testing.F) {
	b, err := Open()
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte("document: d\nregion: \"411200\"\nkind: found\nparams:\n- {rule: R02, name: notice_days, value: \"3\", unit: calendar_day}"))
	f.Add([]byte("document: d\nkind: open\nparams:\n- &a {rule: R41, region: \"410000\", name: platform_ban, value: breach + 2, unit: year}\n- *a"))
	f.Add([]byte("a: &a [*a]"))
	names, _ := data.ReadDir("data/rules")
	for _, n := range names {
		raw, _ := data.ReadFile("data/rules/" + n.Name())
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		list, err := b.readParams("x", raw)
		if err != nil {
			return
		}
		for _, p := range list {
			ask(b, p)
		}
	})
}

// A value that passes for its type is one.
func FuzzValues(f *testing.F) {
	b, err := Open()
	if err != nil {
		f.Fatal(err)
	}
	for _, p := range b.Edition().Params {
		f.Add(p.Name, p.Value, p.Unit)
	}
	f.Fuzz(func(t *testing.T, name, value, unit string) {
		d, err := b.Declared(name)
		if err != nil || len(d.Check(value, unit)) > 0 {
			return
		}
		ask(b, Param{Name: name, Value: value, Unit: unit})
	})
}

// ask calls the getter of the parameter's type, which panics at what is none.
func ask(b *Book, p Param) {
	d, _ := b.Declared(p.Name)
	switch d.Type {
	case Integer:
		p.Int()
	case Ratio:
		p.Ratio()
	case Months:
		p.Months()
	case Words, Enum:
		p.Words()
	case Names:
		p.Names()
	case Date:
		p.Date()
	case Flag:
		p.Flag()
	case Duration:
		p.Term()
	}
}
