package printed

// row is a strip of a page that is not divided: its height in millimetres, and
// how it is drawn with its upper left corner at x, y.
type row struct {
	height float64
	draw   func(x, y float64)
}

// placed is a row with its place in a column.
type placed struct {
	row
	y float64
}

// flow fills columns of one height with groups of rows: a group stays together
// where a column can hold it.
type flow struct {
	top, bottom float64 // of a column, on its page
	columns     [][]placed
	y           float64
}

func newFlow(top, bottom float64) *flow {
	f := &flow{top: top, bottom: bottom}
	f.turn()
	return f
}

func (f *flow) turn() {
	f.columns = append(f.columns, nil)
	f.y = f.top
}

func (f *flow) add(group ...row) {
	whole := 0.0
	for _, r := range group {
		whole += r.height
	}
	if f.y+whole > f.bottom && f.y > f.top && whole <= f.bottom-f.top {
		f.turn()
	}
	for _, r := range group {
		if f.y+r.height > f.bottom && f.y > f.top {
			f.turn()
		}
		last := len(f.columns) - 1
		f.columns[last] = append(f.columns[last], placed{r, f.y})
		f.y += r.height
	}
}

// space leaves room below what was added, unless a column begins.
func (f *flow) space(height float64) {
	if f.y > f.top {
		f.y += height
	}
}

func draw(column []placed, x float64) {
	for _, r := range column {
		r.draw(x, r.y)
	}
}
