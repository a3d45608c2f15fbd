package web

import (
	"cmp"
	"net/url"
	"strconv"

	"kaoping/certify"
	"kaoping/policies/access"
)

// queuePage is who waits for the cap in a region (R06).
type queuePage struct {
	Region, Place, City string
	Ratio               certify.Ratio
	Limit               certify.Limit
	Rows                []queueRow
	Pager               pager
	Regions             []choice
	Beside              beside
	Failed              string // enrolment whose form was refused
	Board               string // address, "" for who sees none
}

type queueRow struct {
	certify.Turn
	TradeName          string
	AskedBy            string // name of who asked for an exceptional release
	MayAsk, MayApprove bool
}

// showQueue lists who waits, the next first, with what would free each.
func (s *Server) showQueue(r *request) error {
	region := cmp.Or(r.Query("region"), r.PostForm("region"))
	if region == "" {
		region, _ = s.mixQuery(r)
	}
	if _, err := s.Book.Region(region); err != nil {
		return err
	}
	if err := s.Policy.Decide(r.actor, "certificate:read", access.Scope{Region: region}); err != nil {
		return err
	}
	ctx, city := r.Request.Context(), s.Book.City(region)
	after, err := strconv.Atoi(r.Query("after"))
	if err != nil {
		after = 0
	}
	list, err := s.Certify.Queue(ctx, r.actor, certify.QueueQuery{City: city, After: after, Limit: rowsMost + 1})
	if err != nil {
		return err
	}
	list, pages := paged(r, queuePath, "after", list, func(x certify.Turn) string { return strconv.Itoa(x.Place) })
	names, err := s.Inspection.Names(ctx)
	if err != nil {
		return err
	}
	page := queuePage{Region: region, Place: s.Book.FullName(region), City: s.Book.FullName(city), Regions: r.regionsOf("certificate:read", region), Beside: r.beside(), Failed: r.Param("enrolment")}
	for _, t := range list {
		page.Ratio, page.Limit = t.Ratio, t.Limit
		if !s.Book.Covers(region, t.County) {
			continue
		}
		asked := t.Exception.AskedBy != ""
		page.Rows = append(page.Rows, queueRow{
			Turn: t, TradeName: s.tradeName(t.Trade), AskedBy: names[t.Exception.AskedBy],
			MayAsk: !asked && r.may("certificate:except", t.Scope()), MayApprove: asked && t.Exception.AskedBy != r.actor.ID && r.may("certificate:approve-except", t.Scope()),
		})
	}
	page.Pager = pages
	if r.may("certificate:board", access.Scope{Region: region}) {
		page.Board = address(mixPath, url.Values{"region": {region}})
	}
	return r.render(deskFrame, "queue", r.T("Certificates that wait for the cap"), page)
}

// askRelease asks for an exceptional release, approveRelease signs it.
func (s *Server) askRelease(r *request) error {
	if _, err := s.Certify.AskException(r.Request.Context(), r.actor, r.Param("enrolment"), r.PostForm("reason")); err != nil {
		return r.again(err, s.showQueue)
	}
	return r.done(address(queuePath, url.Values{"region": {r.PostForm("region")}}), "The exceptional release is asked for; another person approves it.")
}

func (s *Server) approveRelease(r *request) error {
	if _, err := s.Certify.ApproveException(r.Request.Context(), r.actor, r.Param("enrolment")); err != nil {
		return r.again(err, s.showQueue)
	}
	return r.done(address(queuePath, url.Values{"region": {r.PostForm("region")}}), "The exceptional release is approved; the certificate follows.")
}
