package web

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"kaoping/certify"
	"kaoping/internal/fault"
	"kaoping/policies/access"
	"kaoping/policies/rulebook"
)

func (a *jsonAPI) mixes() {
	op := func(id, method, path, summary, description string, codes ...fault.Code) huma.Operation {
		return huma.Operation{OperationID: id, Method: method, Path: path, Tags: []string{"statistics"}, Summary: summary, Description: description, Errors: refusals(codes...)}
	}
	operation(a, op("getMix", http.MethodGet, "/board", "The certificates of a region and year by type (证书结构)",
		"Counts, the share of special skill and training certificates against the city's cap (R06), who waits, the districts, skilled people against targets (R53, R63). Of a county it has that county, and of the rest of its city the ratio only.", fault.NotFound), a.getMix)
	operation(a, op("listWaiting", http.MethodGet, "/board/queue", "Who waits for the cap, the next first (候发)", "As far as the caller may read them; with what would free each.", fault.NotFound), a.listWaiting)
	operation(a, op("askRelease", http.MethodPost, "/board/queue/{enrolment}/release", "Ask for an exceptional release (例外放行)", "By an officer, with a reason. Another person approves it.", fault.NotFound, fault.Refused, fault.Conflict), a.askRelease)
	operation(a, op("approveRelease", http.MethodPost, "/board/queue/{enrolment}/approval", "Approve an exceptional release", "By another person than asked. The certificate is issued whatever the cap says, and counts.", fault.NotFound, fault.Refused, fault.Conflict), a.approveRelease)
	operation(a, op("getForecast", http.MethodGet, "/sittings/{id}/forecast", "What a sitting's certificates would bring the city to", "If all who are enrolled passed and had their certificates now (R06).", fault.NotFound), a.getForecast)
}

type mixInput struct {
	Region string `query:"region" required:"true" example:"410400" doc:"A city, or a county of it"`
	Year   int    `query:"year" minimum:"2000" maximum:"2999" doc:"None: this year"`
}

type ratioJSON struct {
	Capped int    `json:"capped" doc:"Special skill and training certificates"`
	All    int    `json:"all"`
	Share  string `json:"share" example:"9.5%"`
}

func ratioForm(r certify.Ratio) ratioJSON { return ratioJSON{r.Capped, r.All, r.String()} }

// capForm is a cap, "" for none.
func capForm(l certify.Limit) string {
	if !l.Set {
		return ""
	}
	return rulebook.Percent(l.Cap)
}

type progressJSON struct {
	People int    `json:"people"`
	Target int    `json:"target,omitempty" doc:"Absent where none is set for the year"`
	Share  string `json:"share,omitempty" example:"73.5%"`
}

func progressForm(p progress) progressJSON {
	form := progressJSON{People: p.N, Target: p.Target}
	if p.Target > 0 {
		form.Share = p.Percent()
	}
	return form
}

type mixJSON struct {
	Region    string           `json:"region"`
	City      string           `json:"city"`
	Year      int              `json:"year"`
	Cap       string           `json:"cap,omitempty" example:"10%" doc:"Of the city; absent where none is set"`
	Warning   certify.Warning  `json:"warning,omitempty" enum:"near,nearer,over" doc:"How near the city is to its cap; absent when it is not"`
	CityWide  ratioJSON        `json:"city_ratio" doc:"What the cap is held against"`
	Ratio     ratioJSON        `json:"ratio" doc:"Of the region"`
	Types     []mixTypeJSON    `json:"types" doc:"The six, in the order of the form"`
	Months    []mixMonthJSON   `json:"months"`
	Districts []mixDistrictOut `json:"districts"`
	Skilled   progressJSON     `json:"skilled"`
	High      progressJSON     `json:"highly_skilled"`
	Waiting   int              `json:"waiting" doc:"Of the region"`
	Oldest    *time.Time       `json:"waiting_since,omitempty"`
	Frees     *int             `json:"freed_by,omitempty" doc:"Other certificates after which the whole queue of the city is issued; absent where none waits or no number would do"`
}

type mixTypeJSON struct {
	Track        rulebook.Track `json:"track"`
	Certificates int            `json:"certificates"`
}

type mixMonthJSON struct {
	Month  int       `json:"month"`
	Within ratioJSON `json:"within" doc:"The month alone"`
	SoFar  ratioJSON `json:"so_far" doc:"From January on"`
	Cap    string    `json:"cap,omitempty" doc:"At its end"`
}

type mixDistrictOut struct {
	Region     string       `json:"region"`
	Name       string       `json:"name"`
	Ratio      ratioJSON    `json:"ratio"`
	Special    int          `json:"special_skill"`
	Completion int          `json:"completion"`
	Skilled    progressJSON `json:"skilled"`
	High       progressJSON `json:"highly_skilled"`
}

func (a *jsonAPI) getMix(ctx context.Context, actor access.Actor, in *mixInput) (mixJSON, error) {
	year := in.Year
	if year == 0 {
		year = a.Now().In(rulebook.Shanghai).Year()
	}
	b, err := a.Certify.Board(ctx, actor, in.Region, year)
	if err != nil {
		return mixJSON{}, err
	}
	skilled, high := a.targets(in.Region, year, b.Total)
	form := mixJSON{
		Region: b.Region, City: b.City, Year: b.Year, Cap: capForm(b.Limit), Warning: b.Warning, CityWide: ratioForm(b.CityWide), Ratio: ratioForm(b.Total.Ratio()), Types: []mixTypeJSON{},
		Months: []mixMonthJSON{}, Districts: []mixDistrictOut{}, Skilled: progressForm(skilled), High: progressForm(high), Waiting: b.Waiting, Oldest: momentOrNone(b.Oldest),
	}
	if others, ok := b.CityWide.Frees(b.Waiting, b.Limit); ok && b.Waiting > 0 && b.Region == b.City {
		form.Frees = new(others)
	}
	for i, track := range rulebook.Tracks {
		form.Types = append(form.Types, mixTypeJSON{track, b.Total.Tracks[i]})
	}
	for _, m := range b.Months {
		row := mixMonthJSON{Month: int(m.Month), Within: ratioForm(m.Ratio()), SoFar: ratioForm(m.SoFar.Ratio())}
		if limit := a.capIn(b.City, year, m.Month); limit >= 0 {
			row.Cap = rulebook.Percent(limit)
		}
		form.Months = append(form.Months, row)
	}
	for _, c := range b.Counties {
		region, err := a.Book.Region(c.Region)
		if err != nil {
			return form, err
		}
		skilled, high := a.targets(c.Region, year, c.Tally)
		form.Districts = append(form.Districts, mixDistrictOut{c.Region, region.Name, ratioForm(c.Ratio()), c.Of(rulebook.SpecialSkill), c.Of(rulebook.Completion), progressForm(skilled), progressForm(high)})
	}
	return form, nil
}

type waitingInput struct {
	City  string               `query:"city" required:"true" example:"410400"`
	State certify.WaitingState `query:"state" enum:"waiting,excepted" doc:"None: who waits now; excepted: the exceptional releases"`
	After int                  `query:"after" minimum:"0" doc:"Place of the last one of the page before, as place says it"`
	Limit int                  `query:"limit" minimum:"1" maximum:"500" default:"50"`
}

type waitingJSON struct {
	Enrolment string               `json:"enrolment"`
	Place     int                  `json:"place" doc:"That it was given, in the city"`
	Now       int                  `json:"now,omitempty" doc:"Place now, 1 being the next; absent for who waits no more"`
	Name      string               `json:"name"`
	Track     rulebook.Track       `json:"track"`
	Body      string               `json:"body"`
	BodyName  string               `json:"body_name"`
	Region    string               `json:"region"`
	Sitting   string               `json:"sitting"`
	Since     time.Time            `json:"since"`
	State     certify.WaitingState `json:"state" enum:"waiting,released,withdrawn,excepted"`
	Ratio     ratioJSON            `json:"ratio" doc:"Of the city, now"`
	Cap       string               `json:"cap,omitempty"`
	FreedBy   *int                 `json:"freed_by,omitempty" doc:"Other certificates after which it is issued; absent where no number would do"`
	Release   *releaseJSON         `json:"release,omitempty" doc:"The exceptional one, where it was asked for"`
}

type releaseJSON struct {
	Reason     string     `json:"reason"`
	AskedBy    string     `json:"asked_by" doc:"Account id"`
	AskedAt    time.Time  `json:"asked_at"`
	ApprovedBy string     `json:"approved_by,omitempty" doc:"Account id"`
	ApprovedAt *time.Time `json:"approved_at,omitempty"`
}

func releaseForm(e certify.Exception) *releaseJSON {
	if e.AskedBy == "" {
		return nil
	}
	return &releaseJSON{e.Reason, e.AskedBy, moment(e.AskedAt), e.ApprovedBy, momentOrNone(e.ApprovedAt)}
}

func turnForm(t certify.Turn) waitingJSON {
	form := waitingJSON{
		Enrolment: t.Enrolment, Place: t.Place, Now: t.Now, Name: t.Name, Track: t.Track, Body: t.Body, BodyName: t.BodyName, Region: t.County, Sitting: t.Sitting,
		Since: moment(t.Since), State: t.State, Ratio: ratioForm(t.Ratio), Cap: capForm(t.Limit), Release: releaseForm(t.Exception),
	}
	if t.Now > 0 && !t.Never {
		form.FreedBy = new(t.Others)
	}
	return form
}

func (a *jsonAPI) listWaiting(ctx context.Context, actor access.Actor, in *waitingInput) (listJSON[waitingJSON], error) {
	q := certify.QueueQuery{City: in.City, After: in.After, Limit: in.Limit}
	if in.State != "" {
		q.States = []certify.WaitingState{in.State}
	}
	if _, err := a.Book.Region(in.City); err != nil {
		return listJSON[waitingJSON]{}, err
	}
	list, err := a.Certify.Queue(ctx, actor, q)
	form := listJSON[waitingJSON]{Items: []waitingJSON{}}
	for _, t := range list {
		form.Items = append(form.Items, turnForm(t))
	}
	return form, err
}

type releaseInput struct {
	Enrolment string `path:"enrolment"`
	Body      struct {
		Reason string `json:"reason" maxLength:"500"`
	}
}

func (a *jsonAPI) askRelease(ctx context.Context, actor access.Actor, in *releaseInput) (releaseJSON, error) {
	w, err := a.Certify.AskException(ctx, actor, in.Enrolment, in.Body.Reason)
	if err != nil {
		return releaseJSON{}, err
	}
	return *releaseForm(w.Exception), nil
}

// OfWaiting is the part of an input that names who waits.
type OfWaiting struct {
	Enrolment string `path:"enrolment" doc:"Id of the enrolment that waits"`
}

func (a *jsonAPI) approveRelease(ctx context.Context, actor access.Actor, in *OfWaiting) (releaseJSON, error) {
	w, err := a.Certify.ApproveException(ctx, actor, in.Enrolment)
	if err != nil {
		return releaseJSON{}, err
	}
	return *releaseForm(w.Exception), nil
}

type forecastJSON struct {
	Sitting    string          `json:"sitting"`
	City       string          `json:"city"`
	Cap        string          `json:"cap,omitempty" doc:"Absent where none is set"`
	Capped     bool            `json:"capped" doc:"The sitting's certificates are of a capped type in a city with a cap"`
	Candidates int             `json:"candidates"`
	Now        ratioJSON       `json:"now"`
	Then       ratioJSON       `json:"then" doc:"With all of them"`
	Warning    certify.Warning `json:"warning,omitempty" enum:"near,nearer,over" doc:"Of then"`
	Queue      int             `json:"queue" doc:"Who waits already"`
	WouldWait  int             `json:"would_wait" doc:"Of the candidates"`
}

func (a *jsonAPI) getForecast(ctx context.Context, actor access.Actor, in *OfSitting) (forecastJSON, error) {
	f, err := a.Certify.Forecast(ctx, actor, in.ID)
	if err != nil {
		return forecastJSON{}, err
	}
	return forecastJSON{f.Sitting, f.City, capForm(f.Limit), f.Capped(), f.Candidates, ratioForm(f.Now), ratioForm(f.Then), f.Warning, f.Queue, f.WouldWait}, nil
}
