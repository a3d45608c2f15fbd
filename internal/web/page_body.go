package web

import (
	"kaoping/exam"
	"kaoping/internal/fault"
	"kaoping/policies/access"
	"kaoping/policies/rulebook"
	"kaoping/policies/standing"
)

type bodyPage struct {
	standing.Body
	Place  string
	Scopes []filedTrade
	Staff  []staffRow
	Seen   bool // whether the actor may see the staff
	Grades gradesOf
}

type filedTrade struct {
	Code, Name string
	Levels     []rulebook.Level
	Tracks     []rulebook.Track
}

type staffRow struct {
	Name  string
	Login string
	Roles []access.Role
}

// staffRoles are the roles that people hold in a body.
var staffRoles = []access.Role{access.Scheduler, access.Author, access.ItemReviewer, access.Supervisor, access.Invigilator, access.Examiner, access.Senior}

// showBody is the body's own filing (备案范围): what it may examine, where, until
// when, and who works for it.
func (s *Server) showBody(r *request) error {
	id := r.bodyAs(staffRoles...)
	if id == "" {
		return fault.New(fault.Forbidden, "web.body", "your roles do not allow %s here", access.Action("body:read"))
	}
	body, err := s.Standing.Body(r.Request.Context(), r.actor, id)
	if err != nil {
		return err
	}
	page := bodyPage{Body: body, Place: s.Book.FullName(body.Region)}
	for _, scope := range body.Scopes {
		page.Scopes = append(page.Scopes, filedTrade{scope.Trade, s.tradeName(scope.Trade), scope.Levels, scope.Tracks})
	}
	if page.Seen = r.may("sitting:staff", access.Scope{Region: body.Region, Body: body.ID}); page.Seen {
		if page.Staff, err = s.staffOf(r, body); err != nil {
			return err
		}
	}
	if page.Grades, err = s.gradesOf(r, body); err != nil {
		return err
	}
	return r.render(deskFrame, "body", r.T("Filed scope"), page)
}

// staffOf lists who holds a role in a body, each person once.
func (s *Server) staffOf(r *request, body standing.Body) ([]staffRow, error) {
	var rows []staffRow
	at := map[string]int{}
	for _, role := range staffRoles {
		accounts, err := s.Exam.Staffable(r.Request.Context(), r.actor, exam.Sitting{Body: body.ID, Region: body.Region, StartsAt: s.Now()}, role)
		if err != nil {
			return nil, err
		}
		for _, a := range accounts {
			i, seen := at[a.ID]
			if !seen {
				i, at[a.ID] = len(rows), len(rows)
				rows = append(rows, staffRow{Name: a.Name, Login: a.Login})
			}
			rows[i].Roles = append(rows[i].Roles, role)
		}
	}
	return rows, nil
}
