package rulebook

// City is the prefecture-level city (省辖市) that a region lies in: the region
// under its province. A province is its own.
func (b *Book) City(code string) string {
	line := b.Lineage(code)
	if len(line) < 3 {
		return code
	}
	return line[len(line)-3]
}
