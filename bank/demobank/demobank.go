// Package demobank is the item bank that the demonstration starts with.
//
// Purpose: theory items for the electrician (电工, 6-31-01-03), level 5
// (初级工), on low-voltage electrical knowledge, so that a trial of the product
// has a real bank to draw papers from.
//
// Invariants: the file is in the layout of the product's own import template
// and passes its checks; every one of the eight knowledge points (知识点) has
// items of every type; the package imports nothing.
//
// It refuses nothing itself. The items are not for use in an evaluation: they
// are public, keys included.
package demobank

import _ "embed"

// CSV is the bank as a file of the import template: UTF-8 without a byte order
// mark, one header row, then one test item (试题) a row. The items were written
// for this project and carry the project's licence.
//
//go:embed low-voltage-electrician.csv
var CSV []byte
