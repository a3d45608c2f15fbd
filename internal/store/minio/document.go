package minio

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"io"
	"iter"
	"strings"

	s3 "github.com/minio/minio-go/v7"

	"kaoping/internal/fault"
)

// hashKey is the metadata that carries a document's SHA-256 in hex. It is
// beside the server's own checksum because not every server gives that back.
const hashKey = "Sha256"

func digest(content []byte) string {
	h := sha256.Sum256(content)
	return hex.EncodeToString(h[:])
}

// document is an object as it was read.
type document struct {
	content     []byte
	hash        string // as kept; "" where there is none
	contentType string
}

func (d document) verify(op string) error {
	if d.hash != digest(d.content) {
		return fault.New(fault.Internal, op, "the stored document does not match its hash")
	}
	return nil
}

// Put keeps content under key and returns its SHA-256 in lower-case hex. The
// same bytes again are accepted (the first content type stays); other bytes are
// a Conflict. Invalid: the key or the content type is not one. Unavailable: the
// object store does not answer; the document may be kept all the same, and the
// next Put of it is accepted.
func (s *Store) Put(ctx context.Context, key string, content []byte, contentType string) (sha256hex string, err error) {
	const op = "minio.Put"
	if err := check(op, key); err != nil {
		return "", err
	}
	if contentType == "" || strings.ContainsFunc(contentType, func(r rune) bool { return r < ' ' || r > '~' }) {
		return "", fault.New(fault.Invalid, op, "“%s” is not a content type", contentType)
	}
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	sum := sha256.Sum256(content)
	hash := hex.EncodeToString(sum[:])
	o := s3.PutObjectOptions{
		ContentType:      contentType,
		UserMetadata:     map[string]string{hashKey: hash, s3.ChecksumSHA256.Key(): base64.StdEncoding.EncodeToString(sum[:])},
		DisableMultipart: true, // parts would have no common condition
	}
	o.SetMatchETagExcept("*")
	if s.config.Retain > 0 && strings.HasPrefix(key, s.config.RetainPrefix) {
		o.Mode, o.RetainUntilDate = s3.Compliance, s.now().Add(s.config.Retain)
	}
	for range putTries {
		_, err = s.client.Client.PutObject(ctx, s.config.Bucket, key, bytes.NewReader(content), int64(len(content)), o)
		if code(err) != "ConditionalRequestConflict" {
			break
		}
	}
	if code(err) == "PreconditionFailed" {
		return hash, s.settle(ctx, op, key, hash)
	}
	if err != nil {
		return "", failure(op, key, err)
	}
	return hash, nil
}

// putTries is how often a put is sent again where the server could not decide
// between two writers.
const putTries = 5

// settle answers a Put whose key holds a document already.
func (s *Store) settle(ctx context.Context, op, key, hash string) error {
	stored, err := s.read(ctx, op, key)
	if err != nil {
		return err
	}
	if digest(stored.content) == hash {
		return nil
	}
	if err := stored.verify(op); err != nil {
		return err
	}
	return taken(op, key)
}

// Get returns the document under key and its content type. NotFound: nothing
// is kept there. Internal: the bytes do not match the hash kept with them.
func (s *Store) Get(ctx context.Context, key string) (content []byte, contentType string, err error) {
	const op = "minio.Get"
	stored, err := s.read(ctx, op, key)
	if err == nil {
		err = stored.verify(op)
	}
	if err != nil {
		return nil, "", err
	}
	return stored.content, stored.contentType, nil
}

// Hash computes the SHA-256 of the stored bytes anew, in lower-case hex, so
// that an audit can compare it with its own record; it does not trust the hash
// kept beside them. NotFound: nothing is kept there.
func (s *Store) Hash(ctx context.Context, key string) (string, error) {
	stored, err := s.read(ctx, "minio.Hash", key)
	if err != nil {
		return "", err
	}
	return digest(stored.content), nil
}

func (s *Store) read(ctx context.Context, op, key string) (document, error) {
	if err := check(op, key); err != nil {
		return document{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	body, info, _, err := s.client.GetObject(ctx, s.config.Bucket, key, s3.GetObjectOptions{})
	if err != nil {
		return document{}, failure(op, key, err)
	}
	defer body.Close()
	content, err := io.ReadAll(body)
	if err != nil {
		return document{}, failure(op, key, err)
	}
	return document{content: content, hash: info.UserMetadata[hashKey], contentType: info.ContentType}, nil
}

// Keys yields every key that starts with prefix, in byte order. An error
// (Unavailable) ends the listing.
func (s *Store) Keys(ctx context.Context, prefix string) iter.Seq2[string, error] {
	const op = "minio.Keys"
	return func(yield func(string, error) bool) {
		if !begins(prefix) {
			return
		}
		ctx, cancel := context.WithCancel(ctx) // ends the listing when the caller leaves early
		defer cancel()
		for object := range s.client.ListObjectsIter(ctx, s.config.Bucket, s3.ListObjectsOptions{Prefix: prefix, Recursive: true}) {
			if object.Err != nil {
				yield("", failure(op, prefix, object.Err))
				return
			}
			if !yield(object.Key, nil) {
				return
			}
		}
		if ctx.Err() != nil {
			yield("", failure(op, prefix, ctx.Err()))
		}
	}
}
