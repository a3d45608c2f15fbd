// Package rulebook holds the regulation as data: parameters by region, date
// and track, each with its clause, and the reference lists they speak of
// (regions, trades, levels, tracks, certificate types).
//
// Invariants: the package is pure, it reads only its embedded data, strictly
// parsed; the hash of that data is part of every Book. A parameter that a
// region does not set means "no rule here", never zero and never a
// neighbour's value; a county inherits from its city and its province. Rules
// found in other public regulations are defaults of the whole country, marked
// as such, which a region can override.
//
// It refuses unknown regions, trades and parameters (NotFound).
package rulebook
