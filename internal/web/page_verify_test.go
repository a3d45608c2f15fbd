package web

import "testing"

func TestATypedNumberLeadsToItsPage(t *testing.T) {
	for _, c := range []struct{ number, name, want string }{
		{" s0000410 0000 1265000001 ", "", "/verify/S000041000001265000001"},
		{"S1", " 陈示例 ", "/verify/S1?name=%E9%99%88%E7%A4%BA%E4%BE%8B"},
		{"S0000-4100/00?", "", "/verify/S0000410000"},
		{"查无", "", "/verify/%E6%9F%A5%E6%97%A0"},
	} {
		if got := verifyPath(certificateNumber(c.number), c.name); got != c.want {
			t.Errorf("%q: %s, want %s", c.number, got, c.want)
		}
	}
}
