package web

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"kaoping/internal/fault"
	"kaoping/policies/rulebook"
	"kaoping/policies/standing"
)

// A filing is typed line by line, fields divided by "|", as it stands in the
// sheets that bodies hand in.

// filingForm reads the proposal of an application (Invalid names line and field).
func (r *request) filingForm() (standing.Body, error) {
	var issues []fault.Issue
	b := standing.Body{
		Name: strings.TrimSpace(r.PostForm("name")), Kind: standing.Kind(r.PostForm("kind_of_body")), Region: r.PostForm("region"),
		Scopes: scopeLines(r.PostForm("scopes"), &issues), Sites: siteLines(r.PostForm("sites"), &issues), Staff: staffLines(r.PostForm("staff"), &issues),
	}
	if len(issues) > 0 {
		return b, fault.New(fault.Invalid, "web.filing", "some lines cannot be read").With(issues...)
	}
	return b, nil
}

// fields yields the lines of a text that are not empty, cut at "|".
func fields(text string, yield func(row int, part []string)) {
	row := 0
	for line := range strings.Lines(text) {
		if strings.TrimSpace(line) == "" {
			continue
		}
		row++
		part := strings.Split(strings.ReplaceAll(line, "｜", "|"), "|")
		for i := range part {
			part[i] = strings.TrimSpace(part[i])
		}
		yield(row, part)
	}
}

func lineIssue(row int, column, format string, args ...any) fault.Issue {
	return fault.Issue{Row: row, Column: column, Text: fault.Textf(format, args...)}
}

// scopeLines reads "6-31-01-03 | 5 4 3 | 职业技能等级认定 结业考核"; without tracks
// for all of them.
func scopeLines(text string, issues *[]fault.Issue) (scopes []standing.Scope) {
	fields(text, func(row int, part []string) {
		if len(part) != 2 && len(part) != 3 {
			*issues = append(*issues, lineIssue(row, "scopes", "a line has a trade's code, then its levels, then its tracks"))
			return
		}
		scope := standing.Scope{Trade: part[0]}
		for _, word := range listed(part[1]) {
			n, err := strconv.Atoi(word)
			if level := rulebook.Level(n); err == nil && level.Valid() {
				scope.Levels = append(scope.Levels, level)
			} else {
				*issues = append(*issues, lineIssue(row, "scopes", "there is no level %s", word))
			}
		}
		if len(part) == 3 {
			for _, word := range listed(part[2]) {
				at := slices.IndexFunc(rulebook.Tracks, func(t rulebook.Track) bool { return word == string(t) || word == t.String() })
				if at < 0 {
					*issues = append(*issues, lineIssue(row, "scopes", "there is no track %s", word))
					continue
				}
				scope.Tracks = append(scope.Tracks, rulebook.Tracks[at])
			}
		}
		scopes = append(scopes, scope)
	})
	return scopes
}

// listed are the words of a field with blanks or commas between.
func listed(field string) []string {
	return strings.FieldsFunc(field, func(c rune) bool { return strings.ContainsRune(" ,，、", c) })
}

// siteLines reads "第一考点 | 地址 | 000001 | 4 | 第一考场 20，第二考场 20 | 410421"; the
// region is left out of a site in the body's own.
func siteLines(text string, issues *[]fault.Issue) (sites []standing.Site) {
	fields(text, func(row int, part []string) {
		if len(part) != 5 && len(part) != 6 {
			*issues = append(*issues, lineIssue(row, "sites", "a line has name, address, serial, number of cameras, rooms with seats, and the region where it is another"))
			return
		}
		site := standing.Site{Name: part[0], Address: part[1], Serial: part[2]}
		if len(part) == 6 {
			site.Region = part[5]
		}
		var err error
		if site.Cameras, err = strconv.Atoi(part[3]); err != nil || site.Cameras < 0 {
			*issues = append(*issues, lineIssue(row, "sites", "the number of cameras is a number from 0"))
		}
		for _, room := range strings.FieldsFunc(part[4], func(c rune) bool { return strings.ContainsRune(",，、;；", c) }) {
			name, seats, _ := cutLast(strings.TrimSpace(room))
			n, err := strconv.Atoi(seats)
			if err != nil || n < 1 || name == "" {
				*issues = append(*issues, lineIssue(row, "sites", "a room has a name and seats: %s", room))
				continue
			}
			site.Rooms = append(site.Rooms, standing.Room{Name: name, Seats: n})
		}
		sites = append(sites, site)
	})
	return sites
}

// cutLast cuts a text at its last blank.
func cutLast(text string) (before, after string, found bool) {
	i := strings.LastIndexAny(text, " 　")
	if i < 0 {
		return text, "", false
	}
	return strings.TrimSpace(text[:i]), strings.TrimSpace(text[i:]), true
}

// staffLines reads "姓名 | 证件号码 | 考评员证号 | 职业编码 | 高级 | 2028-12-31"; a person
// with several certificates has several lines.
func staffLines(text string, issues *[]fault.Issue) (staff []standing.Staff) {
	fields(text, func(row int, part []string) {
		if len(part) != 2 && len(part) != 6 {
			*issues = append(*issues, lineIssue(row, "staff", "a line has name and ID number, and for an examiner certificate number, trade, 高级 or 考评员, last day"))
			return
		}
		i := slices.IndexFunc(staff, func(p standing.Staff) bool { return p.IDNumber == part[1] })
		if i < 0 {
			staff = append(staff, standing.Staff{Name: part[0], IDNumber: part[1]})
			i = len(staff) - 1
		}
		if len(part) == 2 {
			return
		}
		until, err := time.ParseInLocation(time.DateOnly, part[5], rulebook.Shanghai)
		if err != nil {
			*issues = append(*issues, lineIssue(row, "staff", "the last day is written like 2028-12-31"))
		}
		staff[i].Proofs = append(staff[i].Proofs, standing.Proof{Number: part[2], Trade: part[3], Senior: strings.HasPrefix(part[4], "高级"), Until: until})
	})
	return staff
}

// filingText is a filing as it would be typed, to be changed; ID numbers are
// not shown again, so staff are typed anew or left as they are.
type filingText struct {
	Name, Kind, Region, Scopes, Sites, Staff string
}

func textOf(b standing.Body) filingText {
	t := filingText{Name: b.Name, Kind: string(b.Kind), Region: b.Region}
	for _, s := range b.Scopes {
		var levels []string
		for _, l := range s.Levels {
			levels = append(levels, strconv.Itoa(int(l)))
		}
		t.Scopes += s.Trade + " | " + strings.Join(levels, " ")
		if words := (language{}).tracks(s.Tracks); len(words) > 0 {
			t.Scopes += " | " + strings.Join(words, " ")
		}
		t.Scopes += "\n"
	}
	for _, s := range b.Sites {
		var rooms []string
		for _, room := range s.Rooms {
			rooms = append(rooms, fmt.Sprintf("%s %d", room.Name, room.Seats))
		}
		line := []string{s.Name, s.Address, s.Serial, strconv.Itoa(s.Cameras), strings.Join(rooms, "，")}
		if s.Region != "" {
			line = append(line, s.Region)
		}
		t.Sites += strings.Join(line, " | ") + "\n"
	}
	return t
}
