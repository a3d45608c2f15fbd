package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"slices"
	"strings"
	"testing"

	"kaoping/certify"
	"kaoping/internal/audit"
	"kaoping/internal/store/transfer"
)

// many is an installation in which every sitting, with all that belongs to it,
// is there many times over, each under its own ids and in an audit chain of its
// own. Body, people and items are shared, as they are in a real one.
type many struct {
	transfer.Records
	files  transfer.Files
	times  int
	copied []string // what is another one in each copy: ids, tickets, numbers
}

// multiply finds what belongs to the sittings of an installation.
func multiply(t *testing.T, e transfer.Engines, times int) transfer.Engines {
	t.Helper()
	m := &many{Records: e.Records, files: e.Files, times: times}
	for _, kind := range []transfer.Kind{"sittings", "enrolments", "certificates"} {
		for r, err := range e.Records.Export(t.Context(), kind, "") {
			if err != nil {
				t.Fatal(err)
			}
			var fields struct{ Ticket string }
			if err := json.Unmarshal([]byte(r.Doc), &fields); err != nil {
				t.Fatal(err)
			}
			m.copied = append(m.copied, r.Key)
			if fields.Ticket != "" {
				m.copied = append(m.copied, fields.Ticket)
			}
		}
	}
	return transfer.Engines{Records: m, Files: m}
}

// names maps what is copied to its name in copy k. Copy 0 is the original.
func (m *many) names(k int) *strings.Replacer {
	var pairs []string
	if k > 0 {
		for _, name := range m.copied {
			pairs = append(pairs, name, fmt.Sprintf("%s-%03d", name, k))
		}
	}
	return strings.NewReplacer(pairs...)
}

// Export copies what a kind has of the sittings.
func (m *many) Export(ctx context.Context, kind transfer.Kind, after string) iter.Seq2[transfer.Record, error] {
	return func(yield func(transfer.Record, error) bool) {
		all, err := m.all(ctx, kind)
		if err != nil {
			yield(transfer.Record{}, err)
			return
		}
		for _, r := range all {
			if r.Key > after && !yield(r, nil) {
				return
			}
		}
	}
}

func (m *many) all(ctx context.Context, kind transfer.Kind) (all []transfer.Record, err error) {
	var originals []transfer.Record
	for r, err := range m.Records.Export(ctx, kind, "") {
		if err != nil {
			return nil, err
		}
		if kind == "mixes" {
			if r.Doc, err = m.counted(r.Doc); err != nil {
				return nil, err
			}
		}
		originals = append(originals, r)
	}
	for k := range m.times {
		names := m.names(k)
		var docs map[string]transfer.Record
		if kind == transfer.Audit {
			if docs, err = m.docs(ctx, names); err != nil {
				return nil, err
			}
		}
		var last audit.Entry
		for _, r := range originals {
			r.Key, r.Doc = names.Replace(r.Key), names.Replace(r.Doc)
			if kind == transfer.Audit {
				if last, err = rechain(&r, last, docs); err != nil {
					return nil, err
				}
			}
			if r.Job != nil {
				job := *r.Job
				job.Key = names.Replace(job.Key)
				r.Job = &job
			}
			all = append(all, r)
		}
	}
	slices.SortStableFunc(all, func(a, b transfer.Record) int { return cmp.Compare(a.Key, b.Key) })
	return slices.CompactFunc(all, func(a, b transfer.Record) bool { return a.Key == b.Key }), nil // what is shared
}

// docs is every aggregate of a copy, by the name that entries have for it.
func (m *many) docs(ctx context.Context, names *strings.Replacer) (map[string]transfer.Record, error) {
	docs := map[string]transfer.Record{}
	for kind, object := range map[transfer.Kind]string{"sittings": "sitting/", "enrolments": "enrolment/", "attempts": "attempt/", "certificates": "certificate/"} {
		for r, err := range m.Records.Export(ctx, kind, "") {
			if err != nil {
				return nil, err
			}
			docs[object+names.Replace(r.Key)] = transfer.Record{Version: r.Version, Doc: names.Replace(r.Doc)}
		}
	}
	for r, err := range m.Records.Export(ctx, "mixes", "") {
		if err != nil {
			return nil, err
		}
		doc, err := m.counted(r.Doc)
		if err != nil {
			return nil, err
		}
		docs["mix/"+r.Key] = transfer.Record{Version: r.Version, Doc: doc}
	}
	return docs, nil
}

// counted is a mix that counts the certificates of all copies: they are of one
// city and year.
func (m *many) counted(doc string) (string, error) {
	var mix certify.Mix
	if err := json.Unmarshal([]byte(doc), &mix); err != nil {
		return "", err
	}
	for i := range mix.Cells {
		cell := &mix.Cells[i]
		cell.N, cell.Skilled, cell.High = cell.N*m.times, cell.Skilled*m.times, cell.High*m.times
	}
	raw, err := json.Marshal(mix)
	return string(raw), err
}

// rechain gives an entry its place and the digest of what it speaks of.
func rechain(r *transfer.Record, last audit.Entry, docs map[string]transfer.Record) (e audit.Entry, err error) {
	if err := json.Unmarshal([]byte(r.Doc), &e); err != nil {
		return e, err
	}
	if doc, is := docs[e.Object]; is && doc.Version == e.Version {
		e.Digest = audit.Digest([]byte(doc.Doc))
	}
	if last.Stream != e.Stream {
		last = audit.Entry{}
	}
	e = audit.Follow(last, e)
	line, err := json.Marshal(e)
	r.Doc = string(line)
	return e, err
}

// Keys lists the documents of all copies.
func (m *many) Keys(ctx context.Context, _ string) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		var keys []string
		for key, err := range m.files.Keys(ctx, "") {
			if err != nil {
				yield("", err)
				return
			}
			for k := range m.times {
				keys = append(keys, m.names(k).Replace(key))
			}
		}
		slices.Sort(keys)
		for _, key := range slices.Compact(keys) {
			if !yield(key, nil) {
				return
			}
		}
	}
}

// Get reads the original of a copy.
func (m *many) Get(ctx context.Context, key string) ([]byte, string, error) {
	for k := range m.times {
		suffix := fmt.Sprintf("-%03d", k)
		if k > 0 && strings.Contains(key, suffix) {
			key = strings.ReplaceAll(key, suffix, "")
		}
	}
	content, kind, err := m.files.Get(ctx, key)
	return bytes.Clone(content), kind, err
}

// Put is no part of an export.
func (m *many) Put(context.Context, string, []byte, string) (string, error) {
	panic("a multiplied installation is read only")
}
