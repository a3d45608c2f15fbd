package main

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"kaoping/internal/vault"
)

// config is every setting. The YAML key and the variable KAOPING_<KEY> are the
// same word; unknown ones are refused.
type config struct {
	Listen    string `yaml:"listen"`     // address and port, default 127.0.0.1:8080
	Data      string `yaml:"data"`       // folder of the embedded engines, default ./data
	Key       string `yaml:"key"`        // 64 hex digits; default: the file data/key, made at first start
	PaperKey  string `yaml:"paper_key"`  // 64 hex digits, wraps the keys of central papers; default: the file data/paper.key, made at first start
	PublicURL string `yaml:"public_url"` // where the public reaches this server; in every QR code
	Font      string `yaml:"font"`       // Chinese TrueType font file or folder, default: searched for
	TLSCert   string `yaml:"tls_cert"`   // PEM files; without them serve plain HTTP behind a proxy
	TLSKey    string `yaml:"tls_key"`
	LogLevel  string `yaml:"log_level"` // debug, info, warn, error
	Profile   string `yaml:"profile"`   // file for where the processor time went, written at the end; default none
	Lease     string `yaml:"lease"`     // how long background work that nobody renews stays claimed, default 30s
	Drain     string `yaml:"drain"`     // how long a stopping server listens on, not ready; default 5s with MongoURI, else 0s

	PaperKeyFile string `yaml:"paper_key_file"` // file with paper_key in it, in place of the setting
	PaperKeysOld string `yaml:"paper_keys_old"` // keys before this one, with commas between, until kaoping papers rewrap is done

	TrustedProxies string `yaml:"trusted_proxies"` // addresses and CIDRs, with commas between, of the balancers whose X-Forwarded-For is believed; default none

	// The production engines; without them the embedded ones under Data.
	MongoURI      string `yaml:"mongo_uri"`      // mongodb://…: records
	MongoDatabase string `yaml:"mongo_database"` // default kaoping
	S3Endpoint    string `yaml:"s3_endpoint"`    // host:port or URL: documents
	S3AccessKey   string `yaml:"s3_access_key"`
	S3SecretKey   string `yaml:"s3_secret_key"`
	S3Bucket      string `yaml:"s3_bucket"`      // default kaoping, made where it is missing
	S3RetainDays  string `yaml:"s3_retain_days"` // certificates cannot be deleted for so many days, default 0

	// Where browsers reach the bucket, host:port or URL: they are then sent there for documents.
	S3PublicEndpoint string `yaml:"s3_public_endpoint"`
}

func (c *config) settings() map[string]*string {
	return map[string]*string{
		"LISTEN": &c.Listen, "DATA": &c.Data, "KEY": &c.Key, "PUBLIC_URL": &c.PublicURL, "FONT": &c.Font,
		"PAPER_KEY": &c.PaperKey, "PAPER_KEY_FILE": &c.PaperKeyFile, "PAPER_KEYS_OLD": &c.PaperKeysOld,
		"PROFILE": &c.Profile, "TRUSTED_PROXIES": &c.TrustedProxies,
		"TLS_CERT": &c.TLSCert, "TLS_KEY": &c.TLSKey, "LOG_LEVEL": &c.LogLevel, "LEASE": &c.Lease, "DRAIN": &c.Drain,
		"MONGO_URI": &c.MongoURI, "MONGO_DATABASE": &c.MongoDatabase, "S3_ENDPOINT": &c.S3Endpoint, "S3_ACCESS_KEY": &c.S3AccessKey,
		"S3_SECRET_KEY": &c.S3SecretKey, "S3_BUCKET": &c.S3Bucket, "S3_RETAIN_DAYS": &c.S3RetainDays, "S3_PUBLIC_ENDPOINT": &c.S3PublicEndpoint,
	}
}

const (
	envPrefix     = "KAOPING_"
	envTestPrefix = "KAOPING_TEST_" // read by the tests only
)

func defaults() *config {
	return &config{Listen: "127.0.0.1:8080", Data: "./data", LogLevel: "info", Lease: "30s", MongoDatabase: "kaoping", S3Bucket: "kaoping", S3RetainDays: "0"}
}

// loadConfig reads the file, if any, and the environment over it.
func loadConfig(file string, environment []string) (*config, error) {
	c := defaults()
	if file != "" {
		raw, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		decoder := yaml.NewDecoder(bytes.NewReader(raw))
		decoder.KnownFields(true)
		if err := decoder.Decode(c); err != nil && !errors.Is(err, io.EOF) {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
	}
	settings := c.settings()
	for _, pair := range environment {
		name, value, _ := strings.Cut(pair, "=")
		if !strings.HasPrefix(name, envPrefix) || strings.HasPrefix(name, envTestPrefix) {
			continue
		}
		into, known := settings[strings.TrimPrefix(name, envPrefix)]
		if !known {
			return nil, fmt.Errorf("there is no setting %s", name)
		}
		*into = value
	}
	if (c.TLSCert == "") != (c.TLSKey == "") {
		return nil, errors.New("tls_cert and tls_key belong together")
	}
	if c.PublicURL == "" {
		c.PublicURL = c.scheme() + "://" + c.Listen
	}
	c.PublicURL = strings.TrimSuffix(c.PublicURL, "/")
	return c, nil
}

// environment is this process's environment with these settings in it and no
// others, for a server of its own.
func (c *config) environment() []string {
	var list []string
	for _, pair := range os.Environ() {
		if !strings.HasPrefix(pair, envPrefix) {
			list = append(list, pair)
		}
	}
	for name, value := range c.settings() {
		if *value != "" {
			list = append(list, envPrefix+name+"="+*value)
		}
	}
	return list
}

func (c *config) scheme() string {
	if c.TLSCert != "" {
		return "https"
	}
	return "http"
}

// secure reports whether browsers reach the server over TLS.
func (c *config) secure() bool { return strings.HasPrefix(c.PublicURL, "https://") }

// proxies are the trusted ones; web refuses what is no address.
func (c *config) proxies() []string {
	return strings.FieldsFunc(c.TrustedProxies, func(r rune) bool { return r == ',' || r == ' ' })
}

// drain is how long a server that stops still listens, so that a balancer
// notices: without a second instance, which needs MongoDB, there is none to notice.
func (c *config) drain() (time.Duration, error) {
	switch {
	case c.Drain != "":
		d, err := time.ParseDuration(c.Drain)
		if err != nil || d < 0 {
			return 0, errors.New("drain is a time such as 5s, from 0s")
		}
		return d, nil
	case c.MongoURI != "":
		return 5 * time.Second, nil
	}
	return 0, nil
}

// lease is how long a claim of background work holds without being renewed: so
// long after an instance stopped others take its work over.
func (c *config) lease() (time.Duration, error) {
	d, err := time.ParseDuration(c.Lease)
	if err != nil || d < time.Second {
		return 0, errors.New("lease is a time such as 30s, from 1s")
	}
	return d, nil
}

// vault opens the vault with the configured key, or with the file data/key,
// which is made at the first start. Whoever loses it loses the ID numbers.
func (c *config) vault() (*vault.Vault, error) {
	text := c.Key
	if text == "" {
		var err error
		if text, err = keyFile(c.keyPath()); err != nil {
			return nil, err
		}
	}
	return vaultOf(text)
}

func (c *config) keyPath() string { return filepath.Join(c.Data, "key") }

func vaultOf(text string) (*vault.Vault, error) {
	key, err := hex.DecodeString(strings.TrimSpace(text))
	if err != nil {
		return nil, errors.New("the key must be 64 hex digits")
	}
	return vault.New(key)
}

func keyFile(path string) (string, error) {
	raw, err := os.ReadFile(path)
	if err == nil || !errors.Is(err, os.ErrNotExist) {
		return string(raw), err
	}
	var key [vault.KeySize]byte
	rand.Read(key[:])
	f, err := os.CreateTemp(filepath.Dir(path), ".key-*") // mode 0600
	if err != nil {
		return "", err
	}
	defer os.Remove(f.Name())
	_, err = f.WriteString(hex.EncodeToString(key[:]) + "\n")
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return "", err
	}
	if err := os.Link(f.Name(), path); err != nil && !errors.Is(err, os.ErrExist) { // whole or not at all, and never over another
		return "", err
	}
	raw, err = os.ReadFile(path)
	return string(raw), err
}
