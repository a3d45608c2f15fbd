package rulebook

import (
	"fmt"
	"slices"
	"strings"

	"kaoping/internal/fault"
)

// Nation is the root of the region tree. It carries the defaults found in
// other public regulations, and no officer's grant of this release.
const Nation = "000000"

// Region is an administrative division (行政区划). Code is the six digits of
// GB/T 2260; a functional zone without one has a code of the project's own,
// marked so in the data.
type Region struct {
	Code   string `yaml:"code"`
	Name   string `yaml:"name"`
	Parent string `yaml:"parent"`
	Zone   bool   `yaml:"zone"` // functional zone (示范区, 高新区): code is not of GB/T 2260
}

// Rank is how deep a region lies: 0 the nation, 1 a province, 2 a city, 3 a
// county; -1 for an unknown one.
func (b *Book) Rank(code string) int { return len(b.Lineage(code)) - 1 }

// tree orders the regions and checks that each lies in another.
func (b *Book) tree() error {
	slices.SortFunc(b.regionList, func(x, y Region) int { return strings.Compare(x.Code, y.Code) })
	for _, r := range b.regionList {
		b.regions[r.Code] = r
	}
	for _, r := range b.regionList {
		if _, ok := b.regions[r.Parent]; !ok && r.Code != Nation {
			return fmt.Errorf("rulebook: region %s has no parent %q", r.Code, r.Parent)
		}
	}
	return nil
}

// Region returns a region by code (NotFound).
func (b *Book) Region(code string) (Region, error) {
	r, ok := b.regions[code]
	if !ok {
		return Region{}, fault.New(fault.NotFound, "rulebook.Region", "there is no region %s", code)
	}
	return r, nil
}

// Regions lists all regions in code order.
func (b *Book) Regions() []Region { return b.regionList }

// Lineage lists the region and all that contain it, nearest first, the nation
// last. An unknown region has an empty lineage, so it inherits nothing.
func (b *Book) Lineage(code string) []string {
	var line []string
	for {
		r, ok := b.regions[code]
		if !ok {
			return line
		}
		line = append(line, code)
		code = r.Parent
	}
}

// Covers reports whether outer is inner or contains it.
func (b *Book) Covers(outer, inner string) bool {
	for _, code := range b.Lineage(inner) {
		if code == outer {
			return true
		}
	}
	return false
}

// Undivided reports whether a region contains no others: a county or district.
func (b *Book) Undivided(code string) bool {
	_, known := b.regions[code]
	return known && !slices.ContainsFunc(b.regionList, func(r Region) bool { return r.Parent == code })
}

// FullName is the region's name with those of its province and city before it:
// 河南省平顶山市鲁山县.
func (b *Book) FullName(code string) string {
	name := ""
	for _, c := range b.Lineage(code) {
		if c != Nation {
			name = b.regions[c].Name + name
		}
	}
	return name
}
