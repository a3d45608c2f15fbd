package files

import (
	"context"
	"io/fs"
	"iter"
	"path"
	"slices"
	"strings"

	"kaoping/internal/fault"
)

// Limits of a key, in bytes: what every file system and object store takes.
const (
	maxSegment = 200
	maxKey     = 1000
)

// check refuses an ended context (Unavailable) and a key (Invalid) that is not
// a slash-separated path of [A-Za-z0-9._-] segments, each 1 to 200 bytes, none
// of them "." or "..", 1000 bytes in all.
func check(ctx context.Context, op, key string) error {
	if ctx.Err() != nil {
		return ended(op, ctx)
	}
	bad := len(key) > maxKey
	for segment := range strings.SplitSeq(key, "/") {
		bad = bad || segment == "" || segment == "." || segment == ".." || len(segment) > maxSegment ||
			strings.ContainsFunc(segment, notInKeys)
	}
	if bad {
		return fault.New(fault.Invalid, op, "“%s” is not a document key: use letters, digits, “.”, “_”, “-” between slashes, at most %d bytes each", key, maxSegment)
	}
	return nil
}

func notInKeys(r rune) bool {
	return !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || r == '.' || r == '_' || r == '-')
}

func ended(op string, ctx context.Context) error {
	return fault.New(fault.Unavailable, op, "the work was stopped before it finished").Because(context.Cause(ctx))
}

// Keys yields every key that starts with prefix, in byte order, as an object
// store lists them. An error (Unavailable) ends the listing.
func (s *Store) Keys(ctx context.Context, prefix string) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) { s.list(ctx, "", prefix, yield) }
}

// list walks the folder named by dir ("" or ending in a slash) and reports
// whether the caller wants more.
func (s *Store) list(ctx context.Context, dir, prefix string, yield func(string, error) bool) bool {
	const op = "files.Keys"
	if ctx.Err() != nil {
		yield("", ended(op, ctx))
		return false
	}
	entries, err := fs.ReadDir(s.root.FS(), path.Join(kept, dir))
	if err != nil {
		yield("", unavailable(op, err))
		return false
	}
	names := make([]string, len(entries))
	for i, entry := range entries {
		names[i] = dir + entry.Name()
		if entry.IsDir() {
			names[i] += "/" // part of the order: "a-b" comes before "a/b"
		}
	}
	slices.Sort(names)
	for _, name := range names {
		switch folder := strings.HasSuffix(name, "/"); {
		case folder && (strings.HasPrefix(name, prefix) || strings.HasPrefix(prefix, name)):
			if !s.list(ctx, name, prefix, yield) {
				return false
			}
		case !folder && strings.HasPrefix(name, prefix):
			if !yield(name, nil) {
				return false
			}
		}
	}
	return true
}
