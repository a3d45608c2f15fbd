package web

import (
	"io"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/gin-gonic/gin"

	"kaoping/internal/fault"
)

// kind is a kind of request with places of its own, so that no kind can starve
// another: pages that wait for the database keep no answer from being saved.
// Who finds all places taken is refused at once and comes again.
type kind struct {
	name string
	most int64 // under way at once
	body int64 // bytes of a body at most
}

// The kinds. A hall that begins, saves or hands in at one moment finds places:
// a process serves some thousand candidates. A save is a few hundred bytes as a
// rule and waits for one write; 4,096 of them are as many as the embedded
// engine's queue takes. A login computes a password hash in 19 MiB, an upload
// is a sheet of up to 20 MiB: few at a time, or memory grows past a gigabyte.
var (
	saveKind   = kind{"save", 4096, saveMost}
	roomKind   = kind{"room", 2048, roomMost}
	streamKind = kind{"stream", 16384, 0} // open for hours, idle: one a candidate
	loginKind  = kind{"login", 32, roomMost}
	uploadKind = kind{"upload", 16, bodyMost}
	pageKind   = kind{"page", 512, formMost}
)

// The largest bodies, in bytes: of a call from the exam room or a login, of a
// form, and of an upload, which is an item sheet of 20 MiB and its form.
const (
	roomMost = 64 << 10
	formMost = 1 << 20
	bodyMost = 21 << 20
)

// routeKinds are the routes of other kinds than pages and uploads.
var routeKinds = map[string]kind{
	"PUT " + apiPrefix + "/attempts/:id/answers":     saveKind,
	"POST " + apiPrefix + "/attempts":                roomKind,
	"POST " + apiPrefix + "/attempts/:id/submission": roomKind,
	"GET " + apiPrefix + "/attempts/:id/clock":       roomKind,
	"POST " + apiPrefix + "/room/login":              roomKind,
	"GET /room":                                      roomKind,
	"POST /room":                                     roomKind,
	"GET /room/wait":                                 roomKind,
	"GET /room/exam":                                 roomKind,
	"GET " + roomPaperPath + ":digest":               roomKind,
	"GET " + roomReleasePath:                         streamKind,
	"GET " + apiPrefix + "/attempts/:id/events":      streamKind,
	"POST " + apiPrefix + "/login":                   loginKind,
	"POST /login":                                    loginKind,
}

// unbounded routes answer from memory, also when all places are taken.
var unbounded = map[string]bool{"GET /healthz": true, "GET /readyz": true, "GET /metrics": true, "GET /assets/:name": true}

// kindOf is the kind of a request; length is that of its body, -1 if it does
// not say.
func kindOf(method, route string, length int64) kind {
	if k, ok := routeKinds[method+" "+route]; ok {
		return k
	}
	if length < 0 || length > formMost {
		return uploadKind
	}
	return pageKind
}

// places counts the requests of each kind that are under way.
type places map[string]*atomic.Int64

func newPlaces() places {
	p := places{}
	for _, k := range []kind{saveKind, roomKind, streamKind, loginKind, uploadKind, pageKind} {
		p[k.name] = &atomic.Int64{}
	}
	return p
}

// bound lets a request in while its kind has a place, and bounds its body.
func (s *Server) bound(c *gin.Context) {
	if unbounded[c.Request.Method+" "+c.FullPath()] {
		return
	}
	k := kindOf(c.Request.Method, c.FullPath(), c.Request.ContentLength)
	defer func() {
		if c.Writer.Status() == http.StatusServiceUnavailable {
			s.metrics.refused.WithLabelValues(c.GetString(refusedKey), k.name).Inc()
		}
	}()
	c.Set(refusedKey, "store")
	if s.Stopping() {
		c.Header("Connection", "close") // the next request finds another server
	}
	taken := s.places[k.name]
	defer taken.Add(-1)
	if taken.Add(1) > k.most {
		c.Set(refusedKey, "full")
		s.turnAway(c, fault.New(fault.Unavailable, "web.bound", "too many requests are under way: try again in a few seconds"))
		return
	}
	if c.Request.ContentLength != 0 {
		c.Request.Body = timed(c.Writer, http.MaxBytesReader(c.Writer, c.Request.Body, k.body))
	}
	c.Next()
}

// refusedKey holds in gin's context why a 503 was answered: stopping, full, or
// because the store is away or has its queue full.
const refusedKey = "refused"

// timedBody ends its time limit when the body is there.
type timedBody struct {
	io.ReadCloser
	done func()
}

// timed gives a client bodyTimeout to send a body: a place is not held longer.
func timed(w http.ResponseWriter, body io.ReadCloser) io.ReadCloser {
	control := http.NewResponseController(w)
	if control.SetReadDeadline(time.Now().Add(bodyTimeout)) != nil {
		return body // a connection without deadlines
	}
	return timedBody{body, func() { _ = control.SetReadDeadline(time.Time{}) }}
}

func (b timedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if err != nil {
		b.done()
	}
	return n, err
}
