package document

import (
	"testing"
	"time"

	"kaoping/internal/typeset"
	"kaoping/internal/typeset/typesettest"
)

func fonts(t testing.TB) *typeset.Fonts { return typesettest.Fonts(t) }

func sample() Certificate {
	return Certificate{
		Title:  "职业技能等级证书",
		Text:   "持证人参加职业技能等级认定，理论知识考试和技能考核成绩均合格，具备本证书所载职业和等级的技能水平，特发此证。",
		Body:   "示范技工学校",
		Number: "S000041000012263000187",
		Name:   "陈示例", IDType: "居民身份证", IDNumber: "110101199001010015",
		Trade: "电工", Level: "三级/高级工",
		IssuedOn:  time.Date(2026, 11, 20, 16, 0, 0, 0, time.UTC), // the 21st in Shanghai
		VerifyURL: "https://verify.example.org/verify/S000041000012263000187",
	}
}

func render(t testing.TB, c Certificate) []byte {
	t.Helper()
	pdf, err := Render(c, fonts(t))
	if err != nil {
		t.Fatal(err)
	}
	return pdf
}
