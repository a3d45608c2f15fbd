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

// How often an idle stream says that it is there, and how long a write to a
// client may take.
const (
	eventsBeat  = 20 * time.Second
	eventsWrite = 10 * time.Second
)

func (a *jsonAPI) events() {
	register(a, huma.Operation{
		OperationID: "attemptEvents", Method: http.MethodGet, Path: "/attempts/{id}/events", Tags: []string{"exam room"}, Summary: "The clock of an attempt as server-sent events",
		Description: "An event named clock at once and after each change (added time, takeover, hand-in); its data is the object that attemptClock answers with. A comment line every 20 seconds keeps the connection. Ends when the server stops: connect again.",
		Errors:      refusals(fault.NotFound),
		Responses: map[string]*huma.Response{"200": {Description: "A stream of events", Content: map[string]*huma.MediaType{
			"text/event-stream": {Schema: &huma.Schema{Type: huma.TypeString, Description: "Lines as the HTML standard describes server-sent events: event: clock, data: a Clock"}},
		}}},
	}, a.attemptEvents)
}

func (a *jsonAPI) attemptEvents(ctx context.Context, in *clockQuery) (*huma.StreamResponse, error) {
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

// stream sends events until the client goes, the server stops, or the clock
// cannot be read: the page then connects again.
func (a *jsonAPI) stream(c *gin.Context, clock exam.Clock, changed <-chan struct{}, in *clockQuery) {
	c.Header("Content-Type", "text/event-stream")
	c.Header("X-Accel-Buffering", "no") // a proxy passes each event on at once
	ctx, beat := c.Request.Context(), time.NewTicker(eventsBeat)
	defer beat.Stop()
	text := clockEvent(clock)
	for {
		// Where the connection has no deadlines, a stuck client is told by its context.
		_ = http.NewResponseController(c.Writer).SetWriteDeadline(time.Now().Add(eventsWrite))
		if _, err := c.Writer.WriteString(text); err != nil {
			return
		}
		c.Writer.Flush()
		select {
		case <-ctx.Done():
			return
		case <-a.drained:
			return
		case <-beat.C:
			text = ":\n\n"
		case <-changed:
			clock, err := a.Exam.Clock(ctx, in.ID, in.Lease)
			if err != nil {
				a.note(c.FullPath(), err)
				return
			}
			text = clockEvent(clock)
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
