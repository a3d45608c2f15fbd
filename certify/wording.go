package certify

import "kaoping/policies/rulebook"

// wording is what a certificate says of its holder (R52). No public text at
// hand gives it but for skill level certificates.
func wording(t rulebook.Track) string {
	switch t {
	case rulebook.SkillLevel, rulebook.Qualification:
		return "经考核评价，理论知识考试和操作技能考核成绩均合格，具备本职业相应等级的职业技能水平，特发此证。"
	case rulebook.SpecialSkill:
		return "经专项职业能力考核，成绩合格，具备本专项职业能力，特发此证。"
	case rulebook.Completion:
		return "完成规定的培训，经结业考核，理论知识考试和操作技能考核成绩均合格，特发此证。"
	default:
		return "经安全技术理论考试和实际操作考试，成绩合格，特发此证。"
	}
}

// printedLevel is the level as the certificate shows it: "--" for the types that
// have none.
func printedLevel(c Certificate) string {
	if c.Track.Leveled() {
		return c.Level.String()
	}
	return "--"
}
