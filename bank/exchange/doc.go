// Package exchange reads and writes test items in the formats of the outside
// world, and reads any other sheet that people fill in by hand.
//
// Purpose: a spreadsheet (Excel .xlsx, or text with commas, tabs or semicolons
// in UTF-8, UTF-16 or GB18030) becomes sound bank.Items, and nothing of it is
// lost without a word. ReadSheet is the part that knows no items: it finds the
// header by its column names and yields rows; a list of candidates is read by
// the same code.
//
// Invariants: a row is either kept whole or named by an issue, with the row
// number that the sheet itself shows, the column and the reason; what Write
// writes, Read reads back.
//
// It refuses, as a whole, only what it cannot read at all: a file over its
// limits, something that is not a sheet, text in no known encoding, a sheet in
// which no header is found.
package exchange
