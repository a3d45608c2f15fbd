//go:build unix

package main

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
)

// servers are a MongoDB and an S3 server of this test's own, which it may stop:
// those that the environment names serve other tests at the same time.
type servers struct {
	*testing.T
	named map[string]string // what deploy/services.sh says of them: KAOPING_TEST_…
}

// ownServers brings servers up until the test ends. They go when the pipe to
// their keeper is closed, even if this process is killed.
func ownServers(t *testing.T) *servers {
	t.Helper()
	needServers(t)
	keeper := exec.Command("../../deploy/services.sh", "run", "--", "sh", "-c", "env; echo; exec cat >/dev/null")
	for _, pair := range os.Environ() {
		name, _, _ := strings.Cut(pair, "=")
		if !strings.HasPrefix(name, envTestPrefix) || name == envTestPrefix+"CACHE" || name == envTestPrefix+"DEBIAN_MIRROR" {
			keeper.Env = append(keeper.Env, pair)
		}
	}
	keeper.Stderr = os.Stderr
	keeper.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // a signal to this test leaves it the time to clear up
	leash, err := keeper.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	said, err := keeper.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := keeper.Start(); err != nil {
		t.Fatal(err)
	}
	s := &servers{t, map[string]string{}}
	t.Cleanup(func() {
		leash.Close()
		io.Copy(io.Discard, said)
		if err := keeper.Wait(); err != nil && !t.Skipped() {
			t.Error("the servers of this test ended badly: ", err)
		}
	})
	for lines := bufio.NewScanner(said); lines.Scan() && lines.Text() != ""; {
		name, value, _ := strings.Cut(lines.Text(), "=")
		s.named[name] = value
	}
	if s.named["KAOPING_TEST_MONGO_URI"] == "" {
		missing(t, "MongoDB and S3 servers of its own, and deploy/services.sh cannot bring them up")
	}
	return s
}

// config is a database and a bucket on these servers.
func (s *servers) config() *config {
	return productionConfig(s.TempDir(), func(name string) string { return s.named[name] })
}

// control does something to a server: stop, kill or start, mongo or s3.
func (s *servers) control(what, server string) {
	s.Helper()
	if out, err := exec.Command(s.named["KAOPING_TEST_SERVICES"]+"/control", what, server).CombinedOutput(); err != nil {
		s.Fatalf("%s %s: %v %s", what, server, err, out)
	}
}
