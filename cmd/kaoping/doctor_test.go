package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"kaoping/certify/document"
	"kaoping/internal/store/examine"
)

// states are the checks of an installation by name; each must say what to do
// exactly when it is not ok.
func states(t *testing.T, c *config) map[string]examine.Finding {
	t.Helper()
	found := map[string]examine.Finding{}
	d := diagnose(context.Background(), c)
	failed := slices.ContainsFunc(d.Checks, func(f examine.Finding) bool { return f.State == examine.Failed })
	if err := d.verdict(); errors.Is(err, errUnwell) != failed {
		t.Errorf("verdict %v of %+v", err, d.Checks)
	}
	for _, f := range d.Checks {
		if f.Found == "" || (f.Todo == "") != (f.State == examine.Good) {
			t.Errorf("%+v", f)
		}
		if _, twice := found[f.Name]; twice {
			t.Errorf("%s is reported twice", f.Name)
		}
		found[f.Name] = f
	}
	return found
}

func wantState(t *testing.T, found map[string]examine.Finding, name string, want examine.State, says string) {
	t.Helper()
	if f := found[name]; f.State != want || !strings.Contains(f.Found+f.Todo, says) {
		t.Errorf("%s: %+v, want %s and %q", name, f, want, says)
	}
}

// sound fails the test for each check that fails or is missing.
func sound(t *testing.T, c *config, names ...string) map[string]examine.Finding {
	t.Helper()
	found := states(t, c)
	for _, name := range names {
		if f := found[name]; f.State != examine.Good {
			t.Errorf("%s is not ok: %+v", name, f)
		}
	}
	for _, f := range found {
		if f.State == examine.Failed && (f.Name != "fonts" || haveFonts()) {
			t.Errorf("a healthy installation: %+v", f)
		}
	}
	return found
}

func haveFonts() bool {
	_, err := document.FindFonts(os.Getenv("KAOPING_FONT"))
	return err == nil
}

// everything is all that lies in a folder, by path and content.
func everything(t *testing.T, folder string) string {
	t.Helper()
	var all strings.Builder
	err := filepath.WalkDir(folder, func(path string, d os.DirEntry, err error) error {
		all.WriteString(path + "\n")
		if err == nil && !d.IsDir() {
			var raw []byte
			raw, err = os.ReadFile(path)
			all.Write(raw)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all.String()
}

func TestDoctorOfAHealthyInstallation(t *testing.T) {
	t.Parallel()
	story := newApp(t)
	if err := os.Chmod(story.config.keyPath(), 0o600); err != nil { // the copy for this test is wider
		t.Fatal(err)
	}
	names := []string{"public_url", "key", "records", "durability", "integrity", "migrations", "documents"}
	found := sound(t, story.config, names...) // while the service runs
	wantState(t, found, "durability", examine.Good, "WAL, synchronous FULL")
	if err := story.engines.Close(); err != nil {
		t.Fatal(err)
	}
	before := everything(t, story.config.Data)
	sound(t, story.config, names...)
	if everything(t, story.config.Data) != before {
		t.Error("doctor changed the data folder")
	}
	if haveFonts() {
		if err := (doctorCommand{}).Run(t.Context(), story.config); err != nil {
			t.Error(err)
		}
	}
}

func TestDoctorMakesNoInstallation(t *testing.T) {
	t.Parallel()
	parent := t.TempDir()
	found := sound(t, testConfig(filepath.Join(parent, "deep", "data")), "key", "records", "documents")
	wantState(t, found, "records", examine.Good, "no installation here yet: the first start makes")
	if left, _ := os.ReadDir(parent); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestDoctorNamesWhatIsWrong(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	write := func(name, content string, mode os.FileMode) func(*config) {
		return func(c *config) {
			if err := os.WriteFile(filepath.Join(c.Data, name), []byte(content), mode); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, c := range []struct {
		what string
		do   func(*config)
		name string
		want examine.State
		says string
	}{
		{"data below a file", func(c *config) { c.Data = filepath.Join(file, "data") }, "data", examine.Failed, "cannot be written"},
		{"data is a file", func(c *config) { c.Data = file }, "data", examine.Failed, "cannot be written"},
		{"a short key", func(c *config) { c.Key = "abcd" }, "key", examine.Failed, "must be 32 bytes, it has 2"},
		{"a short key file", write("key", "abcd", 0o600), "key", examine.Failed, "64 hex digits"},
		{"a key file for everybody", write("key", strings.Repeat("5a", 32), 0o644), "key", examine.Warning, "chmod 600"},
		{"records without their key", write("kaoping.db", "", 0o600), "key", examine.Failed, "do not start"},
		{"a first start cut short", write("kaoping.db", "", 0o600), "migrations", examine.Warning, "0 of"},
		{"no data file", write("kaoping.db", strings.Repeat("no data file", 999), 0o600), "records", examine.Failed, "not a database"},
		{"no font folder", func(c *config) { c.Font = filepath.Join(dir, "none") }, "fonts", examine.Failed, "holds no usable font"},
		{"plain http", func(c *config) { c.PublicURL = "http://exam.example" }, "public_url", examine.Warning, "https"},
		{"https", func(c *config) { c.PublicURL = "https://exam.example" }, "public_url", examine.Good, ""},
		{"a proxy that is not trusted", func(c *config) { c.PublicURL = "https://exam.example" }, "trusted_proxies", examine.Warning, "the proxy's address"},
		{"TLS of its own", func(c *config) { c.PublicURL, c.TLSCert = "https://exam.example", "cert.pem" }, "trusted_proxies", examine.Good, "none"},
		{"trusted proxies", func(c *config) { c.TrustedProxies = "10.0.0.1, 10.1.0.0/24" }, "trusted_proxies", examine.Good, "10.1.0.0/24"},
		{"a proxy by name", func(c *config) { c.TrustedProxies = "10.0.0.1,balancer" }, "trusted_proxies", examine.Failed, "“balancer”"},
		{"every interface", func(c *config) { c.PublicURL = "http://0.0.0.0:8080" }, "public_url", examine.Failed, "no host"},
		{"no host", func(c *config) { c.PublicURL = "http://:8080" }, "public_url", examine.Failed, "no host"},
		{"MongoDB without a key", func(c *config) { c.MongoURI = "none" }, "key", examine.Failed, "every instance"},
		{"no MongoDB address", func(c *config) { c.MongoURI = "none" }, "records", examine.Failed, "does not answer"},
		{"no days", func(c *config) { c.S3Endpoint, c.S3RetainDays = "127.0.0.1:1", "ten" }, "documents", examine.Failed, "number of days"},
		{"no such address", func(c *config) { c.Listen = "192.0.2.1:0" }, "listen", examine.Warning, "address"},
	} {
		t.Run(c.what, func(t *testing.T) {
			config := testConfig(t.TempDir())
			config.Listen = "127.0.0.1:0"
			c.do(config)
			wantState(t, states(t, config), c.name, c.want, c.says)
		})
	}
}

func TestDoctorJudgesFreeSpace(t *testing.T) {
	t.Parallel()
	for free, want := range map[uint64]examine.State{499 << 20: examine.Failed, 500 << 20: examine.Warning, 5<<30 - 1: examine.Warning, 5 << 30: examine.Good} {
		if f := judgeSpace("/data", free); f.State != want {
			t.Errorf("%d: %+v, want %s", free, f, want)
		}
	}
}

func TestDoctorReportsOneLineOrOneObject(t *testing.T) {
	t.Parallel()
	d := diagnosis{[]examine.Finding{examine.OK("a", "fine"), examine.Fail("b", "two\nlines", "mend it")}}
	var text, object bytes.Buffer
	if err := errors.Join(d.print(&text, false), d.print(&object, true)); err != nil {
		t.Fatal(err)
	}
	if want := "ok    a: fine\nfail  b: two lines; to do: mend it\n"; text.String() != want {
		t.Errorf("%q, want %q", text.String(), want)
	}
	var back map[string][]map[string]string
	if err := json.Unmarshal(object.Bytes(), &back); err != nil || len(back["checks"]) != 2 || back["checks"][1]["todo"] != "mend it" || back["checks"][0]["state"] != "ok" {
		t.Errorf("%s %v", object.String(), err)
	}
}

func TestDoctorOfTheProductionEngines(t *testing.T) {
	t.Parallel()
	story := newProductionApp(t)
	story.config.S3RetainDays = "1"
	found := sound(t, story.config, "key", "records", "durability", "migrations", "clock", "documents", "retention")
	wantState(t, found, "migrations", examine.Good, "their indexes are there")

	fresh := *story.config
	fresh.MongoDatabase += "_fresh"
	fresh.S3Bucket += "-fresh"
	for range 2 { // the first look must not make what the second would find
		found := sound(t, &fresh, "durability")
		wantState(t, found, "migrations", examine.Good, "no installation here yet")
		wantState(t, found, "documents", examine.Good, "the first start makes it")
	}

	fresh.MongoURI, fresh.S3SecretKey = "mongodb://127.0.0.1:1/?serverSelectionTimeoutMS=200", "wrong"
	found = states(t, &fresh)
	wantState(t, found, "records", examine.Failed, "does not answer")
	wantState(t, found, "documents", examine.Failed, "cannot be reached")
}

func TestDoctorFindsADamagedPage(t *testing.T) {
	t.Parallel()
	story := newApp(t)
	if err := story.engines.Close(); err != nil {
		t.Fatal(err)
	}
	file := story.config.recordFile()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	copy(raw[len(raw)/2:], bytes.Repeat([]byte{0xa5}, 16<<10))
	if err := os.WriteFile(file, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	wantState(t, states(t, story.config), "integrity", examine.Failed, "restore a backup")
}
