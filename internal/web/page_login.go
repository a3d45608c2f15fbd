package web

import (
	"net/http"
	"strings"

	"kaoping/policies/access"
)

func (s *Server) showLogin(r *request) error {
	return r.render(plainFrame, "login", r.T("Log in"), map[string]any{"Next": local(r.DefaultPostForm("next", r.Query("next"))), "Demo": s.Demo})
}

func (s *Server) login(r *request) error {
	token, err := s.Accounts.Login(r.Request.Context(), r.PostForm("login"), r.PostForm("password"))
	if err != nil {
		s.note(r.FullPath(), err)
		r.fault = err
		return s.showLogin(r)
	}
	s.setSession(r.Context, token)
	r.Redirect(http.StatusSeeOther, local(r.PostForm("next")))
	return nil
}

func (s *Server) logout(r *request) error {
	if token, err := r.Cookie(sessionCookie); err == nil {
		if err := s.Accounts.Logout(r.Request.Context(), token); err != nil {
			return err
		}
	}
	s.dropSession(r.Context)
	r.Redirect(http.StatusSeeOther, "/login")
	return nil
}

// switchLanguage remembers the language and goes back.
func (s *Server) switchLanguage(r *request) error {
	code := "zh"
	if r.PostForm("lang") == "en" {
		code = "en"
	}
	r.SetSameSite(http.SameSiteLaxMode)
	r.SetCookie(languageCookie, code, 365*24*60*60, "/", "", s.Secure, true)
	r.Redirect(http.StatusSeeOther, local(r.PostForm("to")))
	return nil
}

// local keeps a redirect on this server.
func local(path string) string {
	if !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || strings.Contains(path, "\\") {
		return "/"
	}
	return path
}

// homes is where each role's work begins.
var homes = []struct {
	role access.Role
	path string
}{
	{access.Officer, "/notices"}, {access.Scheduler, "/sittings"}, {access.Author, "/items"}, {access.Invigilator, "/rooms"},
	{access.Standing, casesPath}, {access.Reviewer, casesPath}, {access.Inspector, "/sittings"}, {access.Supervisor, "/sittings"},
	{access.Examiner, "/scoring"}, {access.Auditor, "/sittings"}, {access.Administrator, "/accounts"}, {access.Candidate, "/my"},
	{access.ItemReviewer, "/items"}, {access.Senior, "/scoring"}, {access.Industry, "/sittings"}, {access.Statistician, "/sittings"},
	{access.Keeper, "/sittings"},
}

// home leads everybody to the own work, and strangers to the login page.
func (s *Server) home(r *request) error {
	for _, h := range homes {
		if r.actor.Has(h.role) {
			r.Redirect(http.StatusSeeOther, h.path)
			return nil
		}
	}
	if !r.actor.Anonymous() {
		r.Redirect(http.StatusSeeOther, "/grants")
		return nil
	}
	r.Redirect(http.StatusSeeOther, "/login")
	return nil
}
