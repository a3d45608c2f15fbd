package certify

import (
	"context"
	"slices"
	"time"

	"kaoping/internal/fault"
	"kaoping/policies/access"
	"kaoping/policies/rulebook"
)

// Tally is the certificates of a month, a county, or all, by track in the order
// of rulebook.Tracks, and the people among their holders (R53).
type Tally struct {
	Tracks  [6]int // in the order of rulebook.Tracks
	Skilled int    // people who became skilled workers (新增技能人才)
	High    int    // of them highly skilled ones (新增高技能人才)
}

// Of is the number of a track.
func (t Tally) Of(track rulebook.Track) int { return t.Tracks[slices.Index(rulebook.Tracks, track)] }

// Ratio is what R06 measures of it.
func (t Tally) Ratio() Ratio {
	var r Ratio
	for i, track := range rulebook.Tracks {
		r.All += t.Tracks[i]
		if Capped(track) {
			r.Capped += t.Tracks[i]
		}
	}
	return r
}

func (t *Tally) add(c Cell) {
	if i := slices.Index(rulebook.Tracks, c.Track); i >= 0 {
		t.Tracks[i] += c.N
	}
	t.Skilled += c.Skilled
	t.High += c.High
}

// MonthTally is a month of a board.
type MonthTally struct {
	Month time.Month
	Tally       // of the month
	SoFar Tally // from January to its end
}

// CountyTally is a district of a board: the share of its bodies.
type CountyTally struct {
	Region string
	Tally
}

// Board is the certificates of a city and year (证书结构看板), read from its mix.
type Board struct {
	Region   string // as asked: the city, or a county of it
	City     string
	Year     int
	At       time.Time
	Limit    Limit // at this moment, of a past year on its last day
	Warning  Warning
	Total    Tally         // of the region
	CityWide Ratio         // what the cap is held against
	Months   []MonthTally  // of the region, January to December or the month that it is
	Counties []CountyTally // by region code; of a city all its districts, those without certificates too
	Waiting  int           // of the region
	Oldest   time.Time     // since when the first of them waits, zero for none
}

// Board shows a city's mix of a year, or a county's share of it, to who may see
// the region (certificate:board). Of a county it shows that county, and of the
// rest of the city nothing but its ratio, which is what the cap is held against.
func (s *Service) Board(ctx context.Context, actor access.Actor, region string, year int) (Board, error) {
	const op = "certify.Board"
	if _, err := s.Book.Region(region); err != nil {
		return Board{}, err
	}
	if err := s.Policy.Decide(actor, "certificate:board", access.Scope{Region: region}); err != nil {
		return Board{}, err
	}
	now := s.Now()
	city := s.Book.City(region)
	b := Board{Region: region, City: city, Year: year, At: now}
	m, err := s.Store.Mix(ctx, MixID(city, year))
	if err != nil && !fault.Is(err, fault.NotFound) {
		return b, fault.Wrap(op, err)
	}
	day := now
	if last := time.Date(year+1, time.January, 1, 0, 0, 0, 0, rulebook.Shanghai).Add(-time.Second); last.Before(now) {
		day = last
	}
	b.Limit, b.CityWide = s.limit(city, day, rulebook.SpecialSkill), m.Ratio()
	b.Warning = s.warning(city, day, b.CityWide, b.Limit)
	s.tally(&b, m, day)
	q := WaitingQuery{City: city, States: []WaitingState{InQueue}}
	if day.Equal(now) {
		if b.Waiting, b.Oldest, err = s.waitingIn(ctx, q, region); err != nil {
			return b, fault.Wrap(op, err)
		}
	}
	return b, nil
}

// Mixes lists the mixes of all years of the cities that the actor may see
// (certificate:board).
func (s *Service) Mixes(ctx context.Context, actor access.Actor) ([]Mix, error) {
	list, err := s.Store.Mixes(ctx, MixQuery{})
	return slices.DeleteFunc(list, func(m Mix) bool {
		return s.Policy.Decide(actor, "certificate:board", access.Scope{Region: m.City}) != nil
	}), fault.Wrap("certify.Mixes", err)
}

// waitingIn counts who waits in a region.
func (s *Service) waitingIn(ctx context.Context, q WaitingQuery, region string) (n int, oldest time.Time, err error) {
	if region == q.City {
		if n, err = s.Store.CountWaitings(ctx, q); err != nil || n == 0 {
			return n, oldest, err
		}
		q.Limit = 1
		list, err := s.Store.Waitings(ctx, q)
		if err == nil && len(list) > 0 {
			oldest = list[0].Since
		}
		return n, oldest, err
	}
	list, err := s.Store.Waitings(ctx, q)
	for _, w := range list {
		if s.Book.Covers(region, w.County) {
			if n++; n == 1 {
				oldest = w.Since
			}
		}
	}
	return n, oldest, err
}

// tally sums the cells of the mix that lie in the board's region.
func (s *Service) tally(b *Board, m Mix, day time.Time) {
	months, counties := make([]Tally, 13), map[string]*Tally{}
	for _, r := range s.Book.Regions() {
		if s.Book.Covers(b.Region, r.Code) {
			counties[r.Code] = &Tally{}
		}
	}
	for _, c := range m.Cells {
		if of := counties[c.County]; of != nil {
			of.add(c)
			months[c.Month].add(c)
			b.Total.add(c)
		}
	}
	last := day.In(rulebook.Shanghai).Month()
	var soFar Tally
	for month := time.January; month <= last; month++ {
		for i, n := range months[month].Tracks {
			soFar.Tracks[i] += n
		}
		soFar.Skilled, soFar.High = soFar.Skilled+months[month].Skilled, soFar.High+months[month].High
		b.Months = append(b.Months, MonthTally{month, months[month], soFar})
	}
	for _, r := range s.Book.Regions() {
		t := counties[r.Code]
		if t == nil || r.Code == b.City && *t == (Tally{}) && b.Region == b.City && len(counties) > 1 {
			continue // no body of this city is the city's own
		}
		b.Counties = append(b.Counties, CountyTally{r.Code, *t})
	}
}

// Warning is how near a ratio is to its cap.
type Warning string

// The warnings of K15.
const (
	NoWarning Warning = ""
	Near      Warning = "near"   // 80 % of the cap
	Nearer    Warning = "nearer" // 95 % of the cap
	Over      Warning = "over"   // the cap is passed
)

// warning is how near a ratio is to a city's cap (K15).
func (s *Service) warning(city string, at time.Time, r Ratio, l Limit) Warning {
	share := func(name string) int {
		p, ok := s.Book.At(city, at, rulebook.SpecialSkill, name)
		if !ok {
			return 2 * whole // never
		}
		return p.Ratio()
	}
	switch {
	case !l.Set:
		return NoWarning
	case !r.Within(l):
		return Over
	case r.Reaches(share("mix_warning_late"), l):
		return Nearer
	case r.Reaches(share("mix_warning_early"), l):
		return Near
	}
	return NoWarning
}

// Forecast is what a sitting would bring to the mix of its city, if all who are
// enrolled passed and had their certificates now.
type Forecast struct {
	Sitting    string
	City       string
	Year       int
	Track      rulebook.Track
	Limit      Limit // without one nothing is capped
	Candidates int
	Now        Ratio
	Then       Ratio   // with all of them: "these 120 would bring the city to 11.3 %"
	Warning    Warning // of Then
	Queue      int     // who waits already
	WouldWait  int     // of the candidates, for other certificates to be issued first
}

// Forecast looks ahead for who may read the sitting (sitting:read). Capped says
// whether there is anything to see: the track is a capped one in a city with a cap.
func (s *Service) Forecast(ctx context.Context, actor access.Actor, sitting string) (Forecast, error) {
	const op = "certify.Forecast"
	v, err := s.Exams.Sitting(ctx, actor, sitting)
	if err != nil {
		return Forecast{}, fault.Wrap(op, err)
	}
	now := s.Now()
	f := Forecast{Sitting: v.ID, City: s.Book.City(v.Region), Year: now.In(rulebook.Shanghai).Year(), Track: v.Track}
	f.Limit = s.limit(f.City, now, v.Track)
	m, err := s.Store.Mix(ctx, MixID(f.City, f.Year))
	if err != nil && !fault.Is(err, fault.NotFound) {
		return f, fault.Wrap(op, err)
	}
	if f.Candidates, err = s.Exams.Candidates(ctx, v.ID); err != nil {
		return f, fault.Wrap(op, err)
	}
	f.Now, f.Queue = m.Ratio(), m.Queue()
	if !Capped(v.Track) {
		f.Then = f.Now.With(0, f.Candidates)
		return f, nil
	}
	f.Then = f.Now.With(f.Candidates, 0)
	f.Warning = s.warning(f.City, now, f.Then, f.Limit)
	if room := f.Now.Room(f.Limit); f.Queue > 0 && f.Limit.Set {
		f.WouldWait = f.Candidates
	} else {
		f.WouldWait = max(0, f.Candidates-room)
	}
	return f, nil
}

// Capped reports whether the sitting's certificates are capped where it is.
func (f Forecast) Capped() bool { return Capped(f.Track) && f.Limit.Set }
