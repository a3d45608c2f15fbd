package main

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"kaoping/internal/store/examine"
	"kaoping/internal/vault"
)

// keyring opens the key-encryption keys of central papers: the configured
// ones, or the file data/paper.key of the embedded engines, which is made at
// the first start. With mongo_uri and no key there is none: central papers are
// refused then, everything else goes on.
func (c *config) keyring() (*vault.Keyring, error) {
	text, err := c.paperKeyText(true)
	if err != nil || text == "" {
		return nil, err
	}
	present, err := paperKey(text)
	if err != nil {
		return nil, err
	}
	var old [][]byte
	for _, text := range strings.FieldsFunc(c.PaperKeysOld, func(r rune) bool { return r == ',' || r == ' ' || r == '\n' }) {
		key, err := paperKey(text)
		if err != nil {
			return nil, fmt.Errorf("paper_keys_old: %w", err)
		}
		old = append(old, key)
	}
	return vault.NewKeyring(present, old...)
}

// paperKeyText is the present key as it is written, "" for none.
func (c *config) paperKeyText(create bool) (string, error) {
	switch {
	case c.PaperKey != "":
		return c.PaperKey, nil
	case c.PaperKeyFile != "":
		raw, err := os.ReadFile(c.PaperKeyFile)
		return string(raw), err
	case c.MongoURI != "":
		return "", nil
	case create:
		return keyFile(c.paperKeyPath())
	}
	raw, err := os.ReadFile(c.paperKeyPath())
	return string(raw), err
}

func (c *config) paperKeyPath() string { return filepath.Join(c.Data, "paper.key") }

func paperKey(text string) ([]byte, error) {
	key, err := hex.DecodeString(strings.TrimSpace(text))
	if err != nil || len(key) != vault.KeySize {
		return nil, errors.New("a key for papers must be 64 hex digits")
	}
	return key, nil
}

// papersCommands work on central papers as a whole.
type papersCommands struct {
	Rewrap rewrapCommand `cmd:"" help:"Wrap the keys of all central papers by the present paper_key (rotation); again after being cut short."`
}

type rewrapCommand struct {
	JSON bool `help:"Report as one JSON object."`
}

// rotation is the report of rewrap.
type rotation struct {
	Papers  int    `json:"papers"`  // looked at
	Changed int    `json:"changed"` // of them wrapped anew
	Keys    int    `json:"keys"`    // wrapped anew
	Present int    `json:"present"` // wrapped by the present key now
	Old     int    `json:"old"`     // by an old one that is still configured
	Lost    int    `json:"lost"`    // by one that is not
	Key     string `json:"key_id"`  // of the present key
}

// Run wraps every key that an old key-encryption key wraps by the present one.
func (cmd rewrapCommand) Run(ctx context.Context, c *config) error {
	a, err := open(ctx, c)
	if err != nil {
		return err
	}
	defer a.engines.Close()
	if a.central.Keys == nil {
		return errors.New("no key for papers is configured: set paper_key")
	}
	done, err := a.central.Rewrap(ctx)
	custody, uncounted := a.central.Custody(ctx)
	err = errors.Join(err, uncounted)
	report := rotation{done.Papers, done.Changed, done.Keys, custody.Present, custody.Old, custody.Lost, a.central.Keys.Present()}
	if cmd.JSON {
		return errors.Join(err, json.NewEncoder(os.Stdout).Encode(report))
	}
	fmt.Printf("looked at %d papers; wrapped %d keys of %d papers by the key %s; it wraps %d now, old keys %d, keys that are not configured %d\n",
		done.Papers, done.Keys, done.Changed, report.Key, custody.Present, custody.Old, custody.Lost)
	return err
}

// checkPaperKey looks at the keys of central papers.
func checkPaperKey(c *config) examine.Finding {
	const name, digits = "paper key", "restore the key from its backup: it is 64 hex digits"
	text, err := c.paperKeyText(false)
	path := c.paperKeyPath()
	switch {
	case errors.Is(err, fs.ErrNotExist) && c.PaperKeyFile == "":
		if _, err := os.Stat(c.recordFile()); err == nil {
			return examine.Warn(name, path+" is missing: the next start makes another, and papers that were sealed before cannot be opened", "restore it from its backup, if central papers were set here")
		}
		return examine.OK(name, "no key yet: the first start makes "+path)
	case err != nil:
		return examine.Fail(name, err.Error(), "run this as the user of the service, or correct paper_key_file")
	case text == "":
		return examine.Warn(name, "not set: central papers are refused", "set paper_key or paper_key_file, the same one for every instance")
	}
	if _, err := c.keyring(); err != nil {
		return examine.Fail(name, err.Error(), digits)
	}
	if c.PaperKey != "" || c.PaperKeyFile != "" {
		return examine.OK(name, "given in the settings")
	}
	if info, err := os.Stat(path); runtime.GOOS != "windows" && (err != nil || info.Mode().Perm() != 0o600) {
		return examine.Warn(name, fmt.Sprintf("%s is not for its owner alone", path), "chmod 600 "+path)
	}
	return examine.OK(name, path)
}
