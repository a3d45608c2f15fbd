//go:build unix

package main

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// exampleHost is the name that the samples in deploy/ use for the service.
const exampleHost = "kaoping.example.gov.cn"

// balancer is an nginx with the sample configuration.
type balancer struct {
	*testing.T
	address string // of its TLS server
	plain   string // of its server without TLS
	trust   *x509.CertPool
}

// sample is a file of deploy/ with its addresses and paths replaced, each of
// which must be in it.
func sample(t *testing.T, name string, replace ...string) string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(root, "deploy", name))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(replace); i += 2 {
		if !bytes.Contains(raw, []byte(replace[i])) {
			t.Fatalf("deploy/%s has no %q", name, replace[i])
		}
	}
	return strings.NewReplacer(replace...).Replace(string(raw))
}

// newBalancer starts nginx before two instances, until the test ends.
func newBalancer(t *testing.T, first, second string) *balancer {
	t.Helper()
	program, err := exec.LookPath("nginx")
	if err != nil {
		if program, err = exec.LookPath("/usr/sbin/nginx"); err != nil {
			missing(t, "nginx (Debian: apt-get install nginx)")
		}
	}
	b := &balancer{T: t, trust: x509.NewCertPool()}
	for _, into := range []*string{&b.address, &b.plain} {
		if *into, err = freeAddress(); err != nil {
			t.Fatal(err)
		}
	}
	dir := t.TempDir()
	b.certificate(dir)
	site := sample(t, "nginx.conf", "10.20.0.11:8080", first, "10.20.0.12:8080", second, "/etc/nginx/tls", dir,
		"listen 80;", "listen "+b.plain+";", "listen 443 ", "listen "+b.address+" ")
	main := fmt.Sprintf("daemon off;\nworker_processes 2;\npid %[1]s/pid;\nerror_log stderr warn;\nevents { worker_connections 2048; }\nhttp {\naccess_log off;\n", dir)
	if os.Geteuid() == 0 {
		main = "user root;\n" + main // workers write into this folder
	}
	for _, kind := range []string{"client_body", "proxy", "fastcgi", "scgi", "uwsgi"} {
		main += fmt.Sprintf("%s_temp_path %s/%s;\n", kind, dir, kind)
	}
	conf := filepath.Join(dir, "nginx.conf")
	if err := os.WriteFile(conf, []byte(main+site+"}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var said bytes.Buffer
	nginx := exec.Command(program, "-p", dir, "-c", conf)
	nginx.Stderr = &said
	if err := nginx.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		nginx.Process.Signal(syscall.SIGTERM)
		nginx.Wait()
		if t.Failed() {
			t.Logf("nginx said:\n%s", last(said.String(), 6))
		}
	})
	for limit := time.Now().Add(patience); ; time.Sleep(10 * time.Millisecond) {
		if conn, err := net.Dial("tcp", b.address); err == nil {
			conn.Close()
			return b
		}
		if time.Now().After(limit) {
			t.Fatalf("nginx does not listen: %s", said.String())
		}
	}
}

func last(text string, lines int) string {
	all := strings.Split(text, "\n")
	return strings.Join(all[max(0, len(all)-lines):], "\n")
}

// certificate makes the balancer's key and certificate, as an authority would.
func (b *balancer) certificate(dir string) {
	b.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		b.Fatal(err)
	}
	now := time.Now()
	form := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: now.Add(-time.Hour), NotAfter: now.Add(time.Hour), DNSNames: []string{exampleHost}, IsCA: true, BasicConstraintsValid: true}
	raw, err := x509.CreateCertificate(rand.Reader, form, form, &key.PublicKey, key)
	if err != nil {
		b.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		b.Fatal(err)
	}
	for name, block := range map[string]*pem.Block{"kaoping.pem": {Type: "CERTIFICATE", Bytes: raw}, "kaoping.key": {Type: "PRIVATE KEY", Bytes: secret}} {
		if err := os.WriteFile(filepath.Join(dir, name), pem.EncodeToMemory(block), 0o600); err != nil {
			b.Fatal(err)
		}
	}
	b.trust.AppendCertsFromPEM(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: raw}))
}

// transport connects to the balancer by the name of the service, over TLS.
func (b *balancer) transport() *http.Transport {
	var dialer net.Dialer
	dial := func(ctx context.Context, network, _ string) (net.Conn, error) {
		return dialer.DialContext(ctx, network, b.address)
	}
	t := &http.Transport{DialContext: dial, TLSClientConfig: &tls.Config{RootCAs: b.trust}, MaxIdleConnsPerHost: 64}
	b.Cleanup(t.CloseIdleConnections)
	return t
}

// scripted is two instances that do what a test says, and count.
type scripted struct {
	asked [2]atomic.Int64
	do    atomic.Pointer[func(w http.ResponseWriter, r *http.Request)]
}

// TestBalancerPassesOn lets the sample configuration of nginx speak for itself
// before instances that answer as they are told.
func TestBalancerPassesOn(t *testing.T) {
	t.Parallel()
	var s scripted
	var addresses []string
	for i := range s.asked {
		instance := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			s.asked[i].Add(1)
			(*s.do.Load())(w, r)
		}))
		t.Cleanup(instance.CloseClientConnections)
		addresses = append(addresses, instance.Listener.Addr().String())
	}
	b := newBalancer(t, addresses[0], addresses[1])
	http11 := &http.Client{Transport: b.transport(), Timeout: patience, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	ask := func(method, path, body string, do func(http.ResponseWriter, *http.Request), header ...string) (r apiReply, asked int64) {
		t.Helper()
		s.do.Store(&do)
		before := s.asked[0].Load() + s.asked[1].Load()
		request, err := http.NewRequest(method, "https://"+exampleHost+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		for i := 0; i < len(header); i += 2 {
			request.Header.Set(header[i], header[i+1])
		}
		response, err := http11.Do(request)
		if err != nil {
			t.Fatal(method, path, err)
		}
		defer response.Body.Close()
		raw, err := io.ReadAll(response.Body)
		if err != nil {
			t.Fatal(method, path, err)
		}
		return apiReply{status: response.StatusCode, header: response.Header, body: string(raw)}, s.asked[0].Load() + s.asked[1].Load() - before
	}

	const answers, doors = "/api/v1/attempts/01J/answers", "/api/v1/room/login"
	busy := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "3")
		http.Error(w, "come again", http.StatusServiceUnavailable)
	}
	hangUp := func(w http.ResponseWriter, _ *http.Request) { panic(http.ErrAbortHandler) }
	for _, c := range []struct {
		why, method, path string
		do                func(http.ResponseWriter, *http.Request)
		status            int
		asked             int64
	}{
		{"back-pressure is the client's", "PUT", answers, busy, 503, 1},
		{"on pages too", "GET", "/sittings", busy, 503, 1},
		{"who comes anew tries both", "POST", doors, busy, 503, 2},
		{"a start too", "POST", "/api/v1/attempts", busy, 503, 2},
		{"a POST may have been carried out", "POST", "/sittings", hangUp, 502, 1},
		{"a hand-in is for the page to repeat", "POST", "/api/v1/attempts/01J/submission", hangUp, 502, 1},
	} {
		r, asked := ask(c.method, c.path, "x", c.do)
		if r.status != c.status || asked != c.asked || r.header.Get("Retry-After") == "" || (c.status == 503) != (r.body == "come again\n") {
			t.Errorf("%s: %s %s: %d after %d tries: %v %s", c.why, c.method, c.path, r.status, asked, r.header, r.body)
		}
	}
	for _, c := range []struct{ method, path string }{{"PUT", answers}, {"GET", "/sittings"}, {"POST", "/login"}} { // one instance dies, the other answers
		var died atomic.Bool
		r, asked := ask(c.method, c.path, "x", func(w http.ResponseWriter, r *http.Request) {
			if !died.Swap(true) {
				hangUp(w, r)
			}
			w.WriteHeader(http.StatusNoContent)
		})
		if r.status != http.StatusNoContent || asked != 2 {
			t.Errorf("%s %s: %d after %d tries", c.method, c.path, r.status, asked)
		}
	}

	var seen *http.Request
	var size int64
	see := func(_ http.ResponseWriter, r *http.Request) {
		seen = r
		size, _ = io.Copy(io.Discard, r.Body)
	}
	ask("GET", "/rules?q=1", "", see, "X-Forwarded-For", "198.51.100.1")
	if seen.Host != exampleHost || seen.Header.Get("X-Forwarded-For") != "127.0.0.1" || seen.URL.RawQuery != "q=1" {
		t.Errorf("an instance is told %s %s %v", seen.Host, seen.URL, seen.Header)
	}
	largest := strings.Repeat("x", 21<<20)
	if r, _ := ask("POST", "/items/import", largest, see); r.status != 200 || size != int64(len(largest)) {
		t.Errorf("the largest upload: %d, %d bytes", r.status, size)
	}
	if r, asked := ask("POST", "/items/import", largest+"x", see); r.status != http.StatusRequestEntityTooLarge || asked != 0 {
		t.Errorf("a larger one: %d, asked %d", r.status, asked)
	}
	if r, asked := ask("GET", "/metrics", "", see); r.status != http.StatusNotFound || asked != 0 {
		t.Errorf("metrics are public: %d, asked %d", r.status, asked)
	}
	redirected := &http.Client{CheckRedirect: http11.CheckRedirect}
	plain, err := redirected.Get("http://" + b.plain + "/verify/1?x=2")
	if err != nil || plain.StatusCode != http.StatusMovedPermanently || plain.Header.Get("Location") != "https://"+exampleHost+"/verify/1?x=2" {
		t.Errorf("without TLS: %v %v", plain, err)
	}
}
