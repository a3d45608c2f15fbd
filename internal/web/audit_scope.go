package web

import (
	"context"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"kaoping/internal/fault"
	"kaoping/internal/outbox/desk"
	"kaoping/policies/access"
	"kaoping/policies/rulebook"
	"kaoping/policies/standing"
)

// auditSubject is what an audit stream is about, and where it belongs.
type auditSubject struct {
	Stream string // "sitting/<id>", as the entries carry it
	Title  string
	Link   string // page of the thing itself, "" where there is none
	Scope  access.Scope
}

// auditSubject finds what a stream is about and decides whether the actor may
// read it (audit:read where the thing belongs; NotFound for a stream that
// cannot be).
func (s *Server) auditSubject(ctx context.Context, actor access.Actor, kind, id string) (auditSubject, error) {
	subject, err := s.auditLookup(ctx, kind, id)
	if err != nil {
		return auditSubject{}, err
	}
	return subject, s.Policy.Decide(actor, "audit:read", subject.Scope)
}

func (s *Server) auditLookup(ctx context.Context, kind, id string) (auditSubject, error) {
	system, stream := access.System(), kind+"/"+id
	switch kind {
	case "sitting":
		sitting, err := s.Exam.Sitting(ctx, system, id)
		return auditSubject{stream, sitting.Title, "/sittings/" + id, sitting.Scope()}, err
	case "certificate":
		c, err := s.Certify.Certificate(ctx, system, id)
		return auditSubject{stream, c.Number, "/verify/" + id, c.Scope()}, err
	case "body":
		body, err := s.Standing.Body(ctx, system, id)
		return auditSubject{stream, body.Name, "/bodies/" + id, s.bodyScope(body)}, err
	case "application":
		a, err := s.Standing.Read(ctx, system, id)
		return auditSubject{stream, a.Proposal.Name, filingsPath + "/" + id, a.Scope()}, err
	case "mix":
		city, of, _ := strings.Cut(id, "-")
		year, err := strconv.Atoi(of)
		if err != nil {
			break
		}
		if _, err := s.Book.Region(city); err != nil {
			return auditSubject{}, err
		}
		link := address(mixPath, url.Values{"region": {city}, "year": {of}})
		return auditSubject{stream, s.mixTitle(city, year), link, access.Scope{Region: city}}, nil
	case "rules":
		if _, err := s.Book.Region(id); err != nil {
			return auditSubject{}, err
		}
		scope := access.Scope{Region: id}
		if id == rulebook.Nation {
			scope = access.Installation
		}
		return auditSubject{stream, s.regionName(id), changesPath, scope}, nil
	case "case":
		c, err := s.Cases.Case(ctx, system, id)
		return auditSubject{stream, c.Title, casesPath + "/" + id, c.Scope()}, err
	case "paper":
		paper, err := s.Central.Show(ctx, system, id)
		return auditSubject{stream, paper.Name, "/central-papers/" + id, paper.Scope()}, err
	case "accounts":
		return auditSubject{Stream: kind, Title: "Accounts and grants", Scope: access.Installation}, nil
	case desk.Stream:
		return auditSubject{Stream: kind, Title: "Background work", Scope: access.Installation}, nil
	}
	return auditSubject{}, fault.New(fault.NotFound, "web.auditSubject", "there is no such audit stream")
}

// mixTitle names a city's mix of a year.
func (s *Server) mixTitle(city string, year int) string {
	return fmt.Sprintf("%s · %d", s.regionName(city), year)
}

func (s *Server) bodyScope(b standing.Body) access.Scope {
	return access.Scope{Region: b.Region, Body: b.ID}
}
