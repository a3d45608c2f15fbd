// Package vault keeps personal data unreadable at rest (R66): ID numbers are
// sealed with AES-256-GCM and looked up by a keyed hash.
//
// Invariants: one 32-byte key from configuration; the sealing key and the
// hashing key are derived from it and differ. It refuses a key of another
// length, and to open what was sealed for another purpose or changed.
package vault

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"strings"

	"kaoping/internal/fault"
)

// KeySize is the length of the configured key in bytes.
const KeySize = 32

// Vault seals and hashes. Make one with New.
type Vault struct {
	aead cipher.AEAD
	mac  []byte
}

// New makes a vault from the configured key (Invalid if not KeySize bytes).
func New(key []byte) (*Vault, error) {
	if len(key) != KeySize {
		return nil, fault.New(fault.Invalid, "vault.New", "the key must be %d bytes, it has %d", KeySize, len(key))
	}
	seal, err := hkdf.Key(sha256.New, key, nil, "kaoping seal v1", KeySize)
	if err != nil {
		return nil, fault.Wrap("vault.New", err)
	}
	mac, err := hkdf.Key(sha256.New, key, nil, "kaoping hash v1", KeySize)
	if err != nil {
		return nil, fault.Wrap("vault.New", err)
	}
	block, err := aes.NewCipher(seal)
	if err != nil {
		return nil, fault.Wrap("vault.New", err)
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return nil, fault.Wrap("vault.New", err)
	}
	return &Vault{aead: aead, mac: mac}, nil
}

// Seal encrypts text for a purpose; the same purpose opens it.
func (v *Vault) Seal(purpose, text string) string {
	return base64.RawStdEncoding.EncodeToString(v.aead.Seal(nil, nil, []byte(text), []byte(purpose)))
}

// Open decrypts what Seal made (Internal if it was changed or the key differs).
func (v *Vault) Open(purpose, sealed string) (string, error) {
	raw, err := base64.RawStdEncoding.DecodeString(sealed)
	if err == nil {
		raw, err = v.aead.Open(nil, nil, raw, []byte(purpose))
	}
	if err != nil {
		return "", fault.New(fault.Internal, "vault.Open", "a sealed value cannot be opened with this key").Because(err)
	}
	return string(raw), nil
}

// Hash is the keyed hash by which a sealed value is found again, hex.
func (v *Vault) Hash(purpose, text string) string {
	mac := hmac.New(sha256.New, v.mac)
	mac.Write([]byte(purpose + "\x00" + text))
	return hex.EncodeToString(mac.Sum(nil))
}

// Token returns a random bearer token of 256 bits, hex: sessions and leases.
func Token() string {
	var raw [32]byte
	rand.Read(raw[:])
	return hex.EncodeToString(raw[:])
}

// Digits returns n random decimal digits: room codes.
func Digits(n int) string {
	var b strings.Builder
	for b.Len() < n {
		var raw [1]byte
		rand.Read(raw[:])
		if raw[0] < 250 { // 250 = 25 × 10: no digit is likelier than another
			b.WriteByte('0' + raw[0]%10)
		}
	}
	return b.String()
}
