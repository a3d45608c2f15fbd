// Package files keeps documents (certificates, photos, exports) in a plain
// folder: the embedded default where no object store is configured.
//
// Purpose: what Put acknowledged survives a killed process and a power cut,
// and is never changed afterwards.
//
// Invariants: a document is one file, written under another name, synced, and
// only then linked to its key, so a key holds a whole document or nothing; link
// fails where a file is already, so of many writers one wins; every folder on
// the way is synced before Put answers. The hash lives inside the same file
// (see seal), so there is no second write that a crash could separate from it.
//
// It refuses keys that are not plain paths (Invalid), other bytes under a key
// that is taken (Conflict), and to hand out a document whose bytes no longer
// match its hash (Internal). Two keys of which one is a folder of the other
// cannot both be kept (Conflict).
package files

import (
	"context"
	"crypto/rand"
	"errors"
	"io/fs"
	"os"
	"path"
	"strings"
	"syscall"
	"time"

	"kaoping/internal/fault"
)

// The two folders of a store. Their being apart keeps unfinished files out of
// every listing and leaves keys free to use any name.
const (
	kept     = "documents"
	incoming = "incoming"
)

// leftoverAge is how old an unfinished file must be before Open removes it: a
// second process (kaoping verify) must not take away what the server is writing.
const leftoverAge = time.Hour

// Store is a folder of documents. It is safe for concurrent use, also by
// several processes.
type Store struct {
	root *os.Root // paths cannot leave it, not even through a planted symlink
}

// Open opens the store in dir and creates it where it is missing (mode 0700).
// Files that a crash left unfinished are removed. Unavailable: the folder
// cannot be made or written.
func Open(dir string) (*Store, error) {
	const op = "files.Open"
	if err := makeFolder(dir); err != nil {
		return nil, unavailable(op, err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, unavailable(op, err)
	}
	s := &Store{root: root}
	for _, folder := range []string{kept, incoming} {
		if err := root.Mkdir(folder, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
			return nil, unavailable(op, err)
		}
	}
	if err := errors.Join(s.removeLeftovers(), s.sync(".")); err != nil {
		return nil, unavailable(op, err)
	}
	return s, nil
}

func (s *Store) removeLeftovers() error {
	entries, err := fs.ReadDir(s.root.FS(), incoming)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		info, err := entry.Info()
		if err == nil && time.Since(info.ModTime()) > leftoverAge {
			err = s.root.Remove(path.Join(incoming, entry.Name()))
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) { // another process was faster
			return err
		}
	}
	return nil
}

// Put keeps content under key and returns its SHA-256 in lower-case hex; when
// it returns, the document is on the disk. The same bytes again are accepted
// (the first content type stays); other bytes are a Conflict. Invalid: the key
// or the content type is not one. Unavailable: the disk refuses, nothing is kept.
func (s *Store) Put(ctx context.Context, key string, content []byte, contentType string) (sha256hex string, err error) {
	const op = "files.Put"
	if err := check(ctx, op, key); err != nil {
		return "", err
	}
	if contentType == "" || strings.ContainsFunc(contentType, func(r rune) bool { return r < ' ' || r > '~' }) {
		return "", fault.New(fault.Invalid, op, "“%s” is not a content type", contentType)
	}
	hash := digest(content)
	if stored, err := s.read(op, key); err == nil {
		return s.settle(op, key, stored, hash)
	} else if !fault.Is(err, fault.NotFound) {
		return "", err
	}

	temporary := path.Join(incoming, rand.Text())
	defer func() { _ = s.root.Remove(temporary) }() // gone already or swept by the next Open
	if err := s.write(temporary, seal(content, hash, contentType)); err != nil {
		return "", unavailable(op, err)
	}
	name := path.Join(kept, key)
	err = s.root.MkdirAll(path.Dir(name), 0o700)
	if errors.Is(err, syscall.ENOTDIR) || errors.Is(err, fs.ErrExist) {
		return "", taken(op, key)
	}
	if err == nil {
		err = s.root.Link(temporary, name)
	}
	if errors.Is(err, fs.ErrExist) { // somebody was faster, or the key is a folder
		stored, err := s.read(op, key)
		if fault.Is(err, fault.NotFound) {
			return "", taken(op, key)
		} else if err != nil {
			return "", err
		}
		return s.settle(op, key, stored, hash)
	}
	if err == nil {
		err = s.syncUp(name)
	}
	if err != nil {
		return "", unavailable(op, err)
	}
	return hash, nil
}

// settle answers a Put whose key holds a document already.
func (s *Store) settle(op, key string, stored document, hash string) (string, error) {
	if digest(stored.content) != hash {
		if err := stored.verify(op); err != nil {
			return "", err
		}
		return "", taken(op, key)
	}
	// The other writer may not have synced yet, and this answer is a promise too.
	if err := s.syncUp(path.Join(kept, key)); err != nil {
		return "", unavailable(op, err)
	}
	return hash, nil
}

// Get returns the document under key and its content type. NotFound: nothing
// is kept there. Internal: the bytes do not match the hash kept with them.
func (s *Store) Get(ctx context.Context, key string) (content []byte, contentType string, err error) {
	const op = "files.Get"
	if err := check(ctx, op, key); err != nil {
		return nil, "", err
	}
	stored, err := s.read(op, key)
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
	const op = "files.Hash"
	if err := check(ctx, op, key); err != nil {
		return "", err
	}
	stored, err := s.read(op, key)
	if err != nil {
		return "", err
	}
	return digest(stored.content), nil
}

func (s *Store) read(op, key string) (document, error) {
	name := path.Join(kept, key)
	info, err := s.root.Stat(name)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) || err == nil && info.IsDir() {
		return document{}, fault.New(fault.NotFound, op, "no document is kept under “%s”", key)
	}
	var raw []byte
	if err == nil {
		raw, err = s.root.ReadFile(name)
	}
	if err != nil {
		return document{}, unavailable(op, err)
	}
	return unseal(raw), nil
}

func taken(op, key string) error {
	return fault.New(fault.Conflict, op, "another document is kept under “%s”, and documents are never overwritten", key)
}

func unavailable(op string, err error) error {
	return fault.New(fault.Unavailable, op, "the document folder cannot be used: is the disk full, read-only, or without hard links").Because(err)
}
