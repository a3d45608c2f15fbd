package web

import (
	"slices"

	"kaoping/bank"
	"kaoping/policies/rulebook"
)

// stock is how many items of a bank a blueprint can draw from.
type stock map[stockKey]int

type stockKey struct {
	trade string
	level rulebook.Level
	kind  bank.ItemType
	topic string
}

func (s *Server) stock(r *request, owner string) (stock, error) {
	list, _, err := s.Bank.Items(r.Request.Context(), r.actor, bank.ItemQuery{Owner: owner})
	counted := stock{}
	for _, it := range list {
		counted[stockKey{it.Trade, it.Level, it.Type, it.Topic}]++
	}
	return counted, err
}

// topics lists the knowledge points of a trade and level ("" of all), sorted.
func (k stock) topics(scope string) []string {
	var list []string
	for key := range k {
		if (scope == "" || tradeLevelValue(key.trade, key.level) == scope) && !slices.Contains(list, key.topic) {
			list = append(list, key.topic)
		}
	}
	slices.Sort(list)
	return list
}

// count is the number of items of a type and topic ("" of any) in a trade and level.
func (k stock) count(scope string, kind bank.ItemType, topic string) int {
	n := 0
	for key, items := range k {
		if tradeLevelValue(key.trade, key.level) == scope && key.kind == kind && (topic == "" || key.topic == topic) {
			n += items
		}
	}
	return n
}
