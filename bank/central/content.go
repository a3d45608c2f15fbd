package central

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"kaoping/bank"
	"kaoping/internal/audit"
	"kaoping/internal/fault"
	"kaoping/internal/vault"
)

// Content is what a form holds. It leaves this package only to who may read it
// at that moment, and is never stored, logged or put in an error.
type Content struct {
	Questions []bank.Question // with their keys, in paper order
	Tasks     []Task
}

// Task is one line of the practical task sheet (实操试题).
type Task struct {
	Name   string
	Points bank.Points
	Text   string // what is to be done, with which material
}

// Theory is the theory part as the exam room and marking take it.
func (p Paper) theory(letter string, c Content) bank.Paper {
	return bank.Paper{
		ID: PaperRef(p.ID, letter), Owner: p.Region, Trade: p.Trade, Level: p.Level, Name: p.Name,
		PassMark: p.PassMark, Minutes: p.Minutes, Partial: p.Partial, Questions: c.Questions, CreatedBy: p.SetBy, CreatedAt: p.SetAt,
	}
}

// refPrefix marks what an attempt on a central paper keeps as its paper.
const refPrefix = "central:"

// PaperRef names a form of a central paper in an attempt: "central:<id>:B".
func PaperRef(id, letter string) string { return refPrefix + id + ":" + letter }

// ParseRef reads what PaperRef made; ok is false for the id of a body's own paper.
func ParseRef(ref string) (id, letter string, ok bool) {
	rest, ok := strings.CutPrefix(ref, refPrefix)
	if !ok {
		return "", "", false
	}
	return strings.Cut(rest, ":")
}

// RoomPaper is what a room may load before the start: a form's theory part
// without keys, accepted texts and explanations, in paper order. The order
// that each candidate sees comes with the start.
type RoomPaper struct {
	Paper     string         `json:"paper"` // PaperRef
	Minutes   int            `json:"minutes"`
	Questions []RoomQuestion `json:"questions"`
}

// RoomQuestion is a question without its key.
type RoomQuestion struct {
	ID      string        `json:"id"`
	Type    bank.ItemType `json:"type"`
	Points  string        `json:"points"`
	Stem    string        `json:"stem"`
	Options []string      `json:"options,omitempty"`
	Blanks  int           `json:"blanks,omitempty"`
}

func (p Paper) room(letter string, c Content) RoomPaper {
	r := RoomPaper{Paper: PaperRef(p.ID, letter), Minutes: p.Minutes, Questions: make([]RoomQuestion, len(c.Questions))}
	for i, q := range c.Questions {
		r.Questions[i] = RoomQuestion{q.ID, q.Type, q.Points.String(), q.Stem, q.Options, q.Blanks()}
	}
	return r
}

// Limits of a form.
const (
	questionsMost = 500
	tasksMost     = 50
	taskTextMost  = 4000    // characters
	contentMost   = 2 << 20 // bytes of a form, so that a paper fits the store
)

// FormInput is a form as its setter gives it: items as read from a sheet (with
// the row of each), the rows that could not be read, what a question of each
// type is worth, and the task sheet.
type FormInput struct {
	Items  []bank.Item
	Rows   []int
	Unread []fault.Issue
	Each   map[bank.ItemType]bank.Points
	Tasks  []Task
}

// content makes the content of a form, or says everything that is wrong with
// it. Question ids begin with the form's letter, so that an answer to one form
// never counts for the other.
func (in FormInput) content(letter string) (Content, []fault.Issue) {
	var c Content
	issues := slices.Clone(in.Unread)
	if len(in.Items) == 0 || len(in.Items) > questionsMost {
		issues = append(issues, fault.Issue{Column: "file", Text: fault.Textf("a form has 1 to %d questions, the sheet has %d", questionsMost, len(in.Items))})
	}
	row := func(i int) int {
		if i < len(in.Rows) {
			return in.Rows[i]
		}
		return i + 1
	}
	for i, item := range in.Items {
		for _, issue := range item.Check() {
			issue.Row = row(i)
			issues = append(issues, issue)
		}
	}
	var total bank.Points
	for _, kind := range bank.ItemTypes {
		for i, item := range in.Items {
			if item.Type != kind {
				continue
			}
			each := in.Each[kind]
			if each <= 0 {
				issues = append(issues, fault.Issue{Row: row(i), Column: "each", Text: fault.Textf("say what a question of the type %s is worth", kind.Chinese())})
			}
			total += each
			c.Questions = append(c.Questions, bank.Question{
				ID: fmt.Sprintf("%s%03d", strings.ToLower(letter), len(c.Questions)+1), Type: kind, Topic: item.Topic, Stem: item.Stem,
				Options: slices.Clone(item.Options), Key: slices.Clone(item.Key), Accept: item.Accept, Points: each, Explanation: item.Explanation,
			})
		}
	}
	if total != bank.FullMarks {
		issues = append(issues, fault.Issue{Column: "each", Rule: "R15", Text: fault.Textf("the questions add up to %s points, the theory part is marked out of 100", total)})
	}
	c.Tasks = in.Tasks
	return c, append(issues, checkTasks(in.Tasks)...)
}

func checkTasks(tasks []Task) []fault.Issue {
	var issues []fault.Issue
	var total bank.Points
	if len(tasks) > tasksMost {
		issues = append(issues, fault.Issue{Column: "tasks", Text: fault.Textf("a task sheet has at most %d tasks", tasksMost)})
	}
	for i, t := range tasks {
		if strings.TrimSpace(t.Name) == "" || t.Points <= 0 {
			issues = append(issues, fault.Issue{Row: i + 1, Column: "tasks", Text: fault.Textf("a task has a name and points")})
		}
		if utf8.RuneCountInString(t.Name)+utf8.RuneCountInString(t.Text) > taskTextMost {
			issues = append(issues, fault.Issue{Row: i + 1, Column: "tasks", Text: fault.Textf("a task has at most %d characters", taskTextMost)})
		}
		total += t.Points
	}
	if total != bank.FullMarks {
		issues = append(issues, fault.Issue{Column: "tasks", Rule: "R15", Text: fault.Textf("the tasks add up to %s points, the practical part is marked out of 100", total)})
	}
	return issues
}

// The purposes of a form's keys: a wrapped key opens for its own place only.
func contentPurpose(id, letter string) string { return "central paper/" + id + "/" + letter }
func roomPurpose(id, letter string) string    { return "central room/" + id + "/" + letter }

// encrypt puts a form's content away under a new key.
func (s *Service) encrypt(id, letter string, c Content) (Form, error) {
	const op = "central.encrypt"
	plain, err := json.Marshal(c)
	if err != nil {
		return Form{}, fault.Wrap(op, err)
	}
	if len(plain) > contentMost {
		return Form{}, fault.New(fault.Invalid, op, "a form has at most %d MiB", contentMost>>20)
	}
	f := Form{Letter: letter, Questions: len(c.Questions), Tasks: len(c.Tasks)}
	if f.Content, f.Key, err = s.lock(contentPurpose(id, letter), plain, contentPurpose(id, letter)); err != nil {
		return Form{}, err
	}
	f.Digest = audit.Digest(f.Content)
	return f, nil
}

// lock seals bytes under a new data key, and wraps the key. The bytes are
// bound to bind, the wrapped key to purpose.
func (s *Service) lock(purpose string, plain []byte, bind string) ([]byte, vault.Wrapped, error) {
	key := vault.NewDataKey()
	sealed, err := key.Seal(bind, plain)
	if err != nil {
		return nil, vault.Wrapped{}, err
	}
	wrapped, err := s.Keys.Wrap(purpose, key)
	return sealed, wrapped, err
}

// decrypt opens a form. It decides nothing: its callers do.
func (s *Service) decrypt(id string, f *Form) (Content, error) {
	var c Content
	key, err := s.Keys.Unwrap(contentPurpose(id, f.Letter), f.Key)
	if err != nil {
		return c, err
	}
	plain, err := key.Open(contentPurpose(id, f.Letter), f.Content)
	if err != nil {
		return c, err
	}
	if err := json.Unmarshal(plain, &c); err != nil {
		return c, fault.New(fault.Internal, "central.decrypt", "a form cannot be read") // the cause would show content
	}
	return c, nil
}

// lockRoom makes what the rooms load before the start. Browsers open it with
// the key alone: nonce of 12 bytes, ciphertext, tag; no additional data.
func (s *Service) lockRoom(p Paper, f *Form) error {
	c, err := s.decrypt(p.ID, f)
	if err != nil {
		return err
	}
	plain, err := json.Marshal(p.room(f.Letter, c))
	if err != nil {
		return fault.Wrap("central.lockRoom", err)
	}
	f.Room, f.RoomKey, err = s.lock(roomPurpose(p.ID, f.Letter), plain, "")
	return err
}
