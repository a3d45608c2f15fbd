package room

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// TestModules runs testdata/modules.ts in a browser, from an origin of its own
// because IndexedDB needs one.
func TestModules(t *testing.T) {
	if _, err := exec.LookPath("chromium"); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("this test needs chromium")
		}
		t.Skip("NOT TESTED: install chromium")
	}
	source, err := os.ReadFile("testdata/modules.ts")
	if err != nil {
		t.Fatal(err)
	}
	js, err := bundle("modules.ts", map[string]string{"modules.ts": string(source)})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/":
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			w.Write([]byte(`<!doctype html><script src="/modules.js" defer></script>`))
		case "/modules.js":
			w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
			w.Write(js)
		default:
			http.NotFound(w, r)
		}
	}))
	defer server.Close()

	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	ctx, cancel = chromedp.NewExecAllocator(ctx, append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.NoSandbox, chromedp.DisableGPU, chromedp.Flag("disable-quic", true), chromedp.UserDataDir(t.TempDir()))...)
	defer cancel()
	ctx, cancel = chromedp.NewContext(ctx)
	defer cancel()
	if err := chromedp.Do(ctx, chromedp.Navigate(server.URL)); err != nil {
		t.Fatal(err)
	}
	raw, err := chromedp.Run(ctx, chromedp.Poll[string]("window.report"))
	if err != nil {
		t.Fatal(err)
	}
	var report map[string]string
	if err := json.Unmarshal([]byte(raw), &report); err != nil {
		t.Fatal(err)
	}
	if len(report) == 0 {
		t.Fatal("no test ran in the browser")
	}
	for name, failure := range report {
		t.Run(name, func(t *testing.T) {
			if failure != "" {
				t.Error(failure)
			}
		})
	}
}
