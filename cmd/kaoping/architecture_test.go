package main

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// floors is the house from the ground up: a package may import what stands on
// a lower floor, and nothing beside or above it. Longest prefix wins.
var floors = map[string]int{
	"kaoping/internal/fault":               0,
	"kaoping/internal/chart":               0,
	"kaoping/internal/audit":               1,
	"kaoping/internal/outbox":              1,
	"kaoping/internal/outbox/desk":         3,
	"kaoping/internal/vault":               1,
	"kaoping/internal/typeset":             1,
	"kaoping/internal/typeset/typesettest": 2,
	"kaoping/policies/rulebook":            1,
	"kaoping/policies/rulebook/amend":      3,
	"kaoping/policies/rulebook/rulesdoc":   10,
	"kaoping/policies/access":              2,
	"kaoping/policies/standing":            3,
	"kaoping/policies/standing/cases":      4,
	"kaoping/policies/standing/inspection": 4,
	"kaoping/bank":                         4,
	"kaoping/bank/demobank":                0,
	"kaoping/bank/central":                 5,
	"kaoping/bank/exchange":                5,
	"kaoping/bank/printed":                 6,
	"kaoping/exam":                         6,
	"kaoping/certify/document":             4,
	"kaoping/certify":                      7,
	"kaoping/internal/store":               8,
	"kaoping/internal/web/room":            7,
	"kaoping/internal/web":                 8,
	"kaoping/internal/store/storetest":     9,
	"kaoping/cmd":                          10,
	"kaoping/deploy":                       10,
}

// owners are the dependencies that exactly one package may import.
var owners = map[string]string{
	"github.com/gin-gonic/gin":      "kaoping/internal/web",
	"github.com/danielgtaylor/huma": "kaoping/internal/web",
	"github.com/casbin/casbin":      "kaoping/policies/access",
	"modernc.org/sqlite":            "kaoping/internal/store/sqlite",
	"github.com/evanw/esbuild":      "kaoping/internal/web/room",
	"github.com/signintech/gopdf":   "kaoping/internal/typeset",
	"github.com/alecthomas/kong":    "kaoping/cmd/kaoping",
	"github.com/skip2/go-qrcode":    "kaoping/certify/document",
	"golang.org/x/crypto/argon2":    "kaoping/policies/access",
	"go.mongodb.org/mongo-driver":   "kaoping/internal/store/mongo",
	"github.com/minio/minio-go":     "kaoping/internal/store/minio",
}

// strangers are standard packages that have no business in the domain.
var strangers = []string{"net/http", "database/sql", "html/template"}

var domain = []string{"kaoping/policies/", "kaoping/bank", "kaoping/exam", "kaoping/certify"}

type listed struct {
	ImportPath string
	Imports    []string
}

func packages(t *testing.T) []listed {
	t.Helper()
	raw, err := exec.Command("go", "list", "-json=ImportPath,Imports", "kaoping/...").Output()
	if err != nil {
		t.Fatal(err)
	}
	var all []listed
	decoder := json.NewDecoder(strings.NewReader(string(raw)))
	for {
		var p listed
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

func floorOf(t *testing.T, path string) (floor int, room string) {
	t.Helper()
	for prefix := range floors {
		if (path == prefix || strings.HasPrefix(path, prefix+"/")) && len(prefix) > len(room) {
			room = prefix
		}
	}
	if room == "" {
		t.Fatalf("%s stands in no room of the house: see docs/architecture.md", path)
	}
	return floors[room], room
}

func TestImportsRunOneWay(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		from, room := floorOf(t, p.ImportPath)
		for _, path := range p.Imports {
			if !strings.HasPrefix(path, "kaoping/") {
				continue
			}
			if to, other := floorOf(t, path); to >= from && room != other {
				t.Errorf("%s imports %s, which stands beside or above it", p.ImportPath, path)
			}
		}
	}
}

func TestEachDependencyHasOneImporter(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		for _, path := range p.Imports {
			for dependency, owner := range owners {
				if (path == dependency || strings.HasPrefix(path, dependency+"/")) && p.ImportPath != owner {
					t.Errorf("%s imports %s, which belongs to %s", p.ImportPath, path, owner)
				}
			}
		}
	}
}

func TestTheDomainKnowsNoTransportAndNoStorage(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		if !slices.ContainsFunc(domain, func(d string) bool { return strings.HasPrefix(p.ImportPath, d) }) {
			continue
		}
		for _, path := range p.Imports {
			if slices.Contains(strangers, path) {
				t.Errorf("%s imports %s", p.ImportPath, path)
			}
		}
	}
}
