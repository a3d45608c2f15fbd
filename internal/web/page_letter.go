package web

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"kaoping/internal/fault"
	"kaoping/policies/rulebook"
	"kaoping/policies/standing"
	"kaoping/policies/standing/cases"
)

// letterPage is a letter of a case on paper. Letters are in the language of
// Chinese official letters whatever the language of the pages.
type letterPage struct {
	cases.Case
	Back       string
	Bureau     string
	Heading    string
	Number     string
	To         string
	Paragraphs []string
	Signed     string // the day, in Chinese
}

// letterHeadings are the titles of the letters.
var letterHeadings = map[cases.LetterKind]string{
	cases.Notice: "违规处理事先告知书", cases.Summons: "听证通知书", cases.DecisionLetter: "违规处理决定书", cases.RulingLetter: "申诉处理决定书",
}

// showLetter shows a letter to the bureau, and to the party that it was sent to.
func (s *Server) showLetter(r *request) error {
	ctx := r.Request.Context()
	c, err := s.Cases.Case(ctx, r.actor, r.Param("id"))
	back := casesPath
	if fault.Is(err, fault.Forbidden) {
		c, err = s.Cases.OwnCase(ctx, r.actor, r.Param("id"))
		back = ownBase(r.actor)
	}
	if err != nil {
		return err
	}
	kind := cases.LetterKind(r.Param("kind"))
	letter, sent := c.Letter(kind)
	if !sent {
		return fault.New(fault.NotFound, "web.showLetter", "the case has sent no such letter")
	}
	page := letterPage{
		Case: c, Back: back + "/" + c.ID, Bureau: s.Book.FullName(c.Region) + "人力资源和社会保障局", Heading: letterHeadings[kind], Number: letter.Number,
		To: addressee(c), Signed: s.chinese.Day(letter.At),
	}
	words := letterWords{s.chinese, you(c), c}
	switch {
	case kind == cases.Notice:
		page.Paragraphs = words.notice()
	case kind == cases.Summons:
		page.Paragraphs = words.summons()
	case kind == cases.RulingLetter:
		page.Paragraphs = words.ruling()
	case c.Kind == cases.Repair:
		page.Heading, page.Paragraphs = "信用修复决定书", words.repair()
	default:
		if len(c.Decision.Measures) == 0 {
			page.Heading = "不予处理决定书"
		}
		page.Paragraphs = words.decision()
	}
	return r.render(printFrame, "letter", page.Heading, page)
}

func addressee(c cases.Case) string {
	if c.Masked != "" {
		return fmt.Sprintf("%s（身份证件号码 %s）", c.Name, c.Masked)
	}
	return c.Name
}

// you is how a letter speaks to its party.
func you(c cases.Case) string {
	if c.Party.Kind == standing.OfPerson {
		return "你"
	}
	return "你单位"
}

// letterWords writes the paragraphs of letters.
type letterWords struct {
	zh  language
	you string
	c   cases.Case
}

// lines are the paragraphs of a text as typed.
func lines(text string) []string {
	return slices.DeleteFunc(strings.Split(strings.ReplaceAll(text, "\r", ""), "\n"), func(line string) bool { return strings.TrimSpace(line) == "" })
}

func (w letterWords) notice() []string {
	var measures []string
	for _, kind := range w.c.Intended {
		measures = append(measures, w.zh.T("measure "+string(kind)))
	}
	list := append([]string{fmt.Sprintf("经查，%s存在以下情况：", w.you)}, lines(w.c.Facts)...)
	list = append(list, fmt.Sprintf("依据评价监管有关规定，本机关拟对%s作出如下处理：%s。", w.you, strings.Join(measures, "、")))
	end := "。"
	if due := w.stepDue(cases.OpNotify); !due.IsZero() {
		end = fmt.Sprintf("，期限至%s（含当日）。逾期未提出的，视为放弃。", w.zh.Day(due))
	}
	return append(list, fmt.Sprintf("%s有权进行陈述、申辩，可以书面提出，也可以要求听证%s", w.you, end))
}

func (w letterWords) summons() []string {
	return []string{
		fmt.Sprintf("关于“%s”一案，定于%s举行听证，地点：%s。", w.c.Title, w.zh.Moment(w.c.Hearing), w.c.Place),
		fmt.Sprintf("请%s按时到场，携带身份证明及有关材料；可以委托他人代为参加，须提交授权委托书。无正当理由不到场的，视为放弃听证。", w.you),
	}
}

func (w letterWords) decision() []string {
	d := w.c.Decision
	list := append([]string{fmt.Sprintf("关于%s“%s”一案，经调查取证、事先告知并听取陈述申辩，现查明：", w.you, w.c.Title)}, lines(d.Facts)...)
	if len(d.Measures) == 0 {
		return append(list, fmt.Sprintf("本机关决定：对%s不予处理。", w.you))
	}
	for i, m := range d.Measures {
		cite := ""
		if m.Rule.Document != "" {
			cite = fmt.Sprintf("依据《%s》%s", strings.Trim(m.Rule.Document, "《》"), m.Rule.Clause)
			if m.Rule.Quote != "" {
				cite += fmt.Sprintf("“%s”", m.Rule.Quote)
			}
			cite += "，"
		}
		number := ""
		if len(d.Measures) > 1 {
			number = fmt.Sprintf("%d. ", i+1)
		}
		list = append(list, fmt.Sprintf("%s%s决定：%s。", number, cite, w.order(m)))
	}
	list = append(list, fmt.Sprintf("本决定自%s起生效。", w.zh.Moment(d.At)))
	if due := w.stepDue(cases.OpDecide); !due.IsZero() {
		list = append(list, fmt.Sprintf("%s不服本决定的，可以在%s（含当日）前向本机关提出申诉；申诉期间不停止执行。依法申请行政复议、提起行政诉讼的权利不受影响。", w.you, w.zh.Day(due)))
	}
	return list
}

// order is a measure as a decision orders it.
func (w letterWords) order(m cases.Measure) string {
	until := "至另行作出解除决定之日止"
	if !m.Until.IsZero() {
		until = "至" + w.zh.Day(rulebook.Day(m.Until.Add(-time.Nanosecond))) + "止"
	}
	switch m.Kind {
	case cases.Interview:
		return "对" + w.you + "负责人进行约谈"
	case cases.Rectify:
		return fmt.Sprintf("责令%s于%s（含当日）前完成整改并提交整改报告", w.you, w.zh.Day(m.By))
	case cases.Suspend:
		return "暂停" + w.you + "评价活动，" + until
	case cases.CancelFiling, cases.Blacklist:
		text := "取消备案，退出目录清单"
		if m.Kind == cases.Blacklist {
			text = "列入“黑名单”，退出目录清单"
		}
		if m.Running == standing.VoidRunning {
			text += "；正在进行的考核立即终止，成绩无效"
		} else {
			text += "；正在进行的考核在监督下完成"
		}
		if len(m.Revoke) > 0 {
			text += "；撤销下列证书：" + strings.Join(m.Revoke, "、")
		}
		return text
	case cases.NoSubsidy:
		return w.you + "不得开展政府补贴性评价，" + until
	case cases.SubjectVoid:
		return fmt.Sprintf("%s本次考试%s科目成绩无效", w.you, w.zh.T("part "+string(m.Part)))
	case cases.Cheating:
		return w.you + "本次考试成绩无效"
	case cases.YearBarred, cases.Heavier:
		return w.you + "本次考试全部成绩无效，不得报名参加评价，" + until
	case cases.StaffBar:
		return w.you + "不得担任考务、考评人员，" + until
	case cases.PlatformBar:
		return w.you + "不得参与政府补贴性培训，" + until
	}
	return w.zh.T("measure " + string(m.Kind))
}

func (w letterWords) ruling() []string {
	ruling := w.c.Appeal.Ruling
	list := append([]string{fmt.Sprintf("%s不服本机关关于“%s”一案的处理决定，于%s提出申诉。经另行指定人员审查：", w.you, w.c.Title, w.zh.Day(w.c.Appeal.At))}, lines(ruling.Reason)...)
	if ruling.Uphold {
		return append(list, fmt.Sprintf("本机关决定：申诉成立，撤销原处理决定，自%s起恢复%s原有状态。", w.zh.Moment(ruling.At), w.you))
	}
	return append(list, "本机关决定：申诉不成立，维持原处理决定。本决定为终局处理决定；依法申请行政复议、提起行政诉讼的权利不受影响。")
}

func (w letterWords) repair() []string {
	list := append([]string{fmt.Sprintf("%s就“%s”一案申请信用修复。经核查：", w.you, w.c.Title)}, lines(w.c.Decision.Facts)...)
	if w.c.Decision.Lift {
		return append(list, fmt.Sprintf("本机关决定：准予信用修复，自%s起解除对%s的限制。", w.zh.Moment(w.c.Decision.At), w.you))
	}
	return append(list, "本机关决定：不予信用修复。整改到位后可以再次申请。")
}

// stepDue is the deadline that the last step of a kind set.
func (w letterWords) stepDue(op cases.Op) (due time.Time) {
	for _, st := range w.c.Steps {
		if st.What == op {
			due = st.Due
		}
	}
	return due
}
