package web

// terms are the field's own words in English. Chinese pages show the words as
// the rulebook has them, which is how certificates print them.
var terms = map[string]string{
	"首席技师": "chief technician", "特级技师": "special-grade technician", "一级/高级技师": "level 1, senior technician", "二级/技师": "level 2, technician",
	"三级/高级工": "level 3, senior worker", "四级/中级工": "level 4, intermediate worker", "五级/初级工": "level 5, junior worker", "学徒工": "apprentice",

	"国家职业资格鉴定": "national qualification examination", "职业技能等级认定": "skill level evaluation", "特种作业操作考核": "special operations examination",
	"特种设备作业考核": "special equipment examination", "专项职业能力考核": "special skill examination", "结业考核": "course completion examination",

	"职业资格证书": "National qualification certificate", "职业技能等级证书": "Skill level certificate", "特种作业操作证书": "Special operations certificate",
	"特种设备作业证书": "Special equipment certificate", "专项职业能力证书": "Special skill certificate", "培训合格证书": "Training certificate",

	"用人单位评价机构": "employer", "院校评价机构": "school", "社会培训评价机构": "social training body",
	"全国": "nationwide",
}

// term is one of the field's words in the language of the page.
func (l language) term(chinese string) string {
	if english, ok := terms[chinese]; ok && l.Code == "en" {
		return english
	}
	return chinese
}
