package transfer

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"runtime"
)

// Format counts up whenever a release keeps something in an archive, or in the
// JSON of a record, that the release before would lose.
const Format = 1

// The files of an archive, beside the segments in records/ and the documents.
const (
	journalFile    = "journal"
	manifestFile   = "manifest.json"
	segmentFolder  = "records"
	documentFolder = "documents"
)

// Head says what an archive is of. It is the journal's first line.
type Head struct {
	Format     int      `json:"format"`
	Name       string   `json:"name"`       // random
	Migrations []string `json:"migrations"` // of the engine it was read from
	Check      string   `json:"check"`      // the name, sealed with the installation's key
	State      string   `json:"state"`      // of the records when the export began
}

// Total is what an archive has of one kind. SHA256 is of all its lines in
// order, so it is the same however the records were cut into segments.
type Total struct {
	Kind    Kind   `json:"kind"`
	Records int    `json:"records"`
	SHA256  string `json:"sha256"`
}

// Manifest is written when everything else of an archive is on the disk.
type Manifest struct {
	Head
	Totals  []Total `json:"totals"`
	Hash    string  `json:"hash"`    // SHA-256 of the totals: equal installations have equal ones
	Journal string  `json:"journal"` // SHA-256 of the journal
}

// Records counts the records, without documents; Documents counts those.
func (m Manifest) Records() (n int) {
	for _, t := range m.Totals {
		if t.Kind != Documents {
			n += t.Records
		}
	}
	return n
}

// Documents counts the documents.
func (m Manifest) Documents() (n int) {
	for _, t := range m.Totals {
		if t.Kind == Documents {
			n += t.Records
		}
	}
	return n
}

// hashTotals is Manifest.Hash.
func hashTotals(totals []Total) string {
	var all []byte
	for _, t := range totals {
		all = fmt.Appendf(all, "%s %d %s\n", t.Kind, t.Records, t.SHA256)
	}
	return sum(all)
}

// folder is an archive's folder. Its paths cannot leave it.
type folder struct{ root *os.Root }

func makeFolder(dir string) (folder, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return folder{}, err
	}
	f, err := openFolder(dir)
	if err == nil {
		err = f.root.MkdirAll(segmentFolder, 0o700)
	}
	if err == nil {
		err = errors.Join(f.sync("."), syncFolder(filepath.Dir(filepath.Clean(dir))))
	}
	return f, err
}

func openFolder(dir string) (folder, error) {
	root, err := os.OpenRoot(dir)
	return folder{root}, err
}

// read reads a file (fs.ErrNotExist).
func (f folder) read(name string) ([]byte, error) { return f.root.ReadFile(name) }

// write makes a file, or makes it anew, and syncs it. Its folder is not synced.
func (f folder) write(name string, content []byte) error {
	file, err := f.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(content)
	if err == nil {
		err = file.Sync()
	}
	return errors.Join(err, file.Close())
}

// sync makes the names in a folder durable.
func (f folder) sync(name string) error {
	file, err := f.root.Open(name)
	if err != nil {
		return err
	}
	return syncAndClose(file)
}

func syncFolder(dir string) error {
	file, err := os.Open(dir)
	if err != nil {
		return err
	}
	return syncAndClose(file)
}

func syncAndClose(file *os.File) error {
	if runtime.GOOS == "windows" { // folders cannot be synced there
		return file.Close()
	}
	return errors.Join(file.Sync(), file.Close())
}

// writeManifest ends an export: the manifest appears whole or not at all.
func (f folder) writeManifest(m Manifest) error {
	raw, err := json.MarshalIndent(m, "", "\t")
	if err != nil {
		return err
	}
	temporary := manifestFile + ".part"
	if err := f.write(temporary, append(raw, '\n')); err != nil {
		return err
	}
	return errors.Join(f.root.Rename(temporary, manifestFile), f.sync("."))
}

// readManifest reads the manifest and its own SHA-256.
func (f folder) readManifest() (m Manifest, hash string, err error) {
	raw, err := f.read(manifestFile)
	if errors.Is(err, fs.ErrNotExist) {
		return m, "", errors.New("the archive has no manifest: its export is not finished, run it again")
	}
	if err == nil {
		err = json.Unmarshal(raw, &m)
	}
	if err != nil {
		return m, "", fmt.Errorf("%s: %w", manifestFile, err)
	}
	if m.Format > Format {
		return m, "", fmt.Errorf("the archive is of a newer release (format %d, this release knows %d): import it with that release", m.Format, Format)
	}
	if m.Hash != hashTotals(m.Totals) {
		return m, "", fmt.Errorf("%s was changed: its hash is not that of its totals", manifestFile)
	}
	return m, sum(raw), nil
}

// document is the name of a document's file.
func document(key string) string { return path.Join(documentFolder, key) }
