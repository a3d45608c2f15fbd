package transfer

import (
	"context"
	"fmt"
	"iter"
	"path"
	"sync"
)

// documentsAtOnce is how many documents are on their way at a time.
const documentsAtOnce = 16

// walk yields the records of all documents after a key, in the order of the
// listing, once keep has what it wants of each.
func walk(ctx context.Context, files Files, after string, keep func(key string, content []byte) error) iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		page := make([]Record, 0, documentsAtOnce)
		flush := func() bool {
			err := together(page, func(r *Record) error {
				content, kind, err := files.Get(ctx, r.Key)
				if err != nil {
					return err
				}
				r.Document = &Document{Type: kind, Size: len(content), SHA256: sum(content)}
				return keep(r.Key, content)
			})
			if err != nil {
				yield(Record{}, err)
				return false
			}
			for _, r := range page {
				if !yield(r, nil) {
					return false
				}
			}
			page = page[:0]
			return true
		}
		for key, err := range files.Keys(ctx, "") {
			if err != nil {
				yield(Record{}, err)
				return
			}
			if key <= after {
				continue
			}
			if page = append(page, Record{Key: key}); len(page) == documentsAtOnce && !flush() {
				return
			}
		}
		flush()
	}
}

// together does something with every record at once and returns the first
// failure in their order.
func together(list []Record, do func(*Record) error) error {
	errs := make([]error, len(list))
	var group sync.WaitGroup
	for i := range list {
		group.Go(func() { errs[i] = do(&list[i]) })
	}
	group.Wait()
	for i, err := range errs {
		if err != nil {
			return fmt.Errorf("%s: %w", list[i].Key, err)
		}
	}
	return nil
}

// keep writes a document into the archive.
func (f folder) keep(key string, content []byte) error {
	name := document(key)
	if err := f.root.MkdirAll(path.Dir(name), 0o700); err != nil {
		return err
	}
	if err := f.write(name, content); err != nil {
		return err
	}
	for name != "." { // any folder above may be as new as the document
		name = path.Dir(name)
		if err := f.sync(name); err != nil {
			return err
		}
	}
	return nil
}

// put stores the documents of a segment, each checked before.
func (f folder) put(ctx context.Context, files Files, list []Record) error {
	for len(list) > 0 {
		n := min(documentsAtOnce, len(list))
		err := together(list[:n], func(r *Record) error {
			content, err := f.read(document(r.Key))
			if err != nil {
				return err
			}
			if r.Document == nil || sum(content) != r.Document.SHA256 {
				return fmt.Errorf("the document in the archive is not as it was written: its SHA-256 differs")
			}
			_, err = files.Put(ctx, r.Key, content, r.Document.Type)
			return err
		})
		if err != nil {
			return err
		}
		list = list[n:]
	}
	return nil
}
