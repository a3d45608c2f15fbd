package web

import (
	"slices"

	"kaoping/bank"
	"kaoping/internal/fault"
	"kaoping/policies/access"
)

type papersPage struct {
	Rows    []paperRow
	MayRead bool // with questions and keys
}

type paperRow struct {
	bank.Brief
	TradeName string
}

// showPapers lists a body's papers: for authors with a way to the questions,
// for schedulers without.
func (s *Server) showPapers(r *request) error {
	owner := r.bodyAs(access.Author, access.Scheduler)
	if owner == "" {
		return fault.New(fault.Forbidden, "web.papers", "your roles do not allow %s here", access.Action("paper:list"))
	}
	list, err := s.Bank.Papers(r.Request.Context(), r.actor, owner)
	if err != nil {
		return err
	}
	slices.SortStableFunc(list, func(a, b bank.Brief) int { return b.CreatedAt.Compare(a.CreatedAt) })
	page := papersPage{MayRead: r.may("paper:read", access.Scope{Body: owner})}
	for _, brief := range list {
		page.Rows = append(page.Rows, paperRow{brief, s.tradeName(brief.Trade)})
	}
	return r.render(deskFrame, "papers", r.T("Papers"), page)
}

type paperPage struct {
	bank.Paper
	TradeName string
	Sections  []paperSection
	Keys      bool
}

// paperSection is the questions of one type.
type paperSection struct {
	Kind      string // a key of the catalogue
	kind      bank.ItemType
	Questions []paperQuestion
	Points    bank.Points
}

type paperQuestion struct {
	bank.Question
	answered
	Number int
}

func (s *Server) paperOf(r *request) (paperPage, error) {
	paper, err := s.Bank.Paper(r.Request.Context(), r.actor, r.Param("id"))
	if err != nil {
		return paperPage{}, err
	}
	page := paperPage{Paper: paper, TradeName: s.tradeName(paper.Trade), Keys: true, Sections: sectionsOf(paper.Questions)}
	return page, nil
}

// sectionsOf groups questions by their type, with their answers.
func sectionsOf(questions []bank.Question) []paperSection {
	var list []paperSection
	for i, q := range questions {
		if n := len(list); n == 0 || list[n-1].kind != q.Type {
			list = append(list, paperSection{Kind: typeWords[q.Type], kind: q.Type})
		}
		section := &list[len(list)-1]
		section.Questions = append(section.Questions, paperQuestion{q, answeredOf(q.Type, q.Options, q.Key, q.Accept), i + 1})
		section.Points += q.Points
	}
	return list
}

func (s *Server) showPaper(r *request) error {
	page, err := s.paperOf(r)
	if err != nil {
		return err
	}
	return r.render(deskFrame, "paper", page.Name, page)
}

// printPaper is a paper for printing, with its keys only when they are asked for.
func (s *Server) printPaper(r *request) error {
	page, err := s.paperOf(r)
	if err != nil {
		return err
	}
	page.Keys = r.Query("keys") == "1"
	return r.render(printFrame, "paper_print", page.Name, page)
}
