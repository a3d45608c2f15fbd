package access

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"

	"kaoping/internal/fault"
)

// argon2id parameters: 19 MiB, 2 passes, 1 lane, the least that OWASP's
// password storage guidance asks of argon2id.
const (
	argonTime   = 2
	argonMemory = 19 * 1024 // KiB
	argonLanes  = 1
	argonKey    = 32
	argonSalt   = 16
)

// PasswordLeast is the least number of characters of a password.
const PasswordLeast = 10

// HashPassword encodes a password in the usual $argon2id$ form (Invalid when
// it is shorter than PasswordLeast characters).
func HashPassword(password string) (string, error) {
	if len([]rune(password)) < PasswordLeast {
		return "", fault.New(fault.Invalid, "access.HashPassword", "a password has at least %d characters", PasswordLeast)
	}
	salt := make([]byte, argonSalt)
	rand.Read(salt)
	return encoded(salt, argon2.IDKey([]byte(password), salt, argonTime, argonMemory, argonLanes, argonKey)), nil
}

func encoded(salt, key []byte) string {
	enc := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, argonMemory, argonTime, argonLanes, enc(salt), enc(key))
}

// nobody is compared against when there is no such account, so that a guess
// costs the same whether or not the name exists. No password is known that
// comes to it.
var nobody = encoded(make([]byte, argonSalt), make([]byte, argonKey))

func passwordMatches(encoded, password string) bool {
	var memory, time uint32
	var lanes uint8
	var version int
	parts := strings.Split(encoded, "$")
	if len(parts) != 6 {
		return false
	}
	if _, err := fmt.Sscanf(parts[2]+" "+parts[3], "v=%d m=%d,t=%d,p=%d", &version, &memory, &time, &lanes); err != nil {
		return false
	}
	salt, err := base64.RawStdEncoding.DecodeString(parts[4])
	if err != nil {
		return false
	}
	want, err := base64.RawStdEncoding.DecodeString(parts[5])
	if err != nil {
		return false
	}
	got := argon2.IDKey([]byte(password), salt, time, memory, lanes, uint32(len(want)))
	return subtle.ConstantTimeCompare(got, want) == 1
}
