package files

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"kaoping/internal/fault"
)

// A stored file is the document's bytes followed by one line that starts with
// mark and carries the SHA-256 and the content type. It is inside the file
// because one file appears atomically and two do not; it is at the end because
// viewers of PDF, JPEG and PNG ignore what follows, so an operator can open
// the files as they are.
const mark = "\n%kaoping sha256 "

// document is a stored file taken apart.
type document struct {
	content     []byte
	hash        string // as kept; "" where the line is missing or mangled
	contentType string
}

func digest(content []byte) string {
	h := sha256.Sum256(content)
	return hex.EncodeToString(h[:])
}

func seal(content []byte, hash, contentType string) []byte {
	raw := make([]byte, 0, len(content)+len(mark)+len(hash)+len(contentType)+2)
	raw = append(raw, content...)
	return append(raw, mark+hash+" "+contentType+"\n"...)
}

// unseal never fails: a file without its line is a document without a hash,
// which verify refuses and whose digest no record will match.
func unseal(raw []byte) document {
	at := bytes.LastIndex(raw, []byte(mark))
	if at < 0 {
		return document{content: raw}
	}
	line, whole := strings.CutSuffix(string(raw[at+len(mark):]), "\n")
	if !whole || strings.Contains(line, "\n") {
		return document{content: raw}
	}
	hash, contentType, _ := strings.Cut(line, " ")
	return document{content: raw[:at:at], hash: hash, contentType: contentType}
}

func (d document) verify(op string) error {
	if d.hash != digest(d.content) {
		return fault.New(fault.Internal, op, "the stored document does not match its hash")
	}
	return nil
}
