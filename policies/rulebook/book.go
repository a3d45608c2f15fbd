package rulebook

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"kaoping/internal/fault"

	"go.yaml.in/yaml/v4"
)

//go:embed data/regions.yaml data/trades.yaml data/rules.yaml
var data embed.FS

// Kind says how binding a parameter is.
type Kind string

// The kinds of the rule catalogue.
const (
	Binding Kind = "seed"  // binding: from the source documents
	Found   Kind = "found" // from other public regulations: a default that a region can override
	Assumed Kind = "open"  // the text is not at hand: an assumption, configurable
)

// Param is one parameter of a rule in one region for a span of days.
type Param struct {
	Rule     string  `yaml:"rule"`
	Name     string  `yaml:"name"`
	Region   string  `yaml:"region"`
	Tracks   []Track `yaml:"tracks"` // empty: every track
	From     string  `yaml:"from"`   // first legal day, 2022-01-01; empty: always
	Until    string  `yaml:"until"`  // last legal day; empty: still in force
	Value    string  `yaml:"value"`
	Unit     string  `yaml:"unit"`
	Document string  `yaml:"document"`
	Clause   string  `yaml:"clause"`
	Quote    string  `yaml:"quote"`
	Kind     Kind    `yaml:"kind"`
	Note     string  `yaml:"note"`
}

// Cite is the parameter's regulation, as a refusal carries it.
func (p Param) Cite() fault.Rule {
	return fault.Rule{ID: p.Rule, Document: p.Document, Clause: p.Clause, Quote: p.Quote}
}

// Int is the parameter's value as a whole number. The data is checked when the
// book is opened, so asking a parameter that is no number is a defect.
func (p Param) Int() int {
	n, err := strconv.Atoi(p.Value)
	if err != nil {
		panic(fmt.Sprintf("rulebook: %s %s is not a whole number: %q", p.Rule, p.Name, p.Value))
	}
	return n
}

// Trade is an occupation (职业) of the 2022 catalogue.
type Trade struct {
	Code string `yaml:"code"`
	Name string `yaml:"name"`
}

// Book is the rulebook: regions, trades and parameters.
type Book struct {
	Hash       string // SHA-256 of the data files, hex: logged at start
	params     []Param
	trades     []Trade
	regions    map[string]Region
	regionList []Region
}

// Open reads the embedded rulebook, strictly: an unknown key, an unknown
// region or a malformed date or number is an error.
func Open() (*Book, error) {
	b := &Book{regions: map[string]Region{}}
	sum := sha256.New()
	for _, part := range []struct {
		name string
		into any
	}{{"regions", &b.regionList}, {"trades", &b.trades}, {"rules", &b.params}} {
		raw, err := data.ReadFile("data/" + part.name + ".yaml")
		if err != nil {
			return nil, fmt.Errorf("rulebook: %w", err)
		}
		sum.Write(raw)
		decoder := yaml.NewDecoder(bytes.NewReader(raw))
		decoder.KnownFields(true)
		if err := decoder.Decode(part.into); err != nil {
			return nil, fmt.Errorf("rulebook: %s: %w", part.name, err)
		}
	}
	b.Hash = hex.EncodeToString(sum.Sum(nil))
	slices.SortFunc(b.regionList, func(x, y Region) int { return strings.Compare(x.Code, y.Code) })
	for _, r := range b.regionList {
		b.regions[r.Code] = r
	}
	return b, b.check()
}

func (b *Book) check() error {
	for _, r := range b.regionList {
		if _, ok := b.regions[r.Parent]; !ok && r.Code != Nation {
			return fmt.Errorf("rulebook: region %s has no parent %q", r.Code, r.Parent)
		}
	}
	for _, p := range b.params {
		where := fmt.Sprintf("rulebook: %s %s in %s", p.Rule, p.Name, p.Region)
		if _, ok := b.regions[p.Region]; !ok {
			return fmt.Errorf("%s: unknown region", where)
		}
		for _, day := range []string{p.From, p.Until} {
			if _, err := time.Parse(time.DateOnly, day); day != "" && err != nil {
				return fmt.Errorf("%s: %w", where, err)
			}
		}
		for _, t := range p.Tracks {
			if !t.Valid() {
				return fmt.Errorf("%s: unknown track %q", where, t)
			}
		}
		if _, err := strconv.Atoi(p.Value); err != nil {
			return fmt.Errorf("%s: %w", where, err)
		}
		if p.Kind != Binding && p.Kind != Found && p.Kind != Assumed || p.Document == "" || p.Unit == "" {
			return fmt.Errorf("%s: kind, document and unit are required", where)
		}
	}
	return nil
}

// At looks a parameter up as it stands in a region on the legal day of t for a
// track: the nearest region of the lineage that sets it wins, and of that
// region's the one that began last. ok is false where no rule is set.
func (b *Book) At(region string, t time.Time, track Track, name string) (Param, bool) {
	day := t.In(Shanghai).Format(time.DateOnly)
	for _, code := range b.Lineage(region) {
		var best Param
		for _, p := range b.params {
			inForce := p.From <= day && (p.Until == "" || day <= p.Until)
			ofTrack := len(p.Tracks) == 0 || slices.Contains(p.Tracks, track)
			if p.Region == code && p.Name == name && inForce && ofTrack && (best.Rule == "" || p.From > best.From) {
				best = p
			}
		}
		if best.Rule != "" {
			return best, true
		}
	}
	return Param{}, false
}

// InForce lists every parameter in force in a region on the legal day of t, in
// rule order, with inheritance applied.
func (b *Book) InForce(region string, t time.Time) []Param {
	var list []Param
	seen := map[string]bool{}
	for _, p := range b.params {
		for _, track := range append([]Track{""}, Tracks...) {
			q, ok := b.At(region, t, track, p.Name)
			key := q.Rule + q.Name + q.Region + q.From + fmt.Sprint(q.Tracks)
			if ok && !seen[key] {
				seen[key] = true
				list = append(list, q)
			}
		}
	}
	slices.SortStableFunc(list, func(x, y Param) int { return strings.Compare(x.Rule, y.Rule) })
	return list
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
