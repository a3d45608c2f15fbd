package web

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"
	"github.com/gin-gonic/gin"

	"kaoping/exam"
	"kaoping/internal/fault"
)

// How often an idle stream says that it is there, how often it looks whether
// its lease and its session still are, and how long a write to a client may
// take. What another instance changes is seen at the look.
const (
	eventsBeat  = 20 * time.Second
	eventsLook  = 4 * time.Second
	eventsWrite = 10 * time.Second
)

func (a *jsonAPI) events() {
	register(a, huma.Operation{
		OperationID: "attemptEvents", Method: http.MethodGet, Path: "/attempts/{id}/events", Tags: []string{"exam room"}, Summary: "The clock of an attempt as server-sent events",
		Description: "An event named clock at once and after each change (added time, takeover, hand-in); its data is the object that attemptClock answers with. A comment line every 20 seconds keeps the connection. Ends when the server stops: connect again; and within 5 seconds after the lease or the session that it was opened with is gone.",
		Errors:      refusals(fault.NotFound, fault.Unauthenticated),
		Responses: map[string]*huma.Response{"200": {Description: "A stream of events", Content: map[string]*huma.MediaType{
			"text/event-stream": {Schema: &huma.Schema{Type: huma.TypeString, Description: "Lines as the HTML standard describes server-sent events: event: clock, data: a Clock"}},
		}}},
	}, a.attemptEvents)
}

func (a *jsonAPI) attemptEvents(ctx context.Context, in *clockQuery) (*huma.StreamResponse, error) {
	if err := a.present(callOf(ctx).gin); err != nil {
		return nil, err
	}
	changed, stop := a.Exam.Watch(in.ID) // before the first look, so that no change is missed
	clock, err := a.Exam.Clock(ctx, in.ID, in.Lease)
	if err != nil {
		stop()
		return nil, err
	}
	return &huma.StreamResponse{Body: func(h huma.Context) {
		defer stop()
		a.stream(humagin.Unwrap(h), clock, changed, in)
	}}, nil
}

// present refuses (Unauthenticated) a request whose session is gone. One
// without a session is let in by its lease.
func (s *Server) present(c *gin.Context) error {
	token, err := c.Cookie(sessionCookie)
	if err != nil || token == "" {
		return nil
	}
	_, _, err = s.Accounts.Authenticate(c.Request.Context(), token)
	return err
}

// stream sends events until the client goes, the server stops, the lease or
// the session is gone, or the clock cannot be read: the page then connects again.
func (a *jsonAPI) stream(c *gin.Context, clock exam.Clock, changed <-chan struct{}, in *clockQuery) {
	c.Header("Content-Type", "text/event-stream")
	c.Header("X-Accel-Buffering", "no") // a proxy passes each event on at once
	ctx, beat := c.Request.Context(), time.NewTicker(eventsBeat)
	defer beat.Stop()
	look := time.NewTicker(eventsLook)
	defer look.Stop()
	text := clockEvent(clock)
	for {
		// Where the connection has no deadlines, a stuck client is told by its context.
		_ = http.NewResponseController(c.Writer).SetWriteDeadline(time.Now().Add(eventsWrite))
		if _, err := c.Writer.WriteString(text); err != nil {
			return
		}
		c.Writer.Flush()
		if !clock.LeaseValid {
			return
		}
		for text = ""; text == ""; {
			select {
			case <-ctx.Done():
				return
			case <-a.drained:
				return
			case <-beat.C:
				text = ":\n\n"
				continue
			case <-look.C:
				if fault.Is(a.present(c), fault.Unauthenticated) {
					return
				}
			case <-changed:
			}
			now, err := a.Exam.Clock(ctx, in.ID, in.Lease)
			if err != nil {
				a.note(c.FullPath(), err)
				return
			}
			if !now.Same(clock) {
				clock, text = now, clockEvent(now)
			}
		}
	}
}

func clockEvent(clock exam.Clock) string {
	data, err := json.Marshal(clockForm(clock))
	if err != nil {
		panic(err) // times and strings always encode
	}
	return fmt.Sprintf("event: clock\ndata: %s\n\n", data)
}
