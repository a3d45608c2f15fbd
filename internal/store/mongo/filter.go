package mongo

import (
	"regexp"
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// filter selects, orders and bounds a list. Fields and order are written in
// this package only; what comes from outside is a value.
type filter struct {
	terms bson.D
	order bson.D
	limit int // 0: all
}

// and adds a condition on a field.
func (f *filter) and(field string, condition any) {
	f.terms = append(f.terms, bson.E{Key: field, Value: condition})
}

// is adds a condition on a field, unless the value is empty.
func (f *filter) is(field, value string) {
	if value != "" {
		f.and(field, value)
	}
}

// of adds a condition on a field that aggregates of older releases do not have:
// they are selected, too, and whoever asks looks at each.
func (f *filter) of(field, value string) {
	if value != "" {
		f.and(field, bson.D{{Key: "$in", Value: bson.A{value, nil}}})
	}
}

// after adds that a field comes after a value, unless that is empty.
func (f *filter) after(field, value string) {
	if value != "" {
		f.and(field, bson.D{{Key: "$gt", Value: value}})
	}
}

// before adds that a field comes before a value, unless that is empty.
func (f *filter) before(field, value string) {
	if value != "" {
		f.and(field, bson.D{{Key: "$lt", Value: value}})
	}
}

// has adds the condition that one of the fields contains the text, whatever
// characters it has, in capitals or not.
func (f *filter) has(text string, fields ...string) {
	if text == "" {
		return
	}
	pattern := regexp.QuoteMeta(strings.ToValidUTF8(text, "\uFFFD"))
	pattern = strings.ReplaceAll(pattern, "\x00", `\x00`) // the server takes no bare NUL
	var any bson.A
	for _, field := range fields {
		any = append(any, bson.D{{Key: field, Value: bson.D{{Key: "$regex", Value: pattern}, {Key: "$options", Value: "i"}}}})
	}
	f.and("$or", any)
}

// selector is the conditions, all where there are none.
func (f filter) selector() bson.D {
	if f.terms == nil {
		return bson.D{}
	}
	return f.terms
}

// by is an ascending order, or a descending one for names that begin with "-".
func by(fields ...string) bson.D {
	var order bson.D
	for _, field := range fields {
		name, descending := strings.CutPrefix(field, "-")
		direction := 1
		if descending {
			direction = -1
		}
		order = append(order, bson.E{Key: name, Value: direction})
	}
	return order
}
