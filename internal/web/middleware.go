package web

import (
	"context"
	"net/http"
	"runtime/debug"
	"strings"

	"github.com/gin-gonic/gin"

	"kaoping/internal/fault"
	"kaoping/policies/access"
)

const sessionCookie = "kaoping"

// contentPolicy allows nothing but what this server sends.
const contentPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

func (s *Server) headers(c *gin.Context) {
	h := c.Writer.Header()
	h.Set("Content-Security-Policy", contentPolicy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
	c.Next()
}

func (s *Server) recover(c *gin.Context) {
	defer func() {
		if p := recover(); p != nil {
			s.Log.Error("panic in handler", "panic", p, "route", c.FullPath(), "stack", string(debug.Stack()))
			c.AbortWithStatus(http.StatusInternalServerError)
		}
	}()
	c.Next()
}

var protection = http.NewCrossOriginProtection()

// sameOrigin refuses what a page of another site makes a browser send.
func (s *Server) sameOrigin(c *gin.Context) {
	if err := protection.Check(c.Request); err != nil {
		s.turnAway(c, fault.New(fault.Forbidden, "web.sameOrigin", "what another site sends is not taken").Because(err))
	}
}

// turnAway refuses a request without looking who sends it, in the form that
// its address asks for: a problem of the API, or a page.
func (s *Server) turnAway(c *gin.Context, err error) {
	c.Abort()
	s.note(c.FullPath(), err)
	if strings.HasPrefix(c.Request.URL.Path, "/api/") {
		s.refuse(c, err)
		return
	}
	(&request{Context: c, s: s, language: s.languageOf(c)}).refuse(err)
}

type actorKey struct{}

// visitor is who a request comes from.
type visitor struct {
	actor   access.Actor
	session access.Session
}

// authenticate finds the actor of the session cookie and leaves the decision
// to the services. A cookie that is no longer good is nobody; one that cannot
// be looked up now is an error, because who is logged in stays so.
func (s *Server) authenticate(c *gin.Context) error {
	token, err := c.Cookie(sessionCookie)
	if err != nil || token == "" {
		return nil
	}
	actor, session, err := s.Accounts.Authenticate(c.Request.Context(), token)
	if fault.Is(err, fault.Unauthenticated) {
		return nil
	}
	if err != nil {
		return err
	}
	actor.From = addressOf(c)
	ctx := context.WithValue(c.Request.Context(), actorKey{}, visitor{actor, session})
	c.Request = c.Request.WithContext(ctx)
	return nil
}

// addressOf is where a request comes from, for records: the address of the
// connection, and before it the one that a trusted proxy says it speaks for.
func addressOf(c *gin.Context) string {
	peer, client := c.RemoteIP(), c.ClientIP()
	if client == peer {
		return peer
	}
	return client + " via " + peer
}

func visitorOf(ctx context.Context) visitor {
	v, _ := ctx.Value(actorKey{}).(visitor)
	return v
}

func actorOf(ctx context.Context) access.Actor { return visitorOf(ctx).actor }

func (s *Server) setSession(c *gin.Context, token string) {
	c.SetSameSite(http.SameSiteLaxMode)
	c.SetCookie(sessionCookie, token, int(access.SessionFor.Seconds()), "/", "", s.Secure, true)
}

func (s *Server) dropSession(c *gin.Context) {
	c.SetSameSite(http.SameSiteLaxMode)
	c.SetCookie(sessionCookie, "", -1, "/", "", s.Secure, true)
}
