package printed

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"kaoping/bank"
	"kaoping/internal/fault"
	"kaoping/internal/typeset/typesettest"
)

var day = time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)

// secret stands in every field that answers a question.
const secret = "机密示例"

func head() Head {
	return Head{
		Title: "示范市职业培训合格证书结业考核", Bureau: "示范市示范县人力资源和社会保障局",
		Trade: "低压电工作业", Level: "五级/初级工", Form: "A", Minutes: 90,
	}
}

// paper has questions of every type, with long stems, long options and breaks.
func paper() Paper {
	var questions []bank.Question
	add := func(q bank.Question) {
		q.ID, q.Explanation, q.Topic = fmt.Sprintf("q%03d", len(questions)+1), secret, secret
		questions = append(questions, q)
	}
	for i := range 30 {
		add(bank.Question{Type: bank.TrueFalse, Stem: fmt.Sprintf("第 %d 条：在潮湿场所使用手持电动工具时，应当使用隔离变压器供电的安全特低电压，并由专人监护。", i+1), Key: []int{0}, Points: 100})
	}
	for i := range 40 {
		q := bank.Question{Type: bank.Single, Stem: fmt.Sprintf("下列第 %d 组导线中，允许用作保护接地线的是", i+1), Options: []string{"1.5 mm²", "2.5 mm²", "4 mm²", "6 mm²"}, Key: []int{1}, Points: 100}
		if i%5 == 1 {
			q.Options = []string{"先断开电源再救人，并立即\n呼叫急救", "直接用手拉开触电者", "用湿木棍挑开电线，同时通知值班人员到场协助处理", "等待"}
		}
		if i%5 == 2 {
			q.Stem = strings.Repeat("某车间的配电柜在雨季多次跳闸，检修人员用 500 V 兆欧表测得绝缘电阻低于 0.5 MΩ，", 3) + "应当"
			q.Options = []string{strings.Repeat("停电后查找受潮的回路并作干燥处理，", 4) + "合格后送电", "更换更大的断路器", "取消漏电保护", "以上都不对"}
		}
		add(q)
	}
	for i := range 10 {
		options := []string{"验电", "装设接地线", "悬挂标示牌", "装设遮栏", "通知用户", "填写工作票"}
		add(bank.Question{Type: bank.Multiple, Stem: fmt.Sprintf("在第 %d 种停电作业中，属于安全技术措施的有", i+1), Options: options[:4+i%3], Key: []int{0, 1}, Points: 200})
	}
	for i := range 5 {
		add(bank.Question{Type: bank.FillIn, Stem: fmt.Sprintf("第 %d 题：我国工频交流电的频率是 ____ Hz，安全特低电压的上限是 ____ V。", i+1), Accept: [][]string{{secret}, {secret}}, Points: 200})
	}
	return Paper{Head: head(), Questions: questions}
}

func tasks() Tasks {
	t := Tasks{Head: head()}
	for i := range 8 {
		t.Tasks = append(t.Tasks, Task{fmt.Sprintf("任务 %d：", i+1) + strings.Repeat("按图接线并通电检查，导线颜色和压接符合规范；", 1+i%4*3), 1250})
	}
	return t
}

// documents are all kinds of prints, two copies each from number 3.
func documents(t *testing.T) map[string][]byte {
	t.Helper()
	fonts := typesettest.Fonts(t)
	all := map[string][]byte{}
	keep := func(name string, pdf []byte, err error) {
		t.Helper()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		all[name] = pdf
		if dir := os.Getenv("KAOPING_PRINTED"); dir != "" { // to look at
			if err := os.WriteFile(filepath.Join(dir, name+".pdf"), pdf, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	copies := Copies{First: 3, Count: 2}
	for _, format := range []Format{A4, A3} {
		p := paper()
		p.Card = format == A3
		pdf, err := Theory(p, format, copies, fonts, day)
		keep(string(format), pdf, err)
	}
	pdf, err := Practical(tasks(), copies, fonts, day)
	keep("tasks", pdf, err)
	pdf, err = Card(paper(), copies, fonts, day)
	keep("card", pdf, err)
	return all
}

func TestWhatIsPrinted(t *testing.T) {
	for name, pdf := range documents(t) {
		words := typesettest.Words(t, pdf)
		pages := words[len(words)-1].Page
		text := make([]string, pages)
		for _, w := range words {
			text[w.Page-1] += w.Text
		}
		all := typesettest.Squeeze(strings.Join(text, ""))
		if strings.Contains(all, secret) {
			t.Errorf("%s prints an answer", name)
		}
		for i, page := range text {
			copy := 3 + i/(pages/2)
			if !strings.Contains(typesettest.Squeeze(page), fmt.Sprintf("第%d份", copy)) {
				t.Errorf("%s, page %d does not say that it is of copy %d", name, i+1, copy)
			}
		}
		wanted := map[string][]string{
			"a4":    {"题号", "核分人", "一、判断题（共30题，每题1分，共30分", "四、填空题", "70.", "90分钟", "A卷", "工频交流电"},
			"a3":    {"答题卡上", "核分人", "四、填空题"},
			"tasks": {"考评员（签名）", "合计", "任务8"},
			"card":  {"答题卡", "缺考", "单项选择题", "多项选择题"},
		}
		for _, want := range wanted[name] {
			if !strings.Contains(all, want) {
				t.Errorf("%s does not print %q", name, want)
			}
		}
	}
}

// Right of the seal line is the paper, left of it the candidate, and nothing
// lies over the line or over another text.
func TestNothingLiesOverTheSealLine(t *testing.T) {
	for name, pdf := range documents(t) {
		if name == "card" {
			continue
		}
		right := 210.0
		if name == "a3" {
			right = 420
		}
		words := typesettest.Words(t, pdf)
		for i, w := range words {
			turned := w.XMax-w.XMin < 8 && w.XMax <= stripX+4 && w.XMin >= 5
			if w.XMin < stripX+5 && !turned && !strings.ContainsAny(w.Text, "_＿") && w.YMax < 290 && isFront(words, w.Page) {
				t.Errorf("%s, page %d: %q lies at the seal line: %+v", name, w.Page, w.Text, w)
			}
			if w.XMax > right-8 || w.YMax > pageH-5 || w.XMin < 5 || w.YMin < 5 {
				t.Errorf("%s, page %d: %q leaves the page: %+v", name, w.Page, w.Text, w)
			}
			for _, v := range words[:i] {
				wide, high := min(w.XMax, v.XMax)-max(w.XMin, v.XMin), min(w.YMax, v.YMax)-max(w.YMin, v.YMin)
				if v.Page == w.Page && wide > 0.6 && high > 0.35*min(w.YMax-w.YMin, v.YMax-v.YMin) && w.XMin > stripX+5 && v.XMin > stripX+5 {
					t.Errorf("%s, page %d: %q and %q are printed over each other", name, w.Page, w.Text, v.Text)
				}
			}
		}
	}
}

// isFront tells a side with a seal line, which says so.
func isFront(words []typesettest.Word, page int) bool {
	for _, w := range words {
		if w.Page == page && w.Text == "封" {
			return true
		}
	}
	return false
}

// A card has a bubble for every option, in rows that its marks tell.
func TestCardHasABubbleForEachOption(t *testing.T) {
	p, want := paper(), 0
	for _, c := range bubbles(p.Questions) {
		for _, options := range c.options {
			want += len(options)
		}
	}
	got, seen := 0, map[int]bool{}
	for _, page := range arrange(bubbles(p.Questions)) {
		for _, piece := range page {
			for i, options := range piece.options {
				got += len(options)
				if seen[piece.first+i] {
					t.Errorf("question %d twice", piece.first+i)
				}
				seen[piece.first+i] = true
				if right := piece.x + numberW + float64(len(options))*bubbleStep; right > cardRight+2 || piece.y+float64(i)*rowStep+bubbleH > cardBottom {
					t.Errorf("question %d leaves the card", piece.first+i)
				}
			}
		}
	}
	if got != want || len(seen) != 80 {
		t.Errorf("%d bubbles for %d questions, want %d for 80", got, len(seen), want)
	}
}

func TestEqualPapersGiveEqualBytes(t *testing.T) {
	first, second := documents(t), documents(t)
	for name := range first {
		if !bytes.Equal(first[name], second[name]) {
			t.Errorf("%s: two prints differ", name)
		}
	}
}

func TestWhatCannotBePrinted(t *testing.T) {
	fonts := typesettest.Fonts(t)
	strange := paper()
	strange.Questions[0].Stem = "𓀀"
	for name, c := range map[string]struct {
		code fault.Code
		do   func() ([]byte, error)
	}{
		"no question":     {fault.Invalid, func() ([]byte, error) { return Theory(Paper{}, A4, Copies{1, 1}, fonts, day) }},
		"no copy":         {fault.Invalid, func() ([]byte, error) { return Theory(paper(), A4, Copies{1, 0}, fonts, day) }},
		"too many copies": {fault.Invalid, func() ([]byte, error) { return Theory(paper(), A4, Copies{1, MaxCopies + 1}, fonts, day) }},
		"strange format":  {fault.Invalid, func() ([]byte, error) { return Theory(paper(), "a5", Copies{1, 1}, fonts, day) }},
		"strange letter":  {fault.Refused, func() ([]byte, error) { return Theory(strange, A4, Copies{1, 1}, fonts, day) }},
		"no font":         {fault.Unavailable, func() ([]byte, error) { return Theory(paper(), A4, Copies{1, 1}, nil, day) }},
		"no task":         {fault.Invalid, func() ([]byte, error) { return Practical(Tasks{}, Copies{1, 1}, fonts, day) }},
		"nothing to mark": {fault.Refused, func() ([]byte, error) {
			return Card(Paper{Questions: paper().Questions[80:]}, Copies{1, 1}, fonts, day)
		}},
	} {
		if pdf, err := c.do(); pdf != nil || !fault.Is(err, c.code) {
			t.Errorf("%s: %d bytes, %v; want %s", name, len(pdf), err, c.code)
		}
	}
}
