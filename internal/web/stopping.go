package web

import (
	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"
	"github.com/gin-gonic/gin"

	"kaoping/internal/fault"
)

// Leave has the server say that it is not ready and refuse who comes anew:
// logins, the doors, a start. What is under way goes on: saves, clocks,
// hand-ins, and the work of who is logged in.
func (s *Server) Leave() { s.stopping.Store(true) }

// Stopping reports whether the server is leaving.
func (s *Server) Stopping() bool { return s.stopping.Load() }

// Drain ends the event streams, so that the HTTP server can shut down.
func (s *Server) Drain() { s.drainOnce.Do(func() { close(s.drained) }) }

// open refuses who comes anew while the server leaves.
func (s *Server) open(c *gin.Context) error {
	if !s.Stopping() {
		return nil
	}
	c.Set(refusedKey, "stopping")
	return fault.New(fault.Unavailable, "web.open", "this server is being stopped: try again in a few seconds, another one takes over")
}

// door is a form that lets somebody in; while the server leaves it is shown
// again, with what was typed.
func (s *Server) door(show, enter func(*request) error) func(*request) error {
	return func(r *request) error {
		if err := s.open(r.Context); err != nil {
			r.PostForm("") // parses what was typed
			return r.again(err, show)
		}
		return enter(r)
	}
}

// beginning makes an operation one that is refused while the server leaves,
// before anything is looked up.
func (a *jsonAPI) beginning(op huma.Operation) huma.Operation {
	op.Middlewares = append(op.Middlewares, func(ctx huma.Context, next func(huma.Context)) {
		c := humagin.Unwrap(ctx)
		if err := a.open(c); err != nil {
			a.note(op.Path, err)
			a.refuse(c, err)
			return
		}
		next(ctx)
	})
	return op
}
