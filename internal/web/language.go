package web

import (
	"embed"
	"fmt"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
	"go.yaml.in/yaml/v4"

	"kaoping/bank/central"
	"kaoping/exam"
	"kaoping/internal/fault"
	"kaoping/policies/access"
	"kaoping/policies/rulebook"
	"kaoping/policies/standing"
	"kaoping/policies/standing/cases"
	"kaoping/policies/standing/inspection"
)

//go:embed locale/zh.yaml
var localeFiles embed.FS

// language is one of the two languages of the pages. English sentences are the
// keys of the catalogue; Chinese is the default.
type language struct {
	Code    string // "zh" or "en"
	catalog map[string]string
}

// loadChinese reads the message catalogue.
func loadChinese() (language, error) {
	raw, err := localeFiles.ReadFile("locale/zh.yaml")
	if err != nil {
		return language{}, err
	}
	zh := language{Code: "zh"}
	if err := yaml.Unmarshal(raw, &zh.catalog); err != nil {
		return language{}, fmt.Errorf("web: zh.yaml: %w", err)
	}
	return zh, nil
}

// T says an English sentence in the language, with fmt arguments.
func (l language) T(key string, args ...any) string { return l.Text(fault.Textf(key, args...)) }

// Text says a Text in the language.
func (l language) Text(text fault.Text) string {
	format, translated := l.catalog[text.Format]
	if !translated {
		format = plain(text.Format)
	}
	return text.In(format, l.arg)
}

// kinds are the closed sets whose words stand in the catalogue under
// "<kind> <value>", so that two sets can use one word.
var kinds = []string{"state ", "paper state ", "role ", "action ", "case ", "measure ", "source ", "waits ", "step ", "act ", "bar ", "part ", "letter ", "application ", "opinion ", "inspection ", "visit ", "check ", "finding ", "grade "}

// plain is the English of a key.
func plain(key string) string {
	for _, kind := range kinds {
		if value, ok := strings.CutPrefix(key, kind); ok && !strings.Contains(value, " ") {
			return strings.NewReplacer("_", " ", ":", " ").Replace(value)
		}
	}
	return key
}

// arg shows values that know their own words.
func (l language) arg(v any) any {
	switch v := v.(type) {
	case time.Time:
		if v.Equal(rulebook.Day(v)) {
			return l.Day(v)
		}
		return l.Moment(v)
	case exam.State:
		return l.T("state " + string(v))
	case standing.State:
		return l.T("state " + string(v))
	case standing.ApplicationState:
		return l.T("state " + string(v))
	case inspection.VisitState:
		return l.T("visit " + string(v))
	case inspection.CreditState:
		return l.T("grade " + string(v))
	case central.State:
		return l.T("paper state " + string(v))
	case cases.State:
		return l.T("case " + string(v))
	case cases.MeasureKind:
		return l.T("measure " + string(v))
	case access.Role:
		return l.T("role " + string(v))
	case access.Action:
		return l.T("action " + string(v))
	case rulebook.Track:
		return l.term(v.String())
	case []rulebook.Level:
		var words []string
		for _, level := range v {
			words = append(words, l.term(level.String()))
		}
		return strings.Join(words, "、")
	case fault.Text:
		return l.Text(v)
	}
	return v
}

var weekdays = [...]string{"星期日", "星期一", "星期二", "星期三", "星期四", "星期五", "星期六"}

// Day shows a legal day: 2026年11月21日, 21 Nov 2026; "—" for none.
func (l language) Day(t time.Time) string {
	if t.IsZero() {
		return "—"
	}
	t = t.In(rulebook.Shanghai)
	if l.Code == "zh" {
		return fmt.Sprintf("%d年%d月%d日", t.Year(), t.Month(), t.Day())
	}
	return t.Format("2 Jan 2006")
}

// Moment shows a day and the time of day.
func (l language) Moment(t time.Time) string {
	if t.IsZero() {
		return "—"
	}
	return l.Day(t) + " " + t.In(rulebook.Shanghai).Format("15:04")
}

// Now shows the top bar's clock: 2026年11月21日 星期六 15:04.
func (l language) Now(t time.Time) string {
	t = t.In(rulebook.Shanghai)
	if l.Code == "zh" {
		return l.Day(t) + " " + weekdays[t.Weekday()] + t.Format(" 15:04")
	}
	return t.Format("Mon 2 Jan 2006 15:04")
}

const languageCookie = "lang"

// languageOf picks the language of a request: the cookie that the switch sets,
// else Chinese on pages, and for the API what the program asks for.
func (s *Server) languageOf(c *gin.Context) language {
	wanted, err := c.Cookie(languageCookie)
	if err != nil {
		wanted = "zh"
	}
	if err != nil && strings.HasPrefix(c.Request.URL.Path, apiPrefix+"/") {
		for part := range strings.SplitSeq(c.GetHeader("Accept-Language"), ",") {
			tag := strings.ToLower(strings.TrimSpace(part))
			if strings.HasPrefix(tag, "zh") {
				break
			}
			if strings.HasPrefix(tag, "en") {
				wanted = "en"
				break
			}
		}
	}
	if wanted == "en" {
		return s.english
	}
	return s.chinese
}
