//go:build unix

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync/atomic"
	"time"
)

// How long a client waits for one instance before it asks the other, and how
// long it goes on asking at all.
const (
	giveUpAfter = 1500 * time.Millisecond
	goOnFor     = 3 * time.Minute
)

// balanced is a client behind a balancer: it stays with one instance until that
// fails it, then sends the same request to the next. A request that
// is given up may still be carried out, at any time.
type balanced struct {
	addresses   []string
	at          int
	cookie      string
	http        *http.Client
	random      *rand.Rand
	unavailable *atomic.Int64 // counts the answers that it was asked to come again after
}

// another is the same client with another connection, at a random instance, for
// a request beside its own.
func (b *balanced) another() *balanced {
	twin := *b
	twin.at = b.random.IntN(len(b.addresses))
	twin.random = rand.New(rand.NewPCG(b.random.Uint64(), 0))
	return &twin
}

// try sends a request once.
func (b *balanced) try(method, path string, body []byte) (r apiReply, err error) {
	patience := giveUpAfter
	if len(b.addresses) == 1 { // nobody else to ask
		patience = goOnFor
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, method, "http://"+b.addresses[b.at]+path, bytes.NewReader(body))
	if err != nil {
		return r, err
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Accept-Language", "en")
	if b.cookie != "" {
		request.Header.Set("Cookie", b.cookie)
	}
	response, err := b.http.Do(request)
	if err != nil {
		return r, err
	}
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	if err != nil {
		return r, err
	}
	for _, c := range response.Cookies() {
		b.cookie = c.Name + "=" + c.Value
	}
	r = apiReply{status: response.StatusCode, header: response.Header, body: string(raw)}
	if len(raw) > 0 {
		err = json.Unmarshal(raw, &r.json)
	}
	return r, err
}

// busy are the answers after which a client tries again.
var busy = []int{http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout}

// ask sends a request until an instance answers it. once reports that no other
// copy of it is under way.
func (b *balanced) ask(method, path string, in any) (r apiReply, once bool, err error) {
	var body []byte
	if in != nil {
		if body, err = json.Marshal(in); err != nil {
			return r, false, err
		}
	}
	until := time.Now().Add(goOnFor)
	for once = true; ; once = false {
		r, err = b.try(method, path, body)
		if err == nil && !slices.Contains(busy, r.status) {
			return r, once, nil
		}
		if err == nil {
			b.unavailable.Add(1)
		}
		if time.Now().After(until) {
			return r, false, fmt.Errorf("%s %s: no answer in %s, at last %d %s, %v", method, path, goOnFor, r.status, r.body, err)
		}
		b.at = (b.at + 1) % len(b.addresses)
		time.Sleep(time.Duration(10+b.random.IntN(40)) * time.Millisecond)
	}
}

// must is ask for a request that nothing may refuse.
func (b *balanced) must(method, path string, in any) (apiReply, error) {
	r, _, err := b.ask(method, path, in)
	if err == nil && r.status/100 != 2 {
		err = unexpected(method, path, r)
	}
	return r, err
}

func unexpected(method, path string, r apiReply) error {
	return fmt.Errorf("%s %s: %d %s", method, path, r.status, r.body)
}

// twice sends a request from two connections at once and returns both answers.
func (b *balanced) twice(method, path string, in any) (answers [2]apiReply, once bool, err error) {
	var sole [2]bool
	var errs [2]error
	done := make(chan struct{})
	twin, pause := b.another(), time.Duration(b.random.IntN(8))*time.Millisecond
	go func() {
		defer close(done)
		time.Sleep(pause)
		answers[1], sole[1], errs[1] = twin.ask(method, path, in)
	}()
	answers[0], sole[0], errs[0] = b.ask(method, path, in)
	<-done
	if err = errs[0]; err == nil {
		err = errs[1]
	}
	return answers, sole[0] && sole[1], err
}
