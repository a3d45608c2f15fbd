package audit

// Object is a stored aggregate as the audit stream should describe it: what
// the last Entry of the same name says must be equal to it. Digest is made
// anew from the stored bytes, never read from beside them.
type Object struct {
	Name    string // "<kind>/<id>", as Entry.Object
	Version int
	Digest  string // SHA-256 of the stored bytes, hex
}
