package vault

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"

	"kaoping/internal/fault"
)

// DataKey is a random key that encrypts one thing; a Keyring wraps it.
type DataKey []byte

// NewDataKey makes a data key.
func NewDataKey() DataKey {
	key := make(DataKey, KeySize)
	rand.Read(key)
	return key
}

// Seal encrypts with AES-256-GCM: a random nonce of 12 bytes, the ciphertext,
// its tag of 16. The same purpose opens it.
func (k DataKey) Seal(purpose string, plain []byte) ([]byte, error) {
	aead, err := gcm(k)
	if err != nil {
		return nil, err
	}
	return aead.Seal(nil, nil, plain, []byte(purpose)), nil
}

// Open decrypts what Seal made (Internal if it was changed or the key or the purpose differs).
func (k DataKey) Open(purpose string, sealed []byte) ([]byte, error) {
	aead, err := gcm(k)
	if err != nil {
		return nil, err
	}
	plain, err := aead.Open(nil, nil, sealed, []byte(purpose))
	if err != nil {
		return nil, fault.New(fault.Internal, "vault.DataKey", "a sealed value cannot be opened with this key").Because(err)
	}
	return plain, nil
}

func gcm(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fault.Wrap("vault.gcm", err)
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	return aead, fault.Wrap("vault.gcm", err)
}

// Wrapped is a data key as it is stored: encrypted under the keyring's key of that id.
type Wrapped struct {
	KeyID string
	Key   []byte
}

// Keyring holds the key-encryption keys: the present one wraps, the old ones
// only unwrap until everything was wrapped anew. Nothing is encrypted with
// them but data keys. A nil keyring has no key and refuses to wrap.
type Keyring struct {
	present string
	keys    map[string]DataKey
}

// NewKeyring makes a keyring (Invalid for a key that is not KeySize bytes).
func NewKeyring(present []byte, old ...[]byte) (*Keyring, error) {
	r := &Keyring{present: keyID(present), keys: map[string]DataKey{}}
	for _, key := range append([][]byte{present}, old...) {
		if len(key) != KeySize {
			return nil, fault.New(fault.Invalid, "vault.NewKeyring", "the key must be %d bytes, it has %d", KeySize, len(key))
		}
		r.keys[keyID(key)] = key
	}
	return r, nil
}

// keyID names a key without telling anything of it.
func keyID(key []byte) string {
	sum := sha256.Sum256(append([]byte("kaoping key id v1\x00"), key...))
	return hex.EncodeToString(sum[:8])
}

// Present is the id of the key that wraps.
func (r *Keyring) Present() string { return r.present }

// errNoKey refuses what needs a keyring that was not configured.
func errNoKey() error {
	return fault.New(fault.Refused, "vault.Keyring", "no key for central papers is configured: the administrator of the service sets paper_key")
}

// Holds reports whether the keyring has a key.
func (r *Keyring) Holds(id string) bool { _, ok := r.keys[id]; return ok }

// Wrap encrypts a data key for a purpose under the present key.
func (r *Keyring) Wrap(purpose string, key DataKey) (Wrapped, error) {
	if r == nil {
		return Wrapped{}, errNoKey()
	}
	sealed, err := r.keys[r.present].Seal(purpose, key)
	return Wrapped{r.present, sealed}, err
}

// Unwrap decrypts a data key (Internal where the keyring has not its key, or
// the purpose is another).
func (r *Keyring) Unwrap(purpose string, w Wrapped) (DataKey, error) {
	if r == nil {
		return nil, errNoKey()
	}
	key, ok := r.keys[w.KeyID]
	if !ok {
		return nil, fault.New(fault.Internal, "vault.Unwrap", "the key %s that a sealed value needs is not configured", w.KeyID)
	}
	return key.Open(purpose, w.Key)
}
