package main

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"strings"
	"testing"

	"kaoping/internal/fault"
	"kaoping/internal/store/examine"
	"kaoping/internal/vault"
)

// TestThePaperKeyIsRotatedByTheProgram changes the key, has the program rewrap,
// twice, and throws the old one away.
func TestThePaperKeyIsRotatedByTheProgram(t *testing.T) {
	t.Parallel()
	kaoping := program(t)
	b := newSetters(t, newApp(t))
	b.drafts()
	raw, err := os.ReadFile(b.config.paperKeyPath())
	if err != nil {
		t.Fatal(err)
	}
	if err := b.engines.Close(); err != nil {
		t.Fatal(err)
	}
	old, now := strings.TrimSpace(string(raw)), strings.Repeat("7c", vault.KeySize)
	settings := *b.config
	settings.PaperKey = now
	rewrap := func() (done rotation, err error) {
		command := exec.Command(kaoping, "papers", "rewrap", "--json")
		command.Env = settings.environment()
		out, err := command.Output()
		if err == nil {
			err = json.Unmarshal(out, &done)
		}
		return done, err
	}
	if _, err := rewrap(); err == nil {
		t.Error("keys are wrapped anew without the old key")
	}
	settings.PaperKeysOld = old
	for _, want := range []int{2, 0} { // form A and form B, which are not sealed yet
		if done, err := rewrap(); err != nil || done.Papers != 1 || done.Keys != want || done.Present != 2 || done.Old+done.Lost != 0 || done.Key == "" {
			t.Errorf("%+v %v, want %d keys", done, err, want)
		}
	}
	opens := func(c config) error {
		e, err := openEngines(t.Context(), &c, quiet())
		if err != nil {
			t.Fatal(err)
		}
		defer e.Close()
		a, err := wire(&c, e, b.clock.now, quiet())
		if err != nil {
			t.Fatal(err)
		}
		_, err = a.central.Inspect(t.Context(), b.people[own("setter1")], b.paper, "A")
		return err
	}
	settings.PaperKeysOld = ""
	if err := opens(settings); err != nil {
		t.Errorf("with the new key alone: %v", err)
	}
	settings.PaperKey = old
	if err := opens(settings); !fault.Is(err, fault.Internal) {
		t.Errorf("with the old key alone: %v", err)
	}
	settings.PaperKey = now
	if v := verifiedBy(t, kaoping, settings); len(v.Damaged) > 0 {
		t.Errorf("%+v", v)
	}
}

func TestDoctorLooksAtThePaperKey(t *testing.T) {
	t.Parallel()
	c := testConfig(t.TempDir())
	state := func() examine.State { return checkPaperKey(c).State }
	if state() != examine.Good {
		t.Error("before the first start:", checkPaperKey(c))
	}
	if _, err := c.keyring(); err != nil { // the first start
		t.Fatal(err)
	}
	if info, err := os.Stat(c.paperKeyPath()); err != nil || info.Mode().Perm() != 0o600 || state() != examine.Good {
		t.Errorf("%v %v %v", info, err, checkPaperKey(c))
	}
	if err := os.Chmod(c.paperKeyPath(), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(c.paperKeyPath(), bytes.Repeat([]byte("5a"), vault.KeySize), 0o644); err != nil {
		t.Fatal(err)
	}
	if state() != examine.Warning {
		t.Error("a key for everybody to read:", checkPaperKey(c))
	}
	c.PaperKey = "short"
	if state() != examine.Failed {
		t.Error("no key:", checkPaperKey(c))
	}
	c.PaperKey, c.PaperKeyFile = "", c.Data+"/none"
	if state() != examine.Failed {
		t.Error("a file that is not there:", checkPaperKey(c))
	}
	c.PaperKeyFile, c.MongoURI = "", "mongodb://127.0.0.1:1"
	if state() != examine.Warning {
		t.Error("none with MongoDB:", checkPaperKey(c))
	}
}

// TestTheDemonstrationWantsAPaperKey: without one it would end half-way.
func TestTheDemonstrationWantsAPaperKey(t *testing.T) {
	c := testConfig(t.TempDir())
	e, err := openEngines(t.Context(), c, quiet())
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	e.keys = nil // as on MongoDB without the setting
	if _, err := seedDemo(t.Context(), c, e, quiet()); err == nil || !strings.Contains(err.Error(), "set paper_key") {
		t.Errorf("a demonstration without paper_key: %v", err)
	}
	if accounts, err := e.store.Accounts(t.Context()); err != nil || len(accounts) > 0 {
		t.Errorf("%d accounts are left behind, %v", len(accounts), err)
	}
}
