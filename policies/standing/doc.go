// Package standing knows the evaluation bodies (评价机构): who is filed, for
// which trades, levels and sites, in which region, until when.
//
// Invariants: a body's scope is asked at each moment it matters (notice,
// staffing, issue), never remembered. It refuses (Refused, R30) a trade, level,
// site or day outside the filing.
package standing
