package web

import (
	"bytes"
	"net/http"

	"kaoping/internal/fault"
)

// part writes one template of a page without its frame, for a script that
// renews a piece of the page.
func (r *request) part(page, name string, data any) error {
	var out bytes.Buffer
	if err := r.s.pages[r.Code][page].ExecuteTemplate(&out, name, data); err != nil {
		return fault.New(fault.Internal, "web.part", "something went wrong here").Because(err)
	}
	r.Data(http.StatusOK, "text/html; charset=utf-8", out.Bytes())
	return nil
}
