package bank_test

import (
	"slices"
	"strings"
	"testing"

	"kaoping/bank"
)

func single() bank.Item {
	return bank.Item{
		Type: bank.Single, Topic: "安全用电", Stem: "验电前应先做什么？",
		Options: []string{"在有电处确认验电器完好", "戴上墨镜", "断开仪表"}, Key: []int{0},
	}
}

func fillIn() bank.Item {
	return bank.Item{
		Type: bank.FillIn, Topic: "基础", Stem: "工频是____赫兹，线电压是____伏。",
		Accept: [][]string{{"50", "五十"}, {"380"}},
	}
}

func TestSoundItemsPass(t *testing.T) {
	for _, it := range []bank.Item{
		single(),
		fillIn(),
		{Type: bank.TrueFalse, Topic: "基础", Stem: "铜是导体。", Key: []int{0}},
		{Type: bank.Multiple, Topic: "基础", Stem: "哪些是导体？", Options: []string{"铜", "铝", "瓷"}, Key: []int{0, 1}},
	} {
		if issues := it.Check(); len(issues) > 0 {
			t.Errorf("%s: %v", it.Stem, issues)
		}
	}
}

func TestUnsoundItemsAreNamedByColumn(t *testing.T) {
	for name, c := range map[string]struct {
		spoil  func(*bank.Item)
		column string
	}{
		"no type":           {func(it *bank.Item) { it.Type = "" }, "题型"},
		"unknown type":      {func(it *bank.Item) { it.Type = "essay" }, "题型"},
		"no topic":          {func(it *bank.Item) { it.Topic = " " }, "知识点"},
		"long topic":        {func(it *bank.Item) { it.Topic = strings.Repeat("点", 61) }, "知识点"},
		"no stem":           {func(it *bank.Item) { it.Stem = "　" }, "题干"},
		"long stem":         {func(it *bank.Item) { it.Stem = strings.Repeat("题", 2001) }, "题干"},
		"control character": {func(it *bank.Item) { it.Stem = "a\x00b" }, "题干"},
		"broken character":  {func(it *bank.Item) { it.Stem = "a\xffb" }, "题干"},
		"one option":        {func(it *bank.Item) { it.Options = it.Options[:1] }, "选项B"},
		"nine options": {func(it *bank.Item) {
			it.Options = []string{"1", "2", "3", "4", "5", "6", "7", "8", "9"}
		}, "选项I"},
		"empty option":     {func(it *bank.Item) { it.Options[1] = "" }, "选项B"},
		"same option":      {func(it *bank.Item) { it.Options = []string{"Ａ 相", "A相", "B相"} }, "选项B"},
		"no key":           {func(it *bank.Item) { it.Key = nil }, "答案"},
		"key out of range": {func(it *bank.Item) { it.Key = []int{3} }, "答案"},
		"negative key":     {func(it *bank.Item) { it.Key = []int{-1} }, "答案"},
		"two keys":         {func(it *bank.Item) { it.Key = []int{0, 1} }, "答案"},
		"accepted texts":   {func(it *bank.Item) { it.Accept = [][]string{{"x"}} }, "答案"},
		"one right of multiple": {func(it *bank.Item) {
			it.Type = bank.Multiple
		}, "答案"},
		"keys not ascending": {func(it *bank.Item) {
			it.Type, it.Key = bank.Multiple, []int{1, 1}
		}, "答案"},
		"options of true or false": {func(it *bank.Item) { it.Type = bank.TrueFalse }, "选项A"},
		"long explanation":         {func(it *bank.Item) { it.Explanation = strings.Repeat("解", 2001) }, "解析"},
	} {
		it := single()
		c.spoil(&it)
		issues := it.Check()
		if len(issues) != 1 || issues[0].Column != c.column || issues[0].Row != 0 {
			t.Errorf("%s: got %v, want one issue at %s", name, issues, c.column)
		}
	}
	for name, c := range map[string]struct {
		spoil  func(*bank.Item)
		column string
	}{
		"no blanks":        {func(it *bank.Item) { it.Stem = "没有空。" }, "题干"},
		"fewer accepted":   {func(it *bank.Item) { it.Accept = it.Accept[:1] }, "答案"},
		"nothing accepted": {func(it *bank.Item) { it.Accept[1] = nil }, "答案"},
		"empty accepted":   {func(it *bank.Item) { it.Accept[0][1] = " " }, "答案"},
		"long accepted":    {func(it *bank.Item) { it.Accept[0][0] = strings.Repeat("x", 101) }, "答案"},
		"has a key":        {func(it *bank.Item) { it.Key = []int{0} }, "答案"},
	} {
		it := fillIn()
		c.spoil(&it)
		if issues := it.Check(); len(issues) != 1 || issues[0].Column != c.column {
			t.Errorf("%s: got %v, want one issue at %s", name, issues, c.column)
		}
	}
}

func TestFingerprintFindsDuplicates(t *testing.T) {
	base := single()
	same := single()
	same.Stem = "验电前 应先做什么?"
	slices.Reverse(same.Options)
	same.Key, same.Topic = []int{2}, "别的"
	if base.Fingerprint() != same.Fingerprint() {
		t.Error("width, space and option order should not matter")
	}
	for name, spoil := range map[string]func(*bank.Item){
		"type":   func(it *bank.Item) { it.Type = bank.Multiple },
		"stem":   func(it *bank.Item) { it.Stem += "为什么？" },
		"option": func(it *bank.Item) { it.Options[0] = "戴手套" },
		"case":   func(it *bank.Item) { it.Options[1] += "mW" },
	} {
		other := single()
		spoil(&other)
		if base.Fingerprint() == other.Fingerprint() {
			t.Errorf("another %s should be another item", name)
		}
	}
	upper, lower := single(), single()
	upper.Stem, lower.Stem = "1 MW", "1 mW"
	if upper.Fingerprint() == lower.Fingerprint() {
		t.Error("MW and mW should differ")
	}
}

func FuzzFingerprintAndCheck(f *testing.F) {
	f.Add("single", "题干", "甲\n乙", "A")
	f.Fuzz(func(t *testing.T, kind, stem, options, accept string) {
		it := bank.Item{Type: bank.ItemType(kind), Stem: stem, Options: strings.Split(options, "\n"), Accept: [][]string{{accept}}}
		it.Check()
		if len(it.Fingerprint()) != 64 {
			t.Fatal("a fingerprint is 64 hex digits")
		}
	})
}
