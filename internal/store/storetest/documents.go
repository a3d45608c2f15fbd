// Package storetest is the one contract suite that every storage engine passes.
//
// Purpose: an engine's own test opens a fresh, empty store and hands it over;
// what the suite asks is what the domain relies on, no more.
//
// Invariants: nothing here knows which engine it is testing, and nothing sleeps.
//
// It refuses nothing itself; it fails the test.
package storetest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"iter"
	"slices"
	"strings"
	"sync"
	"testing"

	"kaoping/internal/fault"
)

// DocumentStore keeps documents (certificates, photos, exports) under keys and
// never changes one.
type DocumentStore interface {
	// Put keeps content under key and returns its SHA-256 in lower-case hex.
	// The same bytes again are accepted; other bytes are a Conflict.
	Put(ctx context.Context, key string, content []byte, contentType string) (sha256hex string, err error)
	// Get returns what Put kept, or NotFound.
	Get(ctx context.Context, key string) (content []byte, contentType string, err error)
	// Hash computes the SHA-256 anew from the stored bytes, or NotFound.
	Hash(ctx context.Context, key string) (sha256hex string, err error)
	// Keys yields every key that starts with prefix, in byte order.
	Keys(ctx context.Context, prefix string) iter.Seq2[string, error]
}

// Documents checks that an engine is a DocumentStore. open returns a fresh,
// empty store for each call.
func Documents(t *testing.T, open func(t *testing.T) DocumentStore) {
	t.Run("a document comes back as it was put", func(t *testing.T) { roundTrip(t, open(t)) })
	t.Run("a document is never overwritten", func(t *testing.T) { neverOverwritten(t, open(t)) })
	t.Run("one of many writers wins", func(t *testing.T) { oneWriterWins(t, open(t)) })
	t.Run("equal writers all succeed", func(t *testing.T) { equalWriters(t, open(t)) })
	t.Run("keys are listed by prefix in byte order", func(t *testing.T) { listed(t, open(t)) })
	t.Run("bad keys are refused", func(t *testing.T) { badKeys(t, open(t)) })
	t.Run("an ended context is obeyed", func(t *testing.T) { endedContext(t, open(t)) })
}

func sum(content []byte) string {
	h := sha256.Sum256(content)
	return hex.EncodeToString(h[:])
}

func roundTrip(t *testing.T, s DocumentStore) {
	ctx := t.Context()
	for key, content := range map[string][]byte{
		"certificates/2026/S000041000012263000187.pdf": []byte("%PDF-1.7\n…\n%%EOF\n"),
		"empty":                             {},
		"binary":                            {0, '\n', 0xff, '\n', '\r', '\n'},
		"large/" + strings.Repeat("k", 200): bytes.Repeat([]byte("0123456789abcdef"), 1<<16),
	} {
		hash, err := s.Put(ctx, key, content, "application/pdf")
		if err != nil || hash != sum(content) {
			t.Fatalf("Put %s: %q, %v; want the hash of the bytes", key, hash, err)
		}
		got, contentType, err := s.Get(ctx, key)
		if err != nil || !bytes.Equal(got, content) || contentType != "application/pdf" {
			t.Errorf("Get %s: %d bytes, %q, %v", key, len(got), contentType, err)
		}
		if hash, err := s.Hash(ctx, key); err != nil || hash != sum(content) {
			t.Errorf("Hash %s: %q, %v", key, hash, err)
		}
	}
	if _, _, err := s.Get(ctx, "certificates/none.pdf"); !fault.Is(err, fault.NotFound) {
		t.Errorf("Get of nothing: %v, want not_found", err)
	}
	if _, err := s.Hash(ctx, "certificates/none.pdf"); !fault.Is(err, fault.NotFound) {
		t.Errorf("Hash of nothing: %v, want not_found", err)
	}
	if _, _, err := s.Get(ctx, "certificates/2026"); !fault.Is(err, fault.NotFound) {
		t.Errorf("Get of a folder: %v, want not_found", err)
	}
}

func neverOverwritten(t *testing.T, s DocumentStore) {
	ctx, key, first := t.Context(), "reports/may.xlsx", []byte("first")
	if _, err := s.Put(ctx, key, first, "text/plain"); err != nil {
		t.Fatal(err)
	}
	if hash, err := s.Put(ctx, key, first, "text/plain"); err != nil || hash != sum(first) {
		t.Errorf("the same bytes again: %q, %v; want them accepted", hash, err)
	}
	for _, other := range []string{"second", "", "firs", "first\n"} {
		if _, err := s.Put(ctx, key, []byte(other), "text/plain"); !fault.Is(err, fault.Conflict) {
			t.Errorf("other bytes %q: %v, want a conflict", other, err)
		}
	}
	if got, _, err := s.Get(ctx, key); err != nil || !bytes.Equal(got, first) {
		t.Errorf("after the conflicts: %q, %v; want the first bytes", got, err)
	}
}

// race starts 32 writers of one key at once and returns what each was told.
func race(t *testing.T, s DocumentStore, content func(writer int) []byte) (errs [32]error) {
	var start, done sync.WaitGroup
	start.Add(1)
	for i := range errs {
		done.Go(func() {
			start.Wait()
			_, errs[i] = s.Put(t.Context(), "race/one.pdf", content(i), "application/pdf")
		})
	}
	start.Done()
	done.Wait()
	return errs
}

func oneWriterWins(t *testing.T, s DocumentStore) {
	content := func(writer int) []byte { return fmt.Appendf(nil, "writer %d", writer) }
	winner := -1
	for i, err := range race(t, s, content) {
		switch {
		case err == nil && winner < 0:
			winner = i
		case err == nil:
			t.Errorf("writers %d and %d were both told that they won", winner, i)
		case !fault.Is(err, fault.Conflict):
			t.Errorf("writer %d: %v, want a conflict", i, err)
		}
	}
	if winner < 0 {
		t.Fatal("no writer won")
	}
	if got, _, err := s.Get(t.Context(), "race/one.pdf"); err != nil || !bytes.Equal(got, content(winner)) {
		t.Errorf("stored %q, %v; want what writer %d put", got, err, winner)
	}
}

func equalWriters(t *testing.T, s DocumentStore) {
	for i, err := range race(t, s, func(int) []byte { return []byte("the same") }) {
		if err != nil {
			t.Errorf("writer %d: %v", i, err)
		}
	}
}

func listed(t *testing.T, s DocumentStore) {
	ctx := t.Context()
	// The order is of the whole key: "-" and "." sort before "/".
	all := []string{"a-b", "a.b", "a/b/c", "a/b0", "a/c", "ab", "b", "photos/1.jpg"}
	for _, key := range slices.Backward(all) {
		if _, err := s.Put(ctx, key, []byte(key), "text/plain"); err != nil {
			t.Fatal(err)
		}
	}
	for prefix, want := range map[string][]string{
		"":       all,
		"a":      {"a-b", "a.b", "a/b/c", "a/b0", "a/c", "ab"},
		"a/":     {"a/b/c", "a/b0", "a/c"},
		"a/b":    {"a/b/c", "a/b0"},
		"a/b/":   {"a/b/c"},
		"a/b/c":  {"a/b/c"},
		"a/b/cc": nil,
		"../":    nil,
	} {
		var got []string
		for key, err := range s.Keys(ctx, prefix) {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, key)
		}
		if !slices.Equal(got, want) {
			t.Errorf("Keys %q: %q, want %q", prefix, got, want)
		}
	}
	for key := range s.Keys(ctx, "") {
		if key != all[0] {
			t.Errorf("a listing that is left early went on to %s", key)
		}
		break
	}
}

func badKeys(t *testing.T, s DocumentStore) {
	ctx := t.Context()
	for _, key := range []string{
		"", "/", "/a", "a/", "a//b", ".", "..", "../a", "a/../b", "a/./b", "a\\b", "a b", "证书.pdf", "a\x00b", "a\nb",
		strings.Repeat("k", 201), strings.Repeat("long/", 250) + "k",
	} {
		if _, err := s.Put(ctx, key, []byte("x"), "text/plain"); !fault.Is(err, fault.Invalid) {
			t.Errorf("Put %q: %v, want it invalid", key, err)
		}
		if _, _, err := s.Get(ctx, key); !fault.Is(err, fault.Invalid) {
			t.Errorf("Get %q: %v, want it invalid", key, err)
		}
		if _, err := s.Hash(ctx, key); !fault.Is(err, fault.Invalid) {
			t.Errorf("Hash %q: %v, want it invalid", key, err)
		}
	}
	if _, err := s.Put(ctx, "a", []byte("x"), "text/plain\nx"); !fault.Is(err, fault.Invalid) {
		t.Errorf("a content type of two lines: %v, want it invalid", err)
	}
}

func endedContext(t *testing.T, s DocumentStore) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Put(ctx, "a", []byte("x"), "text/plain"); !fault.Is(err, fault.Unavailable) {
		t.Errorf("Put: %v, want unavailable", err)
	}
	if _, _, err := s.Get(t.Context(), "a"); !fault.Is(err, fault.NotFound) {
		t.Errorf("Get after the refused Put: %v, want not_found", err)
	}
	for _, err := range s.Keys(ctx, "") {
		if !fault.Is(err, fault.Unavailable) {
			t.Errorf("Keys: %v, want unavailable", err)
		}
	}
}
