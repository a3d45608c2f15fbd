package web

import (
	"io"
	"net/http"
	"strconv"
	"strings"

	"kaoping/internal/fault"
	"kaoping/policies/standing/inspection"
)

// notesForm reads the record of a visit; lines of findings that are empty do
// not count.
func (r *request) notesForm() inspection.Notes {
	notes := inspection.Notes{On: parseDay(r.PostForm("on")), Met: r.PostForm("met")}
	form := r.Request.PostForm
	at := func(name string, i int) string {
		if i < len(form[name]) {
			return strings.TrimSpace(form[name][i])
		}
		return ""
	}
	for i := range form["result"] {
		notes.Checks = append(notes.Checks, inspection.Check{Result: inspection.Result(at("result", i)), Note: at("note", i)})
	}
	for i := range form["finding"] {
		if f := (inspection.Finding{Text: at("finding", i), Rule: at("rule", i), Due: parseDay(at("due", i))}); f.Text != "" || !f.Due.IsZero() {
			notes.Findings = append(notes.Findings, f)
		}
	}
	return notes
}

func (s *Server) noteVisit(r *request) error {
	id := r.Param("id")
	if _, err := s.Inspection.Note(r.Request.Context(), r.actor, id, r.notesForm()); err != nil {
		return r.again(err, s.showVisit)
	}
	return r.done(visitsPath+"/"+id, "The record is kept. Every inspector signs it.")
}

func (s *Server) addVisitPhoto(r *request) error {
	id := r.Param("id")
	_, file, err := r.upload("photo")
	if err == nil {
		defer file.Close()
		var content []byte
		if content, err = io.ReadAll(file); err != nil {
			err = fault.New(fault.Invalid, "web.addVisitPhoto", "the file could not be received: send it again").Because(err)
		} else {
			_, err = s.Inspection.AddPhoto(r.Request.Context(), r.actor, id, content, r.PostForm("photo_note"))
		}
	}
	if err != nil {
		return r.again(err, s.showVisit)
	}
	return r.done(visitsPath+"/"+id, "The photo is added.")
}

// sendVisitPhoto shows a photo of a visit.
func (s *Server) sendVisitPhoto(r *request) error {
	n, err := strconv.Atoi(r.Param("n"))
	if err != nil {
		n = -1
	}
	content, kind, err := s.Inspection.Photo(r.Request.Context(), r.actor, r.Param("id"), n)
	if err != nil {
		return err
	}
	r.Data(http.StatusOK, kind, content)
	return nil
}

func (s *Server) signVisit(r *request) error {
	id := r.Param("id")
	if _, err := s.Inspection.Sign(r.Request.Context(), r.actor, id); err != nil {
		return r.again(err, s.showVisit)
	}
	return r.done(visitsPath+"/"+id, "The record is signed.")
}

func (s *Server) followFinding(r *request) error {
	id := r.Param("id")
	if _, err := s.Inspection.Follow(r.Request.Context(), r.actor, id, r.Param("finding"), r.PostForm("text"), r.PostForm("done") == "yes"); err != nil {
		return r.again(err, s.showVisit)
	}
	return r.done(visitsPath+"/"+id, "The follow-up is recorded.")
}
