package minio

import (
	"strings"

	"kaoping/internal/fault"
)

// Limits of a key, in bytes: what every object store and file system takes.
const (
	maxSegment = 200
	maxKey     = 1000
)

// check refuses a key (Invalid) that is not a slash-separated path of
// [A-Za-z0-9._-] segments, each 1 to 200 bytes, none of them "." or "..", 1000
// bytes in all.
func check(op, key string) error {
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

// begins reports whether a key can begin with prefix.
func begins(prefix string) bool { return check("", prefix) == nil || check("", prefix+"k") == nil }

func notInKeys(r rune) bool {
	return !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || r == '.' || r == '_' || r == '-')
}
