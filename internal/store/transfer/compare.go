package transfer

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"iter"
)

// compare reads the target back, beside the archive, and names the first record
// that differs.
func (a *Archive) compare(ctx context.Context, into Engines, said Progress) error {
	for _, total := range a.Manifest.Totals {
		if err := a.compareKind(ctx, into, total, said); err != nil {
			return fmt.Errorf("the target was read back and is not as the archive: %w; stop every instance, empty the target and import again", err)
		}
	}
	return nil
}

func (a *Archive) compareKind(ctx context.Context, into Engines, total Total, said Progress) error {
	stored := into.Records.Export(ctx, total.Kind, "")
	if total.Kind == Documents {
		stored = walk(ctx, into.Files, "", func(string, []byte) error { return nil })
	}
	next, stop := iter.Pull2(stored)
	defer stop()
	hash, records := sha256.New(), 0
	for _, s := range a.journal.of(total.Kind) {
		list, err := a.folder.records(s)
		if err != nil {
			return err
		}
		for _, want := range list {
			got, err, _ := next()
			if err != nil {
				return err
			}
			line, err := got.Line()
			if err != nil || !got.Equal(want) {
				return differ(total.Kind, got, want)
			}
			hash.Write(line)
			records++
		}
		said("compared", total.Kind, s.Records)
	}
	if got, err, more := next(); err != nil {
		return err
	} else if more {
		return differ(total.Kind, got, Record{})
	}
	if records != total.Records || hex.EncodeToString(hash.Sum(nil)) != total.SHA256 {
		return fmt.Errorf("%s: the hash of the %d records is not the manifest's", total.Kind, records)
	}
	return nil
}

// differ says how two records differ; a Record without a key is none.
func differ(kind Kind, got, want Record) error {
	switch {
	case got.Key == "" || want.Key != "" && got.Key > want.Key:
		return fmt.Errorf("%s/%s is missing", kind, want.Key)
	case want.Key == "" || got.Key < want.Key:
		return fmt.Errorf("%s/%s is none of the archive's", kind, got.Key)
	}
	return fmt.Errorf("%s/%s differs", kind, want.Key)
}
