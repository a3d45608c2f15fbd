package audit

import (
	"context"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
)

// Records is what Verify reads: the streams as written, and the objects as
// they are stored now.
type Records interface {
	Streams(ctx context.Context) iter.Seq2[string, error]
	Entries(ctx context.Context, stream string, after int64, limit int) ([]Entry, error)
	Objects(ctx context.Context) iter.Seq2[Object, error]
}

// Damage is one record that is not as the audit stream says.
type Damage struct {
	Record string `json:"record"` // "<stream>#<seq>", "<kind>/<id>" or a document's key
	What   string `json:"what"`
}

// Checked counts what Verify went through.
type Checked struct {
	Streams int `json:"streams"`
	Entries int `json:"entries"`
	Objects int `json:"objects"`
}

const versionPage = 1000

// Verify recomputes every chain and compares every stored object with the last
// entry that speaks of it. It reports each damage, chains first, and goes on;
// the error is for what could not be read. Beside a running service a record
// can change between two reads, so what looks damaged is looked at again, and
// only what is damaged both times is reported.
func Verify(ctx context.Context, records Records, report func(Damage)) (Checked, error) {
	checked, found, err := look(ctx, records)
	if err != nil || len(found) == 0 {
		return checked, err
	}
	checked, again, err := look(ctx, records)
	for _, damage := range again {
		if slices.Contains(found, damage) {
			report(damage)
		}
	}
	return checked, err
}

func look(ctx context.Context, records Records) (checked Checked, found []Damage, err error) {
	report := func(d Damage) { found = append(found, d) }
	last := map[string]Object{}
	for stream, err := range records.Streams(ctx) {
		if err != nil {
			return checked, found, err
		}
		checked.Streams++
		n, err := verifyStream(ctx, records, stream, last, report)
		if checked.Entries += n; err != nil {
			return checked, found, err
		}
	}
	for object, err := range records.Objects(ctx) {
		if err != nil {
			return checked, found, err
		}
		checked.Objects++
		said, known := last[object.Name]
		delete(last, object.Name)
		switch {
		case !known:
			report(Damage{object.Name, "no audit entry speaks of this record"})
		case said.Version != object.Version:
			report(Damage{object.Name, fmt.Sprintf("the record has version %d, the audit stream says %d", object.Version, said.Version)})
		case said.Digest != object.Digest:
			report(Damage{object.Name, "the record was changed without an audit entry"})
		}
	}
	for _, name := range slices.Sorted(maps.Keys(last)) {
		if last[name].Digest != "" && !strings.HasPrefix(name, "items/") { // imports of releases whose items did not name theirs
			report(Damage{name, "the audit stream speaks of this record, and it is gone"})
		}
	}
	return checked, found, nil
}

// verifyStream walks one chain and notes the newest version of each object in last.
func verifyStream(ctx context.Context, records Records, stream string, last map[string]Object, report func(Damage)) (entries int, err error) {
	var prev Entry
	for {
		page, err := records.Entries(ctx, stream, prev.Seq, versionPage)
		if err != nil {
			return entries, err
		}
		for _, e := range page {
			entries++
			if err := Check(prev, e); err != nil {
				report(Damage{fmt.Sprintf("%s#%d", stream, e.Seq), err.Error()})
			}
			if said := last[e.Object]; e.Version >= said.Version || e.Digest == "" {
				last[e.Object] = Object{e.Object, e.Version, e.Digest}
			}
			prev = e
		}
		if len(page) < versionPage {
			return entries, nil
		}
	}
}
