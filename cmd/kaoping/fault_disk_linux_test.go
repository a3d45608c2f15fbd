package main

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// diskSize is the size of the disk that is filled. What the server writes in
// all rounds together fits, so that its write-ahead log never starts anew and
// every save needs space.
const diskSize = "64m"

// TestFaultDiskFull fills the disk of the embedded engines while people work,
// and gives a little space back, again and again. While it is full the server
// says so (503), and nothing else goes wrong; with space again it goes on by
// itself. What was acknowledged is there.
func TestFaultDiskFull(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("takes half a minute")
	}
	disk := t.TempDir()
	if err := syscall.Mount("tmpfs", disk, "tmpfs", 0, "size="+diskSize); err != nil {
		missing(t, "leave to mount a small disk: "+err.Error())
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(disk, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	o := newOrdeal(t, testSeed(t), program(t), testConfig(filepath.Join(disk, "data")), 1)
	b := &ballast{path: filepath.Join(disk, "ballast")}
	o.calm = b.remove
	full, round := 0, 0
	o.play(func(o *ordeal) {
		patience := time.Second // for those who hand in: there may be nobody left who writes
		if round++; round <= rounds {
			patience = goOnFor
		}
		before := o.unavailable.Load()
		if err := b.fill(); err != nil {
			o.Fatal(err)
		}
		for until := time.Now().Add(patience); o.unavailable.Load() == before && time.Now().Before(until); {
			time.Sleep(10 * time.Millisecond)
		}
		o.sleep(50*time.Millisecond, 250*time.Millisecond)
		if o.unavailable.Load() > before {
			full++
		}
		if err := b.give(200<<10 + o.random.Int64N(600<<10)); err != nil {
			o.Fatal(err)
		}
	})
	t.Logf("in %d rounds something was refused because the disk was full", full)
	if full < rounds {
		t.Errorf("the disk was full in %d rounds only", full)
	}
	o.judge()
}

// ballast is a file that takes what space there is.
type ballast struct {
	path string
	size int64
}

func (b *ballast) fill() error {
	file, err := os.OpenFile(b.path, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	for block := make([]byte, 1<<20); len(block) > 0; {
		n, err := file.Write(block)
		b.size += int64(n)
		if err != nil {
			block = block[:len(block)/2]
		}
	}
	return file.Close()
}

func (b *ballast) remove() error {
	b.size = 0
	return os.Remove(b.path)
}

// give gives so many bytes back.
func (b *ballast) give(bytes int64) error {
	b.size -= bytes
	return os.Truncate(b.path, b.size)
}
