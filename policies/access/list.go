package access

// listed is how many entries a list has where nobody says how many.
const listed = 50

// Home is the one place, a body or a region, to which an actor's grants keep
// these actions; zero where there are several places, or one without bounds.
// None says that no grant allows any of them. Lists are narrowed by it, before
// Decide looks at each entry.
func (p *Policy) Home(actor Actor, actions ...Action) (home Scope, none bool, err error) {
	none = actor.Enrolment == ""
	for _, g := range actor.Grants {
		if g.Role == system {
			return Scope{}, false, nil
		}
		allowed := false
		for _, action := range actions {
			may, err := p.may(g.Role, action)
			if err != nil {
				return Scope{}, false, err
			}
			allowed = allowed || may
		}
		place := Scope{Region: g.Region, Body: g.Body}
		if allowed && !none && place != home {
			return Scope{}, false, nil
		}
		if allowed {
			home, none = place, false
		}
	}
	return home, none, nil
}

// Readable walks a stored list, page by page, to as many entries as are wanted
// (50 for a limit that is not positive) and may be read. page returns at most so
// many entries from a cursor on, which cursor tells of the last one.
func Readable[T any](limit int, from string, page func(from string, limit int) ([]T, error), cursor func(T) string, may func(T) bool) ([]T, error) {
	if limit <= 0 {
		limit = listed
	}
	var mine []T
	for {
		entries, err := page(from, limit*2)
		if err != nil {
			return nil, err
		}
		for _, entry := range entries {
			if may(entry) {
				if mine = append(mine, entry); len(mine) == limit {
					return mine, nil
				}
			}
		}
		if len(entries) < limit*2 {
			return mine, nil
		}
		from = cursor(entries[len(entries)-1])
	}
}
