package main

import (
	"errors"
	"os"
	"runtime/pprof"
)

// profiled runs do and, where a file is named, writes to it where the processor
// time of this process went, for go tool pprof. No address tells it.
func profiled(file string, do func() error) error {
	if file == "" {
		return do()
	}
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	if err := pprof.StartCPUProfile(f); err != nil {
		return errors.Join(err, f.Close())
	}
	err = do()
	pprof.StopCPUProfile()
	return errors.Join(err, f.Close())
}
