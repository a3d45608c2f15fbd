package web

import (
	"kaoping/policies/access"
)

// registerRow is the register of a body that an account works for, as choices
// of the person who works with it.
type registerRow struct {
	Body, Name string
	People     []choice
	Known      string // the person, "" for nobody
}

// registers are those of the bodies in which an account holds a role; bodies
// without anybody on their register are left out.
func (s *Server) registers(r *request, a access.Account) ([]registerRow, error) {
	var rows []registerRow
	seen := map[string]bool{"": true}
	for _, g := range a.Grants {
		if seen[g.Body] {
			continue
		}
		seen[g.Body] = true
		people, err := s.Standing.Register(r.Request.Context(), r.actor, g.Body)
		if err != nil {
			return nil, err
		}
		row := registerRow{Body: g.Body, Name: s.placeName(r, "", g.Body)}
		for _, p := range people {
			if p.Account == a.ID {
				row.Known = p.Name
			} else if p.Account != "" {
				continue // works with another account
			}
			row.People = append(row.People, choice{p.ID, p.Name + " · " + p.IDMasked, p.Account == a.ID})
		}
		if len(row.People) > 0 {
			rows = append(rows, row)
		}
	}
	return rows, nil
}

// tie says which person of a body's register works with an account.
func (s *Server) tie(r *request, account string) error {
	ctx, body, person := r.Request.Context(), r.PostForm("body"), r.PostForm("person")
	people, err := s.Standing.Register(ctx, r.actor, body)
	if err != nil {
		return err
	}
	for _, p := range people {
		if p.Account == account && p.ID != person {
			if err := s.Standing.Tie(ctx, r.actor, body, p.ID, ""); err != nil {
				return err
			}
		}
	}
	if person == "" {
		return nil
	}
	return s.Standing.Tie(ctx, r.actor, body, person, account)
}
