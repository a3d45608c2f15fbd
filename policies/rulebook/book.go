package rulebook

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"kaoping/internal/fault"

	"go.yaml.in/yaml/v4"
)

//go:embed data
var data embed.FS

// Trade is an occupation (职业) of the 2022 catalogue.
type Trade struct {
	Code string `yaml:"code"`
	Name string `yaml:"name"`
}

// Book is the rulebook: regions, trades, rules and parameters. Its regions and
// trades never change; its parameters are those of the current edition, which
// approved changes replace as a whole. It is safe for concurrent use.
type Book struct {
	trades     []Trade
	regions    map[string]Region
	regionList []Region
	schema     map[string]Declared
	rules      []Rule
	shipped    Edition
	current    atomic.Pointer[reading]
}

// Edition is all parameters and calendar years at one time. Its hash names it:
// audit entries carry the hash of the edition that they were decided by.
type Edition struct {
	Hash   string // SHA-256, hex
	Params []Param
	Years  []Year
}

// reading is an edition made ready for lookups.
type reading struct {
	Edition
	names  []string // of parameters, in order
	params map[string][]Param
	years  map[int][]calendar
}

// Open reads the embedded rulebook, strictly: an unknown key, parameter, region
// or track, or a value that is not of its declared type, is an error that names
// file, line and key.
func Open() (*Book, error) {
	b := &Book{regions: map[string]Region{}}
	sum := sha256.New()
	var years []Year
	names, err := fs.Glob(data, "data/rules/*.yaml")
	if err != nil {
		return nil, fmt.Errorf("rulebook: %w", err)
	}
	for _, name := range append([]string{"data/regions.yaml", "data/trades.yaml", "data/schema.yaml", "data/points.yaml", "data/calendar.yaml"}, names...) {
		raw, err := data.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("rulebook: %w", err)
		}
		name = strings.TrimPrefix(name, "data/")
		if name != "points.yaml" { // where a rule bites explains it and decides nothing
			sum.Write(raw)
		}
		switch name {
		case "regions.yaml":
			if err = decode(name, raw, &b.regionList); err == nil {
				err = b.tree()
			}
		case "trades.yaml":
			err = decode(name, raw, &b.trades)
		case "schema.yaml":
			b.schema, err = readSchema(name, raw)
		case "points.yaml":
			err = decode(name, raw, &b.rules)
		case "calendar.yaml":
			err = decode(name, raw, &years)
		default:
			var list []Param
			list, err = b.readParams(name, raw)
			b.shipped.Params = append(b.shipped.Params, list...)
		}
		if err != nil {
			return nil, err
		}
	}
	for _, y := range years {
		if issues := y.Check(); len(issues) > 0 {
			return nil, fmt.Errorf("rulebook: calendar.yaml: %d: %s: %s", y.Year, issues[0].Column, issues[0].Text)
		}
	}
	b.shipped.Years = years
	b.shipped.Hash = hex.EncodeToString(sum.Sum(nil))
	b.Adopt(b.shipped)
	return b, nil
}

func decode(name string, raw []byte, into any) error {
	decoder := yaml.NewDecoder(bytes.NewReader(raw))
	decoder.KnownFields(true)
	if err := decoder.Decode(into); err != nil {
		return fmt.Errorf("rulebook: %s: %w", name, err)
	}
	return nil
}

// Hash names the current edition.
func (b *Book) Hash() string { return b.current.Load().Hash }

// Edition is the current edition.
func (b *Book) Edition() Edition { return b.current.Load().Edition }

// With is the edition that approved changes and added calendar years make of
// what is shipped. It changes nothing: see Adopt.
func (b *Book) With(changes []Param, years []Year) Edition {
	if len(changes) == 0 && len(years) == 0 {
		return b.shipped
	}
	raw, err := json.Marshal(Edition{b.shipped.Hash, changes, years})
	if err != nil {
		panic(err) // texts and numbers always encode
	}
	sum := sha256.Sum256(raw)
	return Edition{
		Hash:   hex.EncodeToString(sum[:]),
		Params: append(slices.Clone(b.shipped.Params), changes...),
		Years:  append(slices.Clone(b.shipped.Years), years...),
	}
}

// Adopt makes an edition the current one, at once and for everybody who holds
// the book.
func (b *Book) Adopt(e Edition) {
	r := &reading{Edition: e, params: map[string][]Param{}, years: map[int][]calendar{}}
	for _, p := range e.Params {
		if r.params[p.Name] == nil {
			r.names = append(r.names, p.Name)
		}
		r.params[p.Name] = append(r.params[p.Name], p)
	}
	for _, y := range e.Years {
		r.years[y.Year] = append(r.years[y.Year], y.ready())
	}
	b.current.Store(r)
}

// As is a book with the same regions and trades and another edition, to look
// at the rules as they stood.
func (b *Book) As(e Edition) *Book {
	past := &Book{trades: b.trades, regions: b.regions, regionList: b.regionList, schema: b.schema, rules: b.rules, shipped: e}
	past.Adopt(e)
	return past
}

// At looks a parameter up as it stands in a region on the legal day of t for a
// track: the nearest region of the lineage that sets it wins; of that region's,
// one that names the track, then the one that began last. ok is false where no
// rule is set.
func (b *Book) At(region string, t time.Time, track Track, name string) (Param, bool) {
	return b.current.Load().at(b.reach(region, name), t.In(Shanghai).Format(time.DateOnly), track, name)
}

// reach is the regions whose setting of a parameter holds in a region.
func (b *Book) reach(region, name string) []string {
	line := b.Lineage(region)
	if b.schema[name].Own {
		return line[:min(1, len(line))]
	}
	return line
}

func (r *reading) at(line []string, day string, track Track, name string) (Param, bool) {
	for _, code := range line {
		var best Param
		found := false
		for _, p := range r.params[name] {
			if p.Region == code && p.inForce(day, track) && (!found || best.before(p)) {
				best, found = p, true
			}
		}
		if found && best.Value != None {
			return best, true
		}
	}
	return Param{}, false
}

// InForce lists every parameter in force in a region on the legal day of t, in
// rule order, with inheritance applied.
func (b *Book) InForce(region string, t time.Time) []Param {
	r, day := b.current.Load(), t.In(Shanghai).Format(time.DateOnly)
	var list []Param
	for _, name := range r.names {
		var seen []Param
		line := b.reach(region, name)
		for _, track := range append([]Track{""}, Tracks...) {
			p, ok := r.at(line, day, track, name)
			same := func(q Param) bool {
				return q.Region == p.Region && q.From == p.From && slices.Equal(q.Tracks, p.Tracks)
			}
			if ok && !slices.ContainsFunc(seen, same) {
				seen = append(seen, p)
			}
		}
		list = append(list, seen...)
	}
	slices.SortStableFunc(list, func(x, y Param) int { return strings.Compare(x.Rule, y.Rule) })
	return list
}

// Settings lists every setting of a rule's parameters, in all regions and at
// all times: by parameter, region and first day.
func (b *Book) Settings(rule string) []Param {
	var list []Param
	for _, p := range b.current.Load().Params {
		if p.Rule == rule {
			list = append(list, p)
		}
	}
	slices.SortStableFunc(list, func(x, y Param) int {
		return strings.Compare(x.Name+" "+x.Region+" "+x.From, y.Name+" "+y.Region+" "+y.From)
	})
	return list
}

// Check names what is wrong with a parameter, by the key that is.
func (b *Book) Check(p Param) []fault.Issue {
	d, err := b.Declared(p.Name)
	if err != nil {
		return []fault.Issue{{Column: "name", Text: fault.Textf("there is no parameter %s", p.Name)}}
	}
	var issues []fault.Issue
	wrong := func(column, format string, args ...any) {
		issues = append(issues, fault.Issue{Column: column, Text: fault.Textf(format, args...)})
	}
	if !slices.Contains(d.Rules, p.Rule) {
		wrong("rule", "the parameter is of rule %s", strings.Join(d.Rules, ", "))
	}
	if _, ok := b.regions[p.Region]; !ok {
		wrong("region", "there is no region %s", p.Region)
	}
	for i, t := range p.Tracks {
		if !t.Valid() || slices.Contains(p.Tracks[:i], t) {
			wrong("tracks", "there is no track %s", string(t))
		}
	}
	if !dated(p.From) {
		wrong("from", "a date is needed, such as 2026-11-21")
	}
	if !dated(p.Until) || p.Until != "" && p.Until < p.From {
		wrong("until", "a last day is a date, such as 2026-11-21, and not before the first")
	}
	return append(issues, d.Check(p.Value, p.Unit)...)
}

// Declared is what the schema says of a parameter (NotFound).
func (b *Book) Declared(name string) (Declared, error) {
	d, ok := b.schema[name]
	if !ok {
		return Declared{}, fault.New(fault.NotFound, "rulebook.Declared", "there is no parameter %s", name)
	}
	return d, nil
}

// Schema lists all declared parameters in rule order.
func (b *Book) Schema() []Declared {
	var list []Declared
	for _, d := range b.schema {
		list = append(list, d)
	}
	slices.SortFunc(list, func(x, y Declared) int { return strings.Compare(x.Rules[0]+" "+x.Name, y.Rules[0]+" "+y.Name) })
	return list
}

// CentralPapers reports whether papers of a track are set by the county-or-
// higher bureau in a region on the day of t, so that a body neither authors nor
// sees one (R05); the parameter is its clause.
func (b *Book) CentralPapers(region string, t time.Time, track Track) (Param, bool) {
	p, ok := b.At(region, t, track, "central_papers")
	return p, ok && p.Flag()
}

// Trades lists the trades in code order.
func (b *Book) Trades() []Trade { return b.trades }

// Trade returns a trade by its code (NotFound).
func (b *Book) Trade(code string) (Trade, error) {
	for _, t := range b.trades {
		if t.Code == code {
			return t, nil
		}
	}
	return Trade{}, fault.New(fault.NotFound, "rulebook.Trade", "there is no trade %s in the 2022 catalogue as loaded", code)
}
