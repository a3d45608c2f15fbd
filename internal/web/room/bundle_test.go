package room

import (
	"bytes"
	"os"
	"regexp"
	"strings"
	"testing"
)

func TestBundleNeedsNoFilesOnDisk(t *testing.T) {
	t.Chdir(t.TempDir())
	first, err := Bundle()
	if err != nil {
		t.Fatal(err)
	}
	second, err := Bundle()
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(first, second) {
		t.Error("two bundles of one source differ: their address would change at every start")
	}
	if len(first) > 60_000 {
		t.Errorf("the bundle has %d bytes; an exam room of 60 old computers loads it at once", len(first))
	}
	if entries, err := os.ReadDir("."); err != nil || len(entries) > 0 {
		t.Errorf("bundling left %v on disk (%v)", entries, err)
	}
}

func TestBundleSuitsAnOldBrowser(t *testing.T) {
	js, err := Bundle()
	if err != nil {
		t.Fatal(err)
	}
	for _, newer := range []string{`\?\.[a-zA-Z(\[]`, `\?\?`, `\bimport\(`, `\.replaceAll\(`, `\.at\(`, `Promise\.(any|allSettled)`, `\.flat(Map)?\(`, `structuredClone`, `\.replaceChildren\(`, `Object\.fromEntries`} {
		if found := regexp.MustCompile(newer).Find(js); found != nil {
			t.Errorf("the bundle has %q, which a browser of 2018 does not know", found)
		}
	}
}

func TestBundleKeepsTheContentSecurityPolicy(t *testing.T) {
	for name, source := range readSources(t) {
		for _, forbidden := range []string{"innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function", `"style"`, "style:", ".cssText", "javascript:"} {
			if strings.Contains(source, forbidden) {
				t.Errorf("%s has %s", name, forbidden)
			}
		}
	}
}

func TestBundleRefusesBrokenSources(t *testing.T) {
	for name, source := range map[string]string{
		"a syntax error":     `let x = ;`,
		"a missing module":   `import "./nowhere";`,
		"a warning":          `if (typeof x === "nothing") alert(1);`,
		"a file on the disk": `import "/etc/hostname";`,
	} {
		if _, err := bundle("broken.ts", map[string]string{"broken.ts": source}); err == nil {
			t.Errorf("%s was bundled", name)
		}
	}
}
