package bank

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"hash"
	"maps"
	"slices"

	"kaoping/internal/audit"
)

// ImportObject is the audit object of an import: one for all of its items.
func ImportObject(id string) string { return "import/" + id }

// Imports gathers stored items, added by ascending ids, into the objects that
// the entries of their imports speak of: the version of one is how many items
// there are, its digest that of their documents, one after the other.
type Imports map[string]*gathered

type gathered struct {
	items int
	sum   hash.Hash
}

// Add counts a stored item in. One that names no import, as those of the first
// releases, is passed over; one that cannot be read is an object of its own,
// which no entry speaks of.
func (i Imports) Add(id string, doc []byte) {
	var of struct{ Import string }
	object := "item/" + id
	if json.Unmarshal(doc, &of) == nil {
		if of.Import == "" {
			return
		}
		object = ImportObject(of.Import)
	}
	g, ok := i[object]
	if !ok {
		g = &gathered{sum: sha256.New()}
		i[object] = g
	}
	g.items++
	g.sum.Write(doc)
}

// Objects are the imports by name, as the items make them up.
func (i Imports) Objects() []audit.Object {
	list := make([]audit.Object, 0, len(i))
	for _, name := range slices.Sorted(maps.Keys(i)) {
		list = append(list, audit.Object{Name: name, Version: i[name].items, Digest: hex.EncodeToString(i[name].sum.Sum(nil))})
	}
	return list
}
