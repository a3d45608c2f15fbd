package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"kaoping/internal/store/transfer"
)

// Each export and import is killed so often at random moments before it may finish.
const moveKills = 3

// TestMoveThereAndBack moves the demonstration, a hundred times over, from the
// embedded engines to the production ones and back, as an operator does it,
// with SIGKILL in the middle. It must be the same installation, to the byte.
func TestMoveThereAndBack(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("takes a minute")
	}
	needServers(t)
	m := &mover{T: t, random: rand.New(rand.NewPCG(testSeed(t), 0)), program: program(t), dir: t.TempDir()}
	seed := m.demonstrations(100)

	embedded := m.embedded("embedded")
	m.cut("import", seed, embedded)
	first := m.move("export", m.path("first"), embedded)
	if first.Records < 10_000 || first.Documents < 500 {
		t.Errorf("%d records and %d documents are not a hundred demonstrations", first.Records, first.Documents)
	}

	production := productionConfig(m.path("production"), os.Getenv)
	m.cut("import", m.path("first"), production)
	m.cut("export", m.path("second"), production)

	back := m.embedded("back")
	m.cut("import", m.path("second"), back)
	m.cut("export", m.path("third"), back)

	for _, folder := range []string{seed, m.path("second"), m.path("third")} {
		if got := m.manifest(folder); got.Hash != first.Hash {
			t.Errorf("%s has %+v, the first had %+v", filepath.Base(folder), got.Totals, first.Totals)
		}
	}
	for _, c := range []config{*embedded, *production, *back} {
		v := verifiedBy(t, m.program, c)
		if len(v.Damaged) > 0 || v.Documents != first.Documents {
			t.Errorf("verify: %+v", v)
		}
	}
	m.refusals(first, embedded)
}

// mover runs the real program.
type mover struct {
	*testing.T
	random  *rand.Rand
	program string
	dir     string
	key     string
}

func (m *mover) path(name string) string { return filepath.Join(m.dir, name) }

// demonstrations plays the demonstration once and writes an archive that has it
// so many times.
func (m *mover) demonstrations(times int) (folder string) {
	m.Helper()
	a := newApp(m.T)
	for _, play := range []func(context.Context, time.Time) error{a.finished, a.waiting, a.runningNow} {
		if err := play(context.Background(), testNow); err != nil {
			m.Fatal(err)
		}
	}
	key, err := os.ReadFile(a.config.keyPath())
	if err != nil {
		m.Fatal(err)
	}
	m.key = strings.TrimSpace(string(key))
	from, err := a.engines.movable()
	if err != nil {
		m.Fatal(err)
	}
	folder = m.path("demonstrations")
	seal := func(name string) string { return a.engines.vault.Seal(keyCheck, name) }
	if _, err := transfer.Export(m.Context(), folder, multiply(m.T, from, times), seal, func(string, transfer.Kind, int) {}); err != nil {
		m.Fatal(err)
	}
	return folder
}

// embedded is the settings of an installation on SQLite and a folder.
func (m *mover) embedded(name string) *config {
	c := defaults()
	c.Data, c.Key = m.path(name), m.key
	return c
}

func (m *mover) command(c *config, args ...string) *exec.Cmd {
	settings := *c
	settings.Key = m.key
	cmd := exec.Command(m.program, args...)
	cmd.Env = settings.environment()
	return cmd
}

// move runs a command to its end.
func (m *mover) move(command, folder string, c *config) (r moved) {
	m.Helper()
	var said bytes.Buffer
	cmd := m.command(c, command, "--json", folder)
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil || json.Unmarshal(out, &r) != nil {
		m.Fatalf("%s %s: %v %s %s", command, filepath.Base(folder), err, out, said.String())
	}
	m.Logf("%s of %s: %d records and %d documents in %.1f s", command, filepath.Base(folder), r.Records, r.Documents, r.Seconds)
	return r
}

// cut runs a command that is killed again and again before it may finish. How
// long that would take is measured on the way: each kill comes later.
func (m *mover) cut(command, folder string, c *config) {
	m.Helper()
	wait := time.Duration(100+m.random.IntN(100)) * time.Millisecond
	for range moveKills {
		cmd := m.command(c, command, folder)
		if err := cmd.Start(); err != nil {
			m.Fatal(err)
		}
		ended := make(chan error, 1)
		go func() { ended <- cmd.Wait() }()
		select {
		case err := <-ended:
			if err != nil {
				m.Fatalf("%s %s: %v", command, filepath.Base(folder), err)
			}
			m.Logf("%s of %s finished within %s", command, filepath.Base(folder), wait)
			return
		case <-time.After(wait): // the moment of the kill is left to the wall clock
			cmd.Process.Kill()
			<-ended
		}
		if command == "import" {
			m.halfDone(c)
		}
		wait += time.Duration(m.random.IntN(600)) * time.Millisecond
	}
	m.move(command, folder, c)
}

// halfDone wants everything but the import to be refused.
func (m *mover) halfDone(c *config) {
	m.Helper()
	for _, command := range []string{"verify", "serve"} {
		out, err := m.command(c, command).CombinedOutput()
		if command == "verify" && err == nil {
			return // killed before it began
		}
		if err == nil || !bytes.Contains(out, []byte("half done")) {
			m.Errorf("%s of a half-done import: %v %s", command, err, out)
		}
	}
}

func (m *mover) manifest(folder string) (r transfer.Manifest) {
	m.Helper()
	raw, err := os.ReadFile(filepath.Join(folder, "manifest.json"))
	if err == nil {
		err = json.Unmarshal(raw, &r)
	}
	if err != nil {
		m.Fatal(err)
	}
	return r
}

// refusals damages copies of an archive, and imports it where it does not belong.
func (m *mover) refusals(first moved, full *config) {
	refused := func(what, folder string, c *config, words ...string) {
		m.Helper()
		out, err := m.command(c, "import", folder).CombinedOutput()
		for _, word := range words {
			if err == nil || !strings.Contains(string(out), word) {
				m.Errorf("%s: %v %s, want it refused with %q", what, err, out, word)
			}
		}
	}
	refused("a full target", m.path("first"), full, "not empty", "accounts/")
	other := m.embedded("other")
	right := m.key
	m.key = strings.Repeat("ab", 32)
	refused("another key", m.path("first"), other, "not that of the old installation")
	m.key = ""
	refused("no key", m.path("first"), other, "copy its file to")
	m.key = right
	if _, err := os.Stat(other.Data); err == nil {
		m.Error("a refused import made a data folder")
	}
	if out, err := m.command(other, "export", m.path("nothing")).CombinedOutput(); err == nil || !strings.Contains(string(out), "no installation") {
		m.Errorf("an export of nothing: %v %s", err, out)
	}
	for _, d := range m.damages() {
		folder := m.path("damaged")
		m.link(m.path("first"), folder)
		words := d.damage(folder)
		refused(d.what, folder, m.embedded(fmt.Sprint("into ", d.what)), words...)
		if err := os.RemoveAll(folder); err != nil {
			m.Fatal(err)
		}
	}
}

// link makes a copy of an archive whose files are those of the original.
func (m *mover) link(from, to string) {
	m.Helper()
	err := filepath.WalkDir(from, func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := filepath.Join(to, strings.TrimPrefix(path, from))
		if d.IsDir() {
			return os.MkdirAll(name, 0o700)
		}
		return os.Link(path, name)
	})
	if err != nil {
		m.Fatal(err)
	}
}

// damage changes an archive and returns what its refusal must name.
type damage struct {
	what   string
	damage func(folder string) []string
}

func (m *mover) damages() []damage {
	change := func(path string, do func([]byte) []byte) {
		raw, err := os.ReadFile(path)
		if err == nil {
			err = errors.Join(os.Remove(path), os.WriteFile(path, do(raw), 0o600)) // not the original that it is a link to
		}
		if err != nil {
			m.Fatal(err)
		}
	}
	flip := func(raw []byte) []byte { raw[m.random.IntN(len(raw))] ^= 1 << m.random.IntN(8); return raw }
	segment := filepath.Join("records", "enrolments-000002.ndjson.gz")
	return []damage{
		{"a flipped byte", func(folder string) []string {
			change(filepath.Join(folder, segment), flip)
			return []string{"enrolments-000002", "SHA-256"}
		}},
		{"a missing segment", func(folder string) []string {
			os.Remove(filepath.Join(folder, segment))
			return []string{"enrolments-000002"}
		}},
		{"a truncated line of the journal", func(folder string) []string {
			change(filepath.Join(folder, "journal"), func(raw []byte) []byte { return raw[:len(raw)-1-m.random.IntN(40)] })
			return []string{"last line of the journal is cut off"}
		}},
		{"a line cut out of the journal", func(folder string) []string {
			change(filepath.Join(folder, "journal"), func(raw []byte) []byte {
				lines := bytes.SplitAfter(raw, []byte("\n"))
				return bytes.Join(append(lines[:3:3], lines[4:]...), nil)
			})
			return []string{"journal", "a line is missing"}
		}},
		{"a garbled line of the journal", func(folder string) []string {
			change(filepath.Join(folder, "journal"), func(raw []byte) []byte { return bytes.Replace(raw, []byte(`{"kind":`), []byte(`{"kind"`), 1) })
			return []string{"line 2 of the journal"}
		}},
		{"no manifest", func(folder string) []string {
			os.Remove(filepath.Join(folder, "manifest.json"))
			return []string{"export is not finished"}
		}},
	}
}
