package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"kaoping/internal/store/examine"
	"kaoping/internal/store/files"
	"kaoping/internal/store/minio"
	"kaoping/internal/store/mongo"
	"kaoping/internal/store/sqlite"
)

type doctorCommand struct {
	JSON bool `help:"Report as one JSON object."`
}

// diagnosis is doctor's report.
type diagnosis struct {
	Checks []examine.Finding `json:"checks"`
}

// Free space below which an operator should act, and below which an exam day
// cannot be trusted to fit.
const (
	spaceLow  = 5 << 30
	spaceNone = 500 << 20
)

// rareSample are characters of real names that many fonts lack.
const rareSample = "㻏𬱖䶮"

var errUnwell = errors.New("the service cannot run like this: see the checks that fail")

// Run reports every check and fails when one of them does.
func (cmd doctorCommand) Run(ctx context.Context, c *config) error {
	d := diagnose(ctx, c)
	if err := d.print(os.Stdout, cmd.JSON); err != nil {
		return err
	}
	return d.verdict()
}

// verdict is an error when a check fails.
func (d diagnosis) verdict() error {
	for _, f := range d.Checks {
		if f.State == examine.Failed {
			return errUnwell
		}
	}
	return nil
}

func (d diagnosis) print(w io.Writer, asJSON bool) error {
	if asJSON {
		return json.NewEncoder(w).Encode(d)
	}
	for _, f := range d.Checks {
		line := fmt.Sprintf("%-4s  %s: %s", f.State, f.Name, f.Found)
		if f.Todo != "" {
			line += "; to do: " + f.Todo
		}
		if _, err := fmt.Fprintln(w, strings.ReplaceAll(line, "\n", " ")); err != nil {
			return err
		}
	}
	return nil
}

// diagnose looks at an installation and what it stands on. It has the engines
// examined, since opening makes and migrates, and opens the records only where
// there is nothing to make or migrate.
func diagnose(ctx context.Context, c *config) diagnosis {
	checks := []examine.Finding{checkPublicURL(c), checkProxies(c), checkKey(c), checkPaperKey(c), checkData(c)}
	if c.MongoURI != "" {
		checks = append(checks, mongo.Examine(ctx, c.MongoURI, c.MongoDatabase)...)
	} else {
		checks = append(checks, sqlite.Examine(ctx, c.recordFile())...)
	}
	inside := examineContents(ctx, c, checks)
	checks = append(checks, inside.checks...)
	documents := checkDocuments(ctx, c, inside.document != "")
	checks = append(checks, documents...)
	if inside.document != "" && documents[0].State == examine.Good {
		checks = append(checks, examineDocument(ctx, c, inside.document))
	}
	return diagnosis{append(checks, checkFonts(c), checkListen(ctx, c))}
}

// checkDocuments looks at the engine of the documents; wanted says that there
// must be some.
func checkDocuments(ctx context.Context, c *config, wanted bool) []examine.Finding {
	if c.S3Endpoint == "" {
		return files.Examine(c.documentFolder(), wanted)
	}
	bucket, err := c.bucket()
	if err != nil {
		return []examine.Finding{examine.Fail("documents", err.Error(), "correct s3_retain_days")}
	}
	return minio.Examine(ctx, bucket, wanted)
}

func checkPublicURL(c *config) examine.Finding {
	const name = "public_url"
	address, err := url.Parse(c.PublicURL)
	if err != nil || address.Hostname() == "" || net.ParseIP(address.Hostname()).IsUnspecified() {
		return examine.Fail(name, fmt.Sprintf("“%s” names no host, and it is printed into every QR code", c.PublicURL), "set public_url to where the public reaches this server")
	}
	if c.secure() {
		return examine.OK(name, c.PublicURL)
	}
	if host := address.Hostname(); host == "localhost" || net.ParseIP(host).IsLoopback() {
		return examine.OK(name, c.PublicURL+" (this machine only)")
	}
	return examine.Warn(name, c.PublicURL+" is not protected: neither are the cookies nor what the QR codes lead to", "serve https: set tls_cert and tls_key or put a TLS proxy in front, and set public_url to https://…")
}

// checkProxies looks for a proxy before the service that nobody told it of.
func checkProxies(c *config) examine.Finding {
	const name = "trusted_proxies"
	for _, p := range c.proxies() {
		_, notCIDR := netip.ParsePrefix(p)
		if _, err := netip.ParseAddr(p); err != nil && notCIDR != nil {
			return examine.Fail(name, fmt.Sprintf("“%s” is no address", p), "write addresses and CIDRs such as 10.20.0.10, 10.20.1.0/24")
		}
	}
	switch {
	case c.TrustedProxies != "":
		return examine.OK(name, c.TrustedProxies)
	case c.secure() && c.TLSCert == "":
		return examine.Warn(name, "none, though TLS ends before this server: all clients seem to have the proxy's address", "set it to the addresses that the proxy connects from")
	}
	return examine.OK(name, "none: clients connect by themselves")
}

func checkKey(c *config) examine.Finding {
	const name, digits = "key", "restore the key from its backup: it is 64 hex digits"
	if c.Key != "" {
		if _, err := vaultOf(c.Key); err != nil {
			return examine.Fail(name, "the setting is no key: "+err.Error(), digits)
		}
		return examine.OK(name, "given in the settings")
	}
	if c.MongoURI != "" {
		return examine.Fail(name, "not set", "with mongo_uri set the key: every instance must have the same one")
	}
	path := c.keyPath()
	raw, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		if _, err := os.Stat(c.recordFile()); err == nil {
			return examine.Fail(name, path+" is missing, and without it the ID numbers cannot be read", "do not start the service, it would make another key: "+digits)
		}
		return examine.OK(name, "no key yet: the first start makes "+path)
	}
	if err != nil {
		return examine.Fail(name, err.Error(), "run this as the user of the service")
	}
	if _, err := vaultOf(string(raw)); err != nil {
		return examine.Fail(name, fmt.Sprintf("%s holds no key: %v", path, err), digits)
	}
	if info, err := os.Stat(path); runtime.GOOS != "windows" && (err != nil || info.Mode().Perm() != 0o600) {
		return examine.Warn(name, fmt.Sprintf("%s is not for its owner alone", path), "chmod 600 "+path)
	}
	return examine.OK(name, path)
}

// checkData looks at the data folder or, before the first start, at the
// nearest folder above it, where it would be made.
func checkData(c *config) examine.Finding {
	const name = "data"
	folder, err := filepath.Abs(c.Data)
	wanted := folder
	for err == nil {
		if _, err = os.Stat(folder); !errors.Is(err, fs.ErrNotExist) || folder == filepath.Dir(folder) {
			break
		}
		folder, err = filepath.Dir(folder), nil
	}
	if err == nil {
		err = probe(folder)
	}
	if err != nil {
		return examine.Fail(name, fmt.Sprintf("%s cannot be written: %v", wanted, err), "give the folder to the user of the service, or set data to another one")
	}
	found := wanted
	if folder != wanted {
		found += " (the first start makes it)"
	}
	free, known := freeSpace(folder)
	if !known {
		return examine.OK(name, found+", free space unknown")
	}
	return judgeSpace(found, free)
}

func judgeSpace(found string, free uint64) examine.Finding {
	const name, todo = "data", "make room on this disk: when it is full, writes are refused"
	found = fmt.Sprintf("%s, %.1f GiB free", found, float64(free)/(1<<30))
	switch {
	case free < spaceNone:
		return examine.Fail(name, found, todo)
	case free < spaceLow:
		return examine.Warn(name, found, todo)
	}
	return examine.OK(name, found)
}

// probe makes an empty file and removes it: permissions alone do not tell of a
// disk that is mounted read-only.
func probe(folder string) error {
	f, err := os.CreateTemp(folder, ".kaoping-doctor-")
	if err != nil {
		return err
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}

func checkFonts(c *config) examine.Finding {
	const name = "fonts"
	found, err := fonts(c.Font)()
	if err != nil {
		return examine.Fail(name, err.Error(), "certificates cannot be printed without: run deploy/fonts.sh, or set font to a .ttf file")
	}
	paths := strings.Join(found.Paths(), ", ")
	if missing := found.Missing(rareSample); len(missing) > 0 {
		return examine.Warn(name, fmt.Sprintf("%s; no font has %s", paths, strings.Join(strings.Split(string(missing), ""), " ")), "run deploy/fonts.sh, or add a font with rare characters: a name with one cannot be printed")
	}
	return examine.OK(name, paths)
}

// checkListen only informs: a running service holds its address rightly.
func checkListen(ctx context.Context, c *config) examine.Finding {
	const name = "listen"
	dialer := net.Dialer{Timeout: time.Second}
	if conn, err := dialer.DialContext(ctx, "tcp", c.Listen); err == nil {
		conn.Close()
		return examine.OK(name, c.Listen+" is being served")
	}
	listener, err := net.Listen("tcp", c.Listen)
	if err != nil {
		return examine.Warn(name, err.Error(), "set listen to an address of this machine")
	}
	listener.Close()
	return examine.OK(name, c.Listen+" is free")
}
