package rulebook

import "strconv"

// Level is a skill level (职业技能等级) of R53. The five levels that a
// certificate number can carry are their own digits: 5 初级工 … 1 高级技师.
type Level int

// The eight levels of the "new eight-level workers" system (新八级工, R53).
const (
	ChiefTechnician   Level = -1 // 首席技师
	SpecialTechnician Level = 0  // 特级技师
	SeniorTechnician  Level = 1  // 一级/高级技师
	Technician        Level = 2  // 二级/技师
	SeniorWorker      Level = 3  // 三级/高级工
	MiddleWorker      Level = 4  // 四级/中级工
	JuniorWorker      Level = 5  // 五级/初级工
	Apprentice        Level = 6  // 学徒工
)

var levelNames = map[Level]string{
	ChiefTechnician: "首席技师", SpecialTechnician: "特级技师",
	SeniorTechnician: "一级/高级技师", Technician: "二级/技师", SeniorWorker: "三级/高级工",
	MiddleWorker: "四级/中级工", JuniorWorker: "五级/初级工", Apprentice: "学徒工",
}

// String is the level's name as certificates print it (R52).
func (l Level) String() string {
	if name, ok := levelNames[l]; ok {
		return name
	}
	return strconv.Itoa(int(l))
}

// Valid reports whether the level is one of the eight.
func (l Level) Valid() bool { _, ok := levelNames[l]; return ok }

// Numbered reports whether a certificate number can carry the level (R51: 1–5).
func (l Level) Numbered() bool { return l >= SeniorTechnician && l <= JuniorWorker }
