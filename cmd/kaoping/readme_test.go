package main

import (
	"bufio"
	"context"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

const root = "../.."

// readmeCommands are the commands of a README's sh blocks, without comments.
func readmeCommands(t *testing.T, name string) []string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(root, name))
	if err != nil {
		t.Fatal(err)
	}
	var commands []string
	for _, block := range regexp.MustCompile("(?s)```sh\n(.*?)```").FindAllStringSubmatch(string(raw), -1) {
		for line := range strings.Lines(block[1]) {
			line, _, _ = strings.Cut(line, "#")
			if line = strings.TrimSpace(line); line != "" {
				commands = append(commands, line)
			}
		}
	}
	return commands
}

// TestReadmeCommandsWork runs what the READMEs tell a newcomer to run, from the
// repository's root, but for make test, which runs this.
func TestReadmeCommandsWork(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("runs make: not in -short")
	}
	commands := readmeCommands(t, "README.md")
	if other := readmeCommands(t, "README.zh-CN.md"); !slices.Equal(commands, other) {
		t.Fatalf("the READMEs differ:\n%q\n%q", commands, other)
	}
	if !slices.Contains(commands, "make run") || !slices.Contains(commands, "make test") {
		t.Fatalf("the READMEs do not say how to run and test: %q", commands)
	}
	data := t.TempDir()
	for _, command := range commands {
		switch command {
		case "make test":
		case "make run":
			makeRun(t, data)
		default:
			run(t, data, command)
		}
	}
}

// environment is this one without the settings of an outer run.
func environment(extra ...string) []string {
	kept := slices.DeleteFunc(os.Environ(), func(pair string) bool {
		return strings.HasPrefix(pair, "KAOPING_") && !strings.HasPrefix(pair, "KAOPING_TEST_") && !strings.HasPrefix(pair, "KAOPING_FONT=") || strings.HasPrefix(pair, "MAKEFLAGS=")
	})
	return append(kept, extra...)
}

func run(t *testing.T, data, command string) {
	t.Helper()
	cmd := exec.Command("sh", "-c", command)
	cmd.Dir, cmd.Env = root, environment("KAOPING_DATA="+data)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%s: %v\n%s", command, err, out)
	}
}

// makeRun starts make run twice on one data folder, as the READMEs promise that
// the data is kept, and opens the address that it ends with.
func makeRun(t *testing.T, data string) {
	t.Helper()
	address, err := freeAddress()
	if err != nil {
		t.Fatal(err)
	}
	var first string
	for range 2 {
		said := makeRunOnce(t, data, address)
		if ticket := regexp.MustCompile(`ticket \d+`).FindString(said); first == "" {
			first = ticket
		} else if ticket != first {
			t.Errorf("a second run shows %q, the first %q", ticket, first)
		}
	}
	if first == "" {
		t.Error("no ticket is printed")
	}
}

func makeRunOnce(t *testing.T, data, address string) (said string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "make", "run")
	cmd.Dir, cmd.Env = root, environment("KAOPING_DATA="+data, "KAOPING_LISTEN="+address)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM)
		cmd.Wait()
	}()
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		said += lines.Text() + "\n"
		if url, ok := strings.CutPrefix(lines.Text(), "Open "); ok {
			response, err := http.Get(url)
			if err != nil {
				t.Fatal(err)
			}
			response.Body.Close()
			if response.StatusCode != http.StatusOK {
				t.Errorf("%s: %s", url, response.Status)
			}
			return said
		}
	}
	t.Fatalf("make run ended without an address:\n%s", said)
	return said
}
