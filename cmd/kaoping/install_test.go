//go:build unix

package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// stubs stand for the commands that would change this machine, or that it need
// not have. systemctl starts and stops what the unit says, as it says.
var stubs = map[string]string{
	"make": "", "useradd": "", "apt-get": "", "nginx": "", "mongodump": "", "mc": "", "sh": "",
	"runuser": `shift 3; exec "$@"`,
	"install": `for a; do shift; case $a in -o | -g) skip=1 ;; *) if [ -n "${skip:-}" ]; then skip=; else set -- "$@" "$a"; fi ;; esac; done; exec /usr/bin/install "$@"`,
	"systemctl": `unit=$ROOT/etc/systemd/system/kaoping.service
case $* in
*reload*) exit ;;
restart*) kill -TERM "$(cat "$ROOT/pid")"; while kill -0 "$(cat "$ROOT/pid")" 2>/dev/null; do sleep 0.1; done ;;
esac
set -a; . "$(sed -n s/^EnvironmentFile=//p "$unit")"; set +a
$(sed -n s/^ExecStart=//p "$unit") >"$ROOT/log" 2>&1 &
echo $! >"$ROOT/pid"`,
}

// TestFirstInstallation follows docs/operations.md, command by command, to one
// running instance with the samples of deploy/.
func TestFirstInstallation(t *testing.T) {
	needServers(t)
	for _, tool := range []string{"openssl", "curl"} {
		if _, err := exec.LookPath(tool); err != nil {
			missing(t, tool)
		}
	}
	address, err := freeAddress()
	if err != nil {
		t.Fatal(err)
	}
	dir, own := t.TempDir(), productionConfig(t.TempDir(), os.Getenv)
	t.Setenv("ROOT", dir)
	t.Setenv("PATH", filepath.Join(dir, "stubs")+":"+os.Getenv("PATH"))
	for _, folder := range []string{"stubs", "bin", "deploy", "usr/local/bin", "etc/systemd/system", "etc/nginx/conf.d", "var/lib"} {
		if err := os.MkdirAll(filepath.Join(dir, folder), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	put := func(name, text string, mode os.FileMode) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), mode); err != nil {
			t.Fatal(err)
		}
	}
	for name, script := range stubs {
		put("stubs/"+name, "#!/bin/sh\n"+script+"\n", 0o755)
	}
	if err := os.Symlink(program(t), filepath.Join(dir, "bin/kaoping")); err != nil {
		t.Fatal(err)
	}
	put("deploy/kaoping.yaml", sample(t, "kaoping.yaml", "/etc/", dir+"/etc/", "/var/", dir+"/var/", "0.0.0.0:8080", address, "https://s3.example.gov.cn", own.S3Endpoint,
		"mongo_database: kaoping", "mongo_database: "+own.MongoDatabase, "s3_bucket: kaoping", "s3_bucket: "+own.S3Bucket), 0o644)
	put("deploy/kaoping.service", sample(t, "kaoping.service", "/etc/", dir+"/etc/", "/usr/local/", dir+"/usr/local/"), 0o644)
	put("deploy/nginx.conf", sample(t, "nginx.conf"), 0o644)

	raw, err := os.ReadFile(filepath.Join(root, "docs/operations.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(raw), "\n## A first production installation\n")
	section, _, _ = strings.Cut(section, "\n## ")
	script := "set -eux\nBACKUP_URI=none\n"
	for _, block := range regexp.MustCompile("(?s)\n( *)```sh\n(.*?)```").FindAllStringSubmatch(section, -1) {
		script += strings.ReplaceAll("\n"+block[2], "\n"+block[1], "\n")
	}
	uri := regexp.MustCompile(`'mongodb://[^']*'`)
	if !uri.MatchString(script) {
		t.Fatal("the section names no MongoDB")
	}
	script = uri.ReplaceAllString(script, "'"+own.MongoURI+"'")
	script = strings.NewReplacer("'ACCESS'", "'"+own.S3AccessKey+"'", "'SECRET'", "'"+own.S3SecretKey+"'", "https://kaoping.example.gov.cn", "http://"+address, "127.0.0.1:8080", address,
		" /etc/", " "+dir+"/etc/", ">/etc/", ">"+dir+"/etc/", "/usr/local/bin", dir+"/usr/local/bin", "/var/lib", dir+"/var/lib").Replace(script)
	run := exec.Command("/bin/sh", "-c", script)
	run.Dir = dir
	t.Cleanup(func() { stopByPid(t, filepath.Join(dir, "pid")) })
	said, err := run.CombinedOutput()
	log, _ := os.ReadFile(filepath.Join(dir, "log"))
	if err != nil {
		t.Fatalf("%v\n%s\nthe service said:\n%s", err, said, log)
	}
	for _, want := range []string{"login     admin1\n", "ready\n", "ok    trusted_proxies", "ok    public_url: https://", "ok    paper key", "ok    records", "ok    documents"} {
		if !strings.Contains(string(said), want) {
			t.Errorf("%q is missing", want)
		}
	}
	if strings.Contains(string(said), "\nfail ") || strings.Count(string(said), "\nready\n") < 2 || t.Failed() {
		t.Errorf("%s", said)
	}
	for name, mode := range map[string]os.FileMode{"secrets.env": 0o600, "paper.key": 0o600} {
		if info, err := os.Stat(filepath.Join(dir, "etc/kaoping", name)); err != nil || info.Mode().Perm() != mode {
			t.Errorf("%s: %v %v", name, info.Mode(), err)
		}
	}
}

// TestSampleUnit has systemd read the unit, and compares its patience with that of the sample settings.
func TestSampleUnit(t *testing.T) {
	t.Parallel()
	unit, settings := filepath.Join(t.TempDir(), "kaoping.service"), filepath.Join(root, "deploy/kaoping.yaml")
	text := sample(t, "kaoping.service", "/usr/local/bin/kaoping", "/bin/true")
	if err := os.WriteFile(unit, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	c, err := loadConfig(settings, []string{"KAOPING_MONGO_URI=mongodb://db/"})
	if err != nil {
		t.Fatal(err)
	}
	drain, err := c.drain()
	if err != nil {
		t.Fatal(err)
	}
	stop, err := time.ParseDuration(regexp.MustCompile(`(?m)^TimeoutStopSec=(.*)$`).FindStringSubmatch(text)[1])
	if err != nil || stop < drain+30*time.Second {
		t.Errorf("systemd kills after %s, %v; the service may take %s", stop, err, drain+30*time.Second)
	}
	idle := regexp.MustCompile(`keepalive_timeout (.*);`).FindAllStringSubmatch(sample(t, "nginx.conf"), -1)
	for _, each := range idle {
		if idle, err := time.ParseDuration(each[1]); err != nil || idle >= drain {
			t.Errorf("the balancer keeps idle connections for %s, %v; an instance leaves after %s", idle, err, drain)
		}
	}
	if len(idle) != 2 {
		t.Errorf("%d upstreams", len(idle))
	}
	if _, err := exec.LookPath("systemd-analyze"); err != nil {
		missing(t, "systemd-analyze (Debian: apt-get install systemd)")
	}
	if said, err := exec.Command("systemd-analyze", "verify", "--man=no", unit).CombinedOutput(); err != nil || len(said) > 0 {
		t.Errorf("%v %s", err, said)
	}
}

// stopByPid kills the process that a file names, if it still runs.
func stopByPid(t *testing.T, file string) {
	raw, err := os.ReadFile(file)
	if errors.Is(err, os.ErrNotExist) {
		return
	}
	if out, err := exec.Command("/bin/sh", "-c", "kill -KILL "+strings.TrimSpace(string(raw))).CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, out)
	}
}
