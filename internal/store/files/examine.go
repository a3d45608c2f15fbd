package files

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"kaoping/internal/store/examine"
)

// Examine looks at the folder in dir: whether documents can be written there.
// The probe is an empty file among the unfinished ones, removed at once; should
// that fail, the next Open removes it. It makes no folder; that there is none is
// a failure where documents are wanted.
func Examine(dir string, wanted bool) []examine.Finding {
	const name = "documents"
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) && wanted {
		return []examine.Finding{examine.Fail(name, dir+" is missing, and the records name documents", "make data name the folder that belongs to these records, or restore the documents from a backup")}
	} else if errors.Is(err, fs.ErrNotExist) {
		return []examine.Finding{examine.OK(name, "no documents here yet: the first start makes "+dir)}
	}
	for _, folder := range []string{kept, incoming} {
		if info, err := os.Stat(filepath.Join(dir, folder)); err != nil || !info.IsDir() {
			return []examine.Finding{examine.Warn(name, fmt.Sprintf("%s has no folder %s", dir, folder), "if documents were there, restore them from a backup; kaoping verify names those that are missing")}
		}
	}
	probe, err := os.CreateTemp(filepath.Join(dir, incoming), "examine-")
	if err == nil {
		err = errors.Join(probe.Close(), os.Remove(probe.Name()))
	}
	if err != nil {
		return []examine.Finding{examine.Fail(name, fmt.Sprintf("%s cannot be written: %v", dir, err), "give the folder to the user of the service, or mount its disk for writing")}
	}
	return []examine.Finding{examine.OK(name, "folder "+dir)}
}
