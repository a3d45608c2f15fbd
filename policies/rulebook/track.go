package rulebook

// Track is the kind of examination a sitting belongs to (R01).
type Track string

// The tracks of R01.
const (
	Qualification Track = "qualification" // 国家职业资格鉴定
	SkillLevel    Track = "skill_level"   // 职业技能等级认定
	SpecialWork   Track = "special_work"  // 特种作业操作考核
	SpecialSkill  Track = "special_skill" // 专项职业能力考核
	Completion    Track = "completion"    // 结业考核, ends in a 培训合格证书
	Equipment     Track = "equipment"     // 特种设备作业考核 (S1, S3)
)

// Tracks lists the tracks in the order of the reporting form (R61).
var Tracks = []Track{Qualification, SkillLevel, SpecialWork, Equipment, SpecialSkill, Completion}

var trackNames = map[Track][2]string{
	Qualification: {"国家职业资格鉴定", "职业资格证书"},
	SkillLevel:    {"职业技能等级认定", "职业技能等级证书"},
	SpecialWork:   {"特种作业操作考核", "特种作业操作证书"},
	Equipment:     {"特种设备作业考核", "特种设备作业证书"},
	SpecialSkill:  {"专项职业能力考核", "专项职业能力证书"},
	Completion:    {"结业考核", "培训合格证书"},
}

// String is the track's Chinese name.
func (t Track) String() string { return trackNames[t][0] }

// Certificate is the name of the certificate that the track ends in (R50).
func (t Track) Certificate() string { return trackNames[t][1] }

// Leveled reports whether the certificate of the track says a level (R53).
func (t Track) Leveled() bool { return t == SkillLevel || t == Qualification }

// Valid reports whether the track is one of R01.
func (t Track) Valid() bool { _, ok := trackNames[t]; return ok }
