package web

import (
	"context"

	"kaoping/exam"
	"kaoping/policies/access"
)

// act is a button of a sitting: it does the step and goes back to the sitting,
// or shows the page again with what refused it.
func (s *Server) act(do func(context.Context, access.Actor, string) (exam.Sitting, error), done string, show func(*request) error) func(*request) error {
	return func(r *request) error {
		id := r.Param("id")
		if _, err := do(r.Request.Context(), r.actor, id); err != nil {
			return r.again(err, show)
		}
		return r.done("/sittings/"+id, done)
	}
}

// signSitting signs the record with the note that was typed.
func (s *Server) signSitting(r *request) error {
	note := r.PostForm("note")
	do := func(ctx context.Context, actor access.Actor, id string) (exam.Sitting, error) {
		return s.Exam.Sign(ctx, actor, id, note)
	}
	return s.act(do, "The record is signed.", s.showSitting)(r)
}

// opine adds the opinion of an industry department that was typed.
func (s *Server) opine(r *request) error {
	text := r.PostForm("text")
	do := func(ctx context.Context, actor access.Actor, id string) (exam.Sitting, error) {
		return s.Exam.Opine(ctx, actor, id, text)
	}
	return s.act(do, "The opinion is recorded.", s.showSitting)(r)
}

// supervise keeps the internal supervisor's record that was typed.
func (s *Server) supervise(r *request) error {
	text := r.PostForm("text")
	do := func(ctx context.Context, actor access.Actor, id string) (exam.Sitting, error) {
		return s.Exam.Supervise(ctx, actor, id, text)
	}
	return s.act(do, "The record is kept.", s.showSitting)(r)
}

// returnSitting sends a notice back with the reason that was typed.
func (s *Server) returnSitting(r *request) error {
	reason := r.PostForm("reason")
	do := func(ctx context.Context, actor access.Actor, id string) (exam.Sitting, error) {
		return s.Exam.Return(ctx, actor, id, reason)
	}
	return s.act(do, "The notice is returned.", s.showSitting)(r)
}
