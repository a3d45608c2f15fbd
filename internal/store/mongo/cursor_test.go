package mongo

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/url"
	"sync/atomic"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"kaoping/exam"
	"kaoping/internal/audit"
	"kaoping/internal/fault"
)

// stalling is a way to the server that forwards no more answers once told to,
// as a server does that is stopped or cut off: connections stay open.
type stalling struct {
	stalled atomic.Bool
}

func (s *stalling) listen(t *testing.T, server string) (address string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			near, err := listener.Accept()
			if err != nil {
				return
			}
			far, err := net.Dial("tcp", server)
			if err != nil {
				near.Close()
				return
			}
			go func() { io.Copy(far, near); far.Close() }()
			go func() {
				defer near.Close()
				buffer := make([]byte, 1<<16)
				for {
					n, err := far.Read(buffer)
					if s.stalled.Load() {
						io.Copy(io.Discard, far)
						return
					}
					if err != nil {
						return
					}
					if _, err := near.Write(buffer[:n]); err != nil {
						return
					}
				}
			}()
		}
	}()
	return listener.Addr().String()
}

// TestAServerThatStallsIsGivenUp stops the answers behind the first batch of a
// list, whose caller sets no limit of time: background work is one.
func TestAServerThatStallsIsGivenUp(t *testing.T) {
	if testing.Short() {
		t.Skip("waits for the limit of a call")
	}
	name := newName(t)
	direct := openAt(t, name)
	for i := range 250 { // a first batch has 101
		a := exam.Attempt{ID: fmt.Sprintf("a%03d", i), Sitting: "s", State: exam.Open, Deadline: at}
		if err := direct.PutAttempt(t.Context(), &a, audit.Entry{Stream: "sitting/s"}); err != nil {
			t.Fatal(err)
		}
	}
	uri, err := url.Parse(server(t))
	if err != nil {
		t.Fatal(err)
	}
	var way stalling
	uri.Host = way.listen(t, uri.Host)
	query := uri.Query()
	query.Set("directConnection", "true")
	uri.RawQuery = query.Encode()
	s, err := Open(t.Context(), uri.String(), name, time.Now, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	if list, err := s.Attempts(t.Context(), "s"); err != nil || len(list) != 250 {
		t.Fatalf("%d attempts, %v", len(list), err)
	}
	cursor, err := s.db.Collection(attempts.name).Find(context.Background(), bson.D{})
	if err != nil {
		t.Fatal(err)
	}
	way.stalled.Store(true)
	ended := make(chan error, 1)
	go func() {
		_, err := all[record](context.Background(), cursor)
		ended <- failure("test", err)
	}()
	select {
	case err := <-ended:
		if !fault.Is(err, fault.Unavailable) {
			t.Errorf("a list that stalls: %v, want unavailable", err)
		}
	case <-time.After(3 * callTimeout):
		t.Fatal("a list that stalls is waited for without an end")
	}
	if err := s.Close(); err != nil {
		t.Log(err) // nobody is there to say goodbye to
	}
}
