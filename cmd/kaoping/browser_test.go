package main

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// patience is how long a page may take for one thing: long, because the machine may have much else to do.
const patience = time.Minute

// chrome is a headless browser.
type chrome struct {
	t   *testing.T
	ctx context.Context
}

// startChrome starts a browser with an empty profile. Without a Chromium the
// test is skipped, except in CI.
func startChrome(t *testing.T) *chrome {
	t.Helper()
	if testing.Short() {
		t.Skip("needs a browser: not in -short")
	}
	program := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
		if path, err := exec.LookPath(name); err == nil {
			program = path
			break
		}
	}
	if program == "" {
		missing(t, "a Chromium (Debian: apt-get install chromium)")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(program), chromedp.UserDataDir(t.TempDir()),
		chromedp.NoSandbox, chromedp.DisableGPU, chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("accept-lang", "zh-CN,zh"), chromedp.Flag("hide-scrollbars", true))
	ctx, stop := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(stop)
	ctx, _ = chromedp.NewContext(ctx)
	t.Cleanup(func() { chromedp.Cancel(ctx) }) // waits for the browser, which writes into its profile until then
	if err := chromedp.Do(ctx); err != nil {
		t.Fatal("start the browser:", err)
	}
	return &chrome{t, ctx}
}

// missing skips a test that lacks a tool; in CI that is a failure.
func missing(t *testing.T, what string) {
	t.Helper()
	if os.Getenv("CI") != "" {
		t.Fatalf("this test needs %s", what)
	}
	t.Skipf("NOT TESTED: install %s", what)
}

// window is one browser window with its own cookies, as on its own computer.
type window struct {
	t      *testing.T
	who    string
	server string
	ctx    context.Context
	mu     sync.Mutex
	broken []string // exceptions in scripts, and what the content policy kept out
}

// window opens a window on a server. It agrees to leaving a page when asked,
// and fails the test in the end when a script of a page failed.
func (c *chrome) window(who, server string) *window {
	c.t.Helper()
	ctx, end := chromedp.NewContext(c.ctx, chromedp.WithNewBrowserContext())
	w := &window{t: c.t, who: who, server: server, ctx: ctx}
	c.t.Cleanup(func() {
		end()
		w.mu.Lock()
		defer w.mu.Unlock()
		if len(w.broken) > 0 {
			c.t.Errorf("%s: the page's script failed: %s", who, strings.Join(w.broken, "\n"))
		}
	})
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(1280, 800)); err != nil {
		c.t.Fatal("open a window:", err)
	}
	messages, dialogs := chromedp.Console(ctx), chromedp.Events(ctx, page.JavascriptDialogOpening)
	go func() {
		for m, err := range messages {
			if err == nil && (m.IsException() || m.Source == "security") {
				w.mu.Lock()
				w.broken = append(w.broken, m.String())
				w.mu.Unlock()
			}
		}
	}()
	go func() {
		for _, err := range dialogs {
			if err == nil {
				chromedp.Call(ctx, page.HandleJavaScriptDialog, page.HandleJavaScriptDialogParams{Accept: true})
			}
		}
	}()
	return w
}

// within runs f with a time limit and fails the test with what the page shows.
func (w *window) within(what string, f func(ctx context.Context) error) {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.ctx, patience)
	err := f(ctx)
	cancel()
	if err == nil {
		return
	}
	ctx, cancel = context.WithTimeout(w.ctx, patience)
	defer cancel()
	address, _ := chromedp.Run(ctx, chromedp.Location())
	shown, _ := chromedp.Run(ctx, chromedp.Evaluate[string](`document.body.innerText.slice(0, 1500)`))
	w.t.Fatalf("%s: %s: %v\nat %s the page shows:\n%s", w.who, what, err, address, shown)
}

// open goes to a path and returns the status of the answer.
func (w *window) open(path string) (status int) {
	w.t.Helper()
	return w.leads("open "+path, chromedp.Navigate(w.server+path))
}

// press clicks what leads to another page, and returns the status of the answer.
func (w *window) press(selector string) (status int) {
	w.t.Helper()
	return w.leads("press "+selector, chromedp.Click(chromedp.CSS(selector)))
}

// reload loads the page again.
func (w *window) reload() {
	w.t.Helper()
	w.leads("reload", func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
		_, err := chromedp.Call(ctx, page.Reload, page.ReloadParams{})
		return chromedp.Void{}, err
	})
}

func (w *window) leads(what string, step chromedp.Action[chromedp.Void]) (status int) {
	w.t.Helper()
	w.within(what, func(ctx context.Context) error {
		response, err := chromedp.RunResponse(ctx, step)
		if response != nil {
			status = int(response.Status)
		}
		return err
	})
	return status
}

// click clicks what stays on the page.
func (w *window) click(selectors ...string) {
	w.t.Helper()
	for _, selector := range selectors {
		w.within("click "+selector, func(ctx context.Context) error {
			return chromedp.Do(ctx, chromedp.Click(chromedp.CSS(selector)))
		})
	}
}

// fill sets fields, given as selector and value in turn.
func (w *window) fill(fields ...string) {
	w.t.Helper()
	for i := 0; i < len(fields); i += 2 {
		field, value := chromedp.CSS(fields[i]), fields[i+1]
		w.within("fill "+fields[i], func(ctx context.Context) error {
			if value == "" {
				return chromedp.Do(ctx, chromedp.Clear(field))
			}
			return chromedp.Do(ctx, chromedp.SetValue(field, value))
		})
	}
}

// attach chooses a file for a field.
func (w *window) attach(selector, file string) {
	w.t.Helper()
	w.within("attach "+selector, func(ctx context.Context) error {
		return chromedp.Do(ctx, chromedp.SetUploadFiles(chromedp.CSS(selector), []string{file}))
	})
}

// keys types on the keyboard, wherever the focus is.
func (w *window) keys(text string) {
	w.t.Helper()
	w.within("type "+text, func(ctx context.Context) error { return chromedp.Do(ctx, chromedp.KeyEvent(text)) })
}

// sees waits until an element is on show with all the texts in it, and returns its text.
func (w *window) sees(selector string, texts ...string) (text string) {
	w.t.Helper()
	quoted, err := json.Marshal(selector)
	if err != nil {
		w.t.Fatal(err)
	}
	// Asked again and again, because a page may come in between.
	shown := fmt.Sprintf(`(e => e && e.getClientRects().length ? e.innerText : "\0")(document.querySelector(%s))`, quoted)
	w.within(fmt.Sprint("see ", selector, " with ", texts), func(ctx context.Context) error {
		again := time.NewTicker(25 * time.Millisecond)
		defer again.Stop()
		for {
			var err error
			text, err = chromedp.Run(ctx, chromedp.Evaluate[string](shown))
			if err == nil && text != "\x00" && containsAll(text, texts) {
				return nil
			}
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-again.C:
			}
		}
	})
	return strings.TrimSpace(text)
}

func containsAll(text string, parts []string) bool {
	for _, part := range parts {
		if !strings.Contains(text, part) {
			return false
		}
	}
	return true
}

// read evaluates an expression on the page.
func read[T any](w *window, expression string) (value T) {
	w.t.Helper()
	w.within("read "+expression, func(ctx context.Context) (err error) {
		value, err = chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
		return err
	})
	return value
}

// fetch reads what a link of the page leads to, with the window's cookies.
func (w *window) fetch(link string) []byte {
	w.t.Helper()
	const bytes = `.then(r => r.ok ? r.arrayBuffer() : Promise.reject(r.status)).then(b => btoa(Array.from(new Uint8Array(b), c => String.fromCharCode(c)).join("")))`
	content, err := base64.StdEncoding.DecodeString(read[string](w, fmt.Sprintf("fetch(document.querySelector(%q).href)", link)+bytes))
	if err != nil {
		w.t.Fatal(err)
	}
	return content
}

// path is where the window is.
func (w *window) path() string {
	w.t.Helper()
	return read[string](w, `location.pathname`)
}

// login opens a window and logs in on the login page.
func (a *testApp) login(c *chrome, who string) *window {
	c.t.Helper()
	w := c.window(who, a.url)
	w.open("/login")
	w.fill("[name=login]", who, "[name=password]", demoPassword)
	w.press("form.card button")
	return w
}

// cable connects one computer to the server and can be cut.
type cable struct {
	url    string
	gone   atomic.Bool
	server *httptest.Server
}

func (a *testApp) cable(t *testing.T) *cable {
	t.Helper()
	target, err := url.Parse(a.url)
	if err != nil {
		t.Fatal(err)
	}
	proxy := &httputil.ReverseProxy{FlushInterval: -1, ErrorHandler: func(http.ResponseWriter, *http.Request, error) {}, Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(target)
		r.Out.Host = r.In.Host
	}}
	c := &cable{}
	c.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if c.gone.Load() {
			panic(http.ErrAbortHandler) // the connection breaks without an answer
		}
		proxy.ServeHTTP(w, r)
	}))
	c.url = c.server.URL
	t.Cleanup(c.server.Close)
	return c
}

// cut breaks the connections that there are, and every new one.
func (c *cable) cut() {
	c.gone.Store(true)
	c.server.CloseClientConnections()
}

func (c *cable) mend() { c.gone.Store(false) }
