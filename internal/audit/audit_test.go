package audit

import (
	"context"
	"iter"
	"slices"
	"strings"
	"testing"
	"time"
)

// records is Records of plain slices.
type records struct {
	streams map[string][]Entry
	objects []Object
}

func (r records) Streams(context.Context) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		for name := range r.streams {
			if !yield(name, nil) {
				return
			}
		}
	}
}

func (r records) Entries(_ context.Context, stream string, after int64, limit int) ([]Entry, error) {
	var page []Entry
	for _, e := range r.streams[stream] {
		if e.Seq > after && len(page) < limit {
			page = append(page, e)
		}
	}
	return page, nil
}

func (r records) Objects(context.Context) iter.Seq2[Object, error] {
	return func(yield func(Object, error) bool) {
		for _, o := range r.objects {
			if !yield(o, nil) {
				return
			}
		}
	}
}

func story() records {
	var prev Entry
	var chain []Entry
	for i, what := range []string{"draft", "notify", "accept"} {
		prev = Follow(prev, Entry{Stream: "sitting/1", At: time.Unix(int64(i), 0), Who: "p", What: what, Object: "sitting/1", Version: i + 1, Digest: Digest([]byte(what))})
		chain = append(chain, prev)
	}
	return records{map[string][]Entry{"sitting/1": chain}, []Object{{"sitting/1", 3, Digest([]byte("accept"))}}}
}

func TestVerifyNamesTheDamage(t *testing.T) {
	for _, c := range []struct {
		what   string
		tamper func(*records)
		want   string // part of the first damage, "" for none
	}{
		{"an honest story", func(*records) {}, ""},
		{"a changed entry", func(r *records) { r.streams["sitting/1"][1].Who = "q" }, "sitting/1#2"},
		{"a lost entry", func(r *records) { r.streams["sitting/1"] = slices.Delete(r.streams["sitting/1"], 1, 2) }, "sitting/1#3"},
		{"an entry made anew without its follower", func(r *records) {
			e := r.streams["sitting/1"][0]
			e.Note = "other"
			e.Hash = e.Sum()
			r.streams["sitting/1"][0] = e
		}, "sitting/1#2"},
		{"a changed record", func(r *records) { r.objects[0].Digest = "x" }, "changed without"},
		{"an old record put back", func(r *records) { r.objects[0].Version = 2 }, "version 2"},
		{"a deleted record", func(r *records) { r.objects = nil }, "gone"},
		{"a record from nowhere", func(r *records) { r.objects = append(r.objects, Object{"sitting/2", 1, "x"}) }, "no audit entry"},
	} {
		r := story()
		c.tamper(&r)
		var found []Damage
		if _, err := Verify(context.Background(), r, func(d Damage) { found = append(found, d) }); err != nil {
			t.Fatal(err)
		}
		switch {
		case c.want == "" && len(found) > 0:
			t.Errorf("%s: %v", c.what, found)
		case c.want != "" && (len(found) == 0 || !strings.Contains(found[0].Record+" "+found[0].What, c.want)):
			t.Errorf("%s: want %q first, got %v", c.what, c.want, found)
		}
	}
}
