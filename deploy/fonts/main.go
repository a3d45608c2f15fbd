// Command fonts helps deploy/fonts.sh, which makes sure that certificates can
// be printed on this machine.
//
// Without arguments it prints the font that the server would use and ends with
// 0, or says why there is none and ends with 1, or with 2 where the fault is
// the path in KAOPING_FONT. With the arguments FILE.ttc OUT.ttf it writes the
// first font of a collection as a font of its own, because PDFs embed only those.
package main

import (
	"fmt"
	"os"

	"kaoping/certify/document"
	"kaoping/internal/fault"
	"kaoping/internal/typeset"
)

func main() {
	var err error
	switch len(os.Args) {
	case 1:
		var fonts *typeset.Fonts
		if fonts, err = document.FindFonts(os.Getenv("KAOPING_FONT")); err == nil {
			fmt.Println(fonts.Paths()[0])
		}
	case 3:
		err = extract(os.Args[1], os.Args[2])
	default:
		err = fmt.Errorf("usage: fonts [FILE.ttc OUT.ttf]")
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, message(err))
		if fault.Is(err, fault.Invalid) {
			os.Exit(2)
		}
		os.Exit(1)
	}
}

// message is what a fault says to people; other errors say all they know.
func message(err error) string {
	if f, ok := err.(*fault.Error); ok {
		return f.Message.String()
	}
	return err.Error()
}
