package web

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"kaoping/exam"
	"kaoping/internal/fault"
	"kaoping/policies/rulebook"
)

// evidenceField is a field of training evidence: its name in forms and in the
// API, its column in a sheet, and what is written there.
type evidenceField struct {
	name, column string
	help, rules  string // of the template's instructions, in Chinese and English
}

// evidenceFields are the fields of training evidence, in the order of a sheet.
var evidenceFields = []evidenceField{
	{"course", "培训班", "培训班名称。", "Name of the course."},
	{"begins", "开班日期", "如 2026-04-01。", "First day, such as 2026-04-01."},
	{"ends", "结业日期", "如 2026-04-20。", "Last day."},
	{"mode", "培训方式", "线下、线上线下结合或纯线上。", "线下 on site, 线上线下结合 blended, 纯线上 on line."},
	{"platform", "线上平台", "线上培训平台名称。", "Platform of on-line lessons."},
	{"hours", "学时", "培训学时，含已补学时。", "Class hours taught, those made up included."},
	{"practice_hours", "实操学时", "其中线下实操学时。", "Of them practised on site."},
	{"missed_hours", "缺课学时", "没有缺课填 0。", "Class hours missed."},
	{"made_up_hours", "补课学时", "已补学时。", "Class hours made up."},
	{"leave", "书面请假", "是或否。", "是 when leave was asked for in writing."},
	{"consent", "人社部门同意补课", "是或否。", "是 when the bureau agreed to the making up."},
	{"recorded", "补课全程记录", "是或否。", "是 when the making up was recorded in full."},
	{"satisfaction", "满意度", "全班满意度，如 92.5%。", "Satisfaction of the class, such as 92.5%."},
	{"rectified_from", "整改开始", "整改的第一天。", "First day on which the class was put right."},
	{"rectified_to", "整改结束", "整改的最后一天。", "Last day of it."},
	{"defects", "线上培训问题", "没有则不填；多项用顿号分开：可快进、多窗口、无提示、无人脸核验、不按课程顺序、无随机抓拍。", "Empty for none; several with 、 between."},
	{"applicant", "申请主体", "培训机构、企业或劳动者个人。", "培训机构 body, 企业 enterprise, 劳动者个人 the worker."},
	{"subsidised", "补贴性培训", "是或否。", "是 for subsidised training."},
	{"previous", "上一培训班", "本人上一个补贴性培训班；没有则不填。", "The person's subsidised course before; empty for none."},
	{"previous_examined", "上一班考核日期", "上一培训班的考核日期；未考核则不填。", "Day of its examination; empty when it was not examined."},
}

// The words of a sheet for what a form names by value.
var (
	modeWords      = map[string]exam.Mode{"线下": exam.OnSite, "线上线下结合": exam.Blended, "混合": exam.Blended, "纯线上": exam.Online, "线上": exam.Online}
	applicantWords = map[string]exam.Applicant{"培训机构": exam.ForBody, "企业": exam.ForEnterprise, "劳动者个人": exam.ForSelf, "个人": exam.ForSelf, "劳动者": exam.ForSelf}
	defectWords    = map[string]string{"可快进": "fast_forward", "多窗口": "several_windows", "无提示": "no_prompt", "无人脸核验": "no_live_face_check", "不按课程顺序": "order_not_enforced", "无随机抓拍": "no_random_snapshot"}
	yesWords       = map[string]bool{"是": true, "有": true, "1": true, "yes": true, "true": true, "否": false, "无": false, "没有": false, "0": false, "no": false, "false": false}
)

// evidenceReader reads fields as they were typed, in a form or in a sheet.
type evidenceReader struct {
	get    func(field string) string
	issues []fault.Issue
	any    bool // something was typed
}

// readEvidence reads the evidence, nil where nothing of it is given. Its issues
// name fields.
func readEvidence(get func(field string) string) (*exam.Evidence, []fault.Issue) {
	r := evidenceReader{get: get}
	v := exam.Evidence{
		Course: r.text("course"), Begins: r.day("begins"), Ends: r.day("ends"), Mode: word(&r, "mode", modeWords), Platform: r.text("platform"),
		Hours: r.number("hours"), PracticeHours: r.number("practice_hours"), Leave: r.yes("leave"), Consent: r.yes("consent"), Recorded: r.yes("recorded"),
		Satisfaction: r.percent("satisfaction"), RectifiedFrom: r.day("rectified_from"), RectifiedTo: r.day("rectified_to"),
		Defects: r.defects(), Applicant: word(&r, "applicant", applicantWords), Subsidised: r.yes("subsidised"),
	}
	for field, hours := range map[string]*int{"missed_hours": &v.MissedHours, "made_up_hours": &v.MadeUpHours} {
		if n := r.number(field); n != nil {
			*hours = *n
		}
	}
	if name, examined := r.text("previous"), r.day("previous_examined"); name != "" || !examined.IsZero() {
		v.Previous = &exam.PreviousCourse{Name: name, ExaminedOn: examined}
	}
	if !r.any {
		return nil, nil
	}
	return &v, r.issues
}

func (r *evidenceReader) text(field string) string {
	text := strings.TrimSpace(r.get(field))
	r.any = r.any || text != ""
	return text
}

func (r *evidenceReader) wrong(field, format string, args ...any) {
	r.issues = append(r.issues, fault.Issue{Column: field, Text: fault.Textf(format, args...)})
}

// dayLayouts are the ways in which sheets write a day.
var dayLayouts = []string{time.DateOnly, "2006/1/2", "2006.1.2", "2006-1-2", "2006年1月2日", "20060102", "01-02-06"}

func (r *evidenceReader) day(field string) time.Time {
	text := r.text(field)
	if text == "" {
		return time.Time{}
	}
	for _, layout := range dayLayouts {
		if day, err := time.ParseInLocation(layout, text, rulebook.Shanghai); err == nil {
			return day
		}
	}
	r.wrong(field, "“%s” is not a day: write it like 2026-04-01", text)
	return time.Time{}
}

func (r *evidenceReader) number(field string) *int {
	text := r.text(field)
	if text == "" {
		return nil
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		r.wrong(field, "“%s” is not a whole number", text)
		return nil
	}
	return &n
}

// percent reads 92.5, 92.5% or 92.5％ as hundredths of a percent.
func (r *evidenceReader) percent(field string) *int {
	text := strings.TrimRight(r.text(field), "%％ ")
	if text == "" {
		return nil
	}
	whole, part, _ := strings.Cut(text, ".")
	n, err := strconv.Atoi(whole + (part + "00")[:2])
	if err != nil || len(part) > 2 || n < 0 {
		r.wrong(field, "“%s” is not a percentage: write it like 92.5%%", text)
		return nil
	}
	return &n
}

func (r *evidenceReader) yes(field string) bool {
	text := r.text(field)
	yes, known := yesWords[strings.ToLower(text)]
	if text != "" && !known {
		r.wrong(field, "“%s” is neither 是 nor 否", text)
	}
	return yes
}

// word reads a word of a sheet, or the value of a form; the service names what
// is neither.
func word[T ~string](r *evidenceReader, field string, words map[string]T) T {
	text := r.text(field)
	if value, known := words[text]; known {
		return value
	}
	return T(text)
}

func (r *evidenceReader) defects() []string {
	var list []string
	for part := range strings.FieldsFuncSeq(r.text("defects"), func(c rune) bool { return strings.ContainsRune("、,，;；", c) }) {
		part = strings.TrimSpace(part)
		if value, known := defectWords[part]; known {
			part = value
		}
		list = append(list, part)
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// evidenceColumn is the column of a sheet for a field.
func evidenceColumn(field string) string {
	at := slices.IndexFunc(evidenceFields, func(f evidenceField) bool { return f.name == field })
	if at < 0 {
		return field
	}
	return evidenceFields[at].column
}

// byColumn names the columns of a sheet instead of fields.
func byColumn(issues []fault.Issue) []fault.Issue {
	for i := range issues {
		issues[i].Column = evidenceColumn(issues[i].Column)
	}
	return issues
}

// evidenceValues writes evidence as a form has it.
func evidenceValues(v *exam.Evidence) map[string]string {
	values := map[string]string{}
	if v == nil {
		return values
	}
	day := func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return legalDay(t)
	}
	number := func(n *int) string {
		if n == nil {
			return ""
		}
		return strconv.Itoa(*n)
	}
	yes := func(b bool) string { return map[bool]string{true: "1"}[b] }
	for field, value := range map[string]string{
		"course": v.Course, "begins": day(v.Begins), "ends": day(v.Ends), "mode": string(v.Mode), "platform": v.Platform,
		"hours": number(v.Hours), "practice_hours": number(v.PracticeHours), "missed_hours": number(&v.MissedHours), "made_up_hours": number(&v.MadeUpHours),
		"leave": yes(v.Leave), "consent": yes(v.Consent), "recorded": yes(v.Recorded), "rectified_from": day(v.RectifiedFrom), "rectified_to": day(v.RectifiedTo),
		"defects": strings.Join(v.Defects, ","), "applicant": string(v.Applicant), "subsidised": yes(v.Subsidised),
	} {
		values[field] = value
	}
	if v.Satisfaction != nil {
		values["satisfaction"] = percentText(*v.Satisfaction)
	}
	if v.Previous != nil {
		values["previous"], values["previous_examined"] = v.Previous.Name, day(v.Previous.ExaminedOn)
	}
	return values
}

// percentText writes hundredths of a percent as a form has them: 92.50.
func percentText(n int) string { return fmt.Sprintf("%d.%02d", n/100, n%100) }
