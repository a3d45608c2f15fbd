package printed

import (
	"fmt"
	"time"

	"kaoping/bank"
	"kaoping/internal/fault"
	"kaoping/internal/typeset"
)

// The card's geometry, in millimetres. The four marks in the corners are what
// a scanner aligns the card by; every row of bubbles has its own mark at the
// left edge.
const (
	cardLeft, cardRight = 20.0, 192.0
	markSize            = 6.0
	bubbleW, bubbleH    = 5.2, 3.0
	bubbleStep          = 6.4 // from bubble to bubble
	rowStep             = 5.0
	numberW             = 8.0 // room of a question's number
	blockRows           = 5   // questions in a block
	blockGap            = 7.0
	ticketDigits        = 15 // of a ticket number (准考证号)
	cardBottom          = 276.0
)

// Card prints copies of the answer card (答题卡) of a theory paper: a bubble
// for each option of its true-or-false and choice questions, under the numbers
// that the paper gives them. The card tells nothing of the questions but their
// types. Refusals as Theory's; Refused also where no question is answered by
// choosing.
func Card(p Paper, copies Copies, fonts *typeset.Fonts, at time.Time) ([]byte, error) {
	const op = "printed.Card"
	if err := copies.check(op); err != nil {
		return nil, err
	}
	groups := bubbles(p.Questions)
	if len(groups) == 0 {
		return nil, fault.New(fault.Refused, op, "no question of the paper is answered by choosing: it needs no answer card")
	}
	d := typeset.New(op, fonts)
	d.Info(p.Title+" "+p.Form, at)
	pages := arrange(groups)
	for n := range copies.Count {
		for i, page := range pages {
			d.AddPage(210, pageH)
			marks(d)
			p.cardHead(d)
			for _, b := range page {
				b.draw(d)
			}
			foot(d, p.Head, cardLeft, cardRight-cardLeft, i+1, len(pages), copies.First+n)
		}
	}
	return d.Bytes()
}

// choice is the questions of one type on the card.
type choice struct {
	section
	options [][]string // of each question: what stands in its bubbles
	widest  int
}

func bubbles(questions []bank.Question) []choice {
	var all []choice
	for _, s := range sections(questions) {
		if s.kind == bank.FillIn {
			continue
		}
		c := choice{section: s}
		for _, q := range s.questions {
			options := []string{"√", "×"}
			if q.Type != bank.TrueFalse {
				options = nil
				for i := range q.Options {
					options = append(options, string(rune('A'+i)))
				}
			}
			c.options = append(c.options, options)
			c.widest = max(c.widest, len(options))
		}
		all = append(all, c)
	}
	return all
}

// piece is a heading or a block of at most blockRows questions, in its place.
type piece struct {
	x, y    float64
	heading string
	first   int
	options [][]string
}

// arrange sets blocks side by side, below the card's head, page by page.
func arrange(groups []choice) [][]piece {
	const top = 104.0
	pages := [][]piece{nil}
	y := top
	put := func(p piece) { pages[len(pages)-1] = append(pages[len(pages)-1], p) }
	blockH := float64(blockRows)*rowStep + 2.5
	for _, c := range groups {
		if y+7+blockH > cardBottom {
			pages, y = append(pages, nil), top
		}
		put(piece{x: cardLeft, y: y, heading: c.kind.Chinese()})
		y += 7
		width := numberW + float64(c.widest)*bubbleStep
		x := cardLeft
		for start := 0; start < len(c.options); start += blockRows {
			if x > cardLeft && x+width > cardRight {
				x, y = cardLeft, y+blockH
			}
			if y+blockH-2.5 > cardBottom {
				pages, y = append(pages, nil), top
			}
			put(piece{x: x, y: y, first: c.first + start, options: c.options[start:min(start+blockRows, len(c.options))]})
			x += width + blockGap
		}
		y += blockH + 1
	}
	return pages
}

func (p piece) draw(d *typeset.Document) {
	if p.heading != "" {
		d.Block("题型", p.heading, typeset.At(p.x, p.y, 60, 5), typeset.Style{Size: 10.5})
		return
	}
	for i, options := range p.options {
		y := p.y + float64(i)*rowStep
		d.Fill(typeset.At(11, y+0.7, 4, bubbleH-1.4), typeset.Colour{})
		d.Block("题号", fmt.Sprint(p.first+i), typeset.At(p.x, y, numberW-2, bubbleH), typeset.Style{Size: 8.5, Centred: true})
		for j, option := range options {
			bubble(d, option, p.x+numberW+float64(j)*bubbleStep, y)
		}
	}
}

func bubble(d *typeset.Document, text string, x, y float64) {
	d.Frame(typeset.At(x, y, bubbleW, bubbleH), 0.15, grey)
	d.Block("填涂格", text, typeset.At(x, y, bubbleW, bubbleH), typeset.Style{Size: 7, Centred: true, Colour: grey})
}

// marks are the black squares in the corners.
func marks(d *typeset.Document) {
	for _, x := range []float64{10, 210 - 10 - markSize} {
		for _, y := range []float64{10, pageH - 10 - markSize} {
			d.Fill(typeset.At(x, y, markSize, markSize), typeset.Colour{})
		}
	}
}

// cardHead is the title, the candidate's fields, how to mark, and the grid for
// the ticket number.
func (p Paper) cardHead(d *typeset.Document) {
	d.Block("考试名称", p.Title, typeset.At(cardLeft, 11, cardRight-cardLeft, 8), typeset.Style{Size: 14, Centred: true, Leading: 1.2})
	d.Block("答题卡", "答　题　卡", typeset.At(cardLeft, 20, cardRight-cardLeft, 7), typeset.Style{Size: 14, Centred: true})
	d.Block("职业等级", p.Trade+"　　"+p.Level, typeset.At(cardLeft, 27.5, cardRight-cardLeft, 5), typeset.Style{Size: 9, Centred: true})

	const gridX, gridTop = 92.0, 36.0
	for i, f := range []blank{{"考生单位", 46}, {"姓名", 52.5}, {"证件号后六位", 39}, {"考场", 20}} {
		y := gridTop + 5 + float64(i)*8.5
		end := blanks(d, cardLeft, y, 9.5, []blank{f})
		if f.label == "考场" {
			blanks(d, end, y, 9.5, []blank{{"座位号", 17}})
		}
	}
	y := gridTop + 5 + 3*8.5 + 5
	form := d.Text("卷型", "卷型：", 30, typeset.Style{Size: 9.5, Leading: 1})
	d.Put(form, 0, cardLeft, y)
	for i, letter := range []string{"A", "B"} {
		bubble(d, letter, cardLeft+form.Width()+1+float64(i)*bubbleStep, y)
	}
	absent := d.Text("缺考", "缺考（监考员填涂）：", 60, typeset.Style{Size: 9.5, Leading: 1})
	d.Put(absent, 0, cardLeft+30, y)
	bubble(d, "缺", cardLeft+30+absent.Width()+1, y)
	y += 6.5
	d.Block("填涂说明", "用 2B 铅笔将所选的格涂满涂黑；改动时擦净再涂。四角和左侧的黑块供识别用，不得污损，卡不得折叠。", typeset.At(cardLeft, y, 66, 9), typeset.Style{Size: 8, Leading: 1.4, Top: true})
	y += 10
	d.Block("填涂说明", "正确：", typeset.At(cardLeft, y-0.6, 12, 4), typeset.Style{Size: 8})
	d.Fill(typeset.At(cardLeft+11, y, bubbleW, bubbleH), typeset.Colour{})

	d.Block("准考证号", "准　考　证　号", typeset.At(gridX, gridTop-1, cardRight-gridX, 5), typeset.Style{Size: 9.5, Centred: true})
	step := (cardRight - gridX) / ticketDigits
	const cellTop = gridTop + 4.5
	d.Frame(typeset.At(gridX, cellTop, cardRight-gridX, 7), 0.2, typeset.Colour{})
	for i := range ticketDigits {
		x := gridX + float64(i)*step
		if i > 0 {
			d.Line(x, cellTop, x, cellTop+7, 0.15, typeset.Colour{})
		}
		for digit := range 10 {
			bubble(d, fmt.Sprint(digit), x+(step-bubbleW)/2, cellTop+9+float64(digit)*4.6)
		}
	}
	d.Line(cardLeft, 101, cardRight, 101, 0.25, typeset.Colour{})
}
