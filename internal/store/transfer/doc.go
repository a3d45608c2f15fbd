// Package transfer carries a whole installation from one pair of engines to
// another, by way of an archive: a folder of files.
//
// Purpose: an installation that outgrew the embedded engines moves to the
// production ones, or back, and is the same installation afterwards, to the
// byte: the audit chains hold and kaoping verify is clean.
//
// Invariants: records are in segments of a bounded size, by kind and key, each
// with its exact stored JSON; a segment is on the disk before the journal
// speaks of it, and the journal before the manifest, which is written last; so
// an export that was cut short goes on after its last segment. An import stores
// only what is not there, so doing it again changes nothing; until everything
// was read back and found equal, a mark in the target says that it is half done.
// Neither holds more than a segment and a few documents in memory.
//
// It refuses an installation that changes under its hands, an archive that is
// not whole or not as it was written, a target that holds anything else, and an
// archive of a newer release. Sessions and tallies are left behind: everybody
// logs in anew.
// So is the key, which opens the ID numbers; the archive can tell whether a key
// is the right one (Head.Check).
package transfer
