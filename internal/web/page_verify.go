package web

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"net/url"
	"strings"
	"unicode"

	"kaoping/certify"
	"kaoping/internal/fault"
)

// showVerifyForm asks for a certificate's number (证书查验). A number in the
// query goes on to its own page.
func (s *Server) showVerifyForm(r *request) error {
	if number := certificateNumber(r.Query("number")); number != "" {
		r.Redirect(http.StatusSeeOther, verifyPath(number, r.Query("name")))
		return nil
	}
	return r.render(plainFrame, "verify", r.T("Verify a certificate"), nil)
}

// certificateNumber is a number as it was typed without the blanks and dashes
// between its groups: numbers are letters and digits.
func certificateNumber(typed string) string {
	return strings.Map(func(c rune) rune {
		if unicode.IsLetter(c) || unicode.IsDigit(c) {
			return unicode.ToUpper(c)
		}
		return -1
	}, typed)
}

func verifyPath(number, name string) string {
	to := "/verify/" + url.PathEscape(number)
	if name = strings.TrimSpace(name); name != "" {
		to += "?name=" + url.QueryEscape(name)
	}
	return to
}

// verdict is the answer to the public.
type verdict struct {
	certify.Verified
	Asked string // the number or the name as typed
	File  *fileCheck
}

// fileCheck compares an uploaded file with the document that was issued.
type fileCheck struct {
	Name   string
	SHA256 string
	Same   bool
}

// showVerdict shows what a number stands for; an unknown one gets a page that
// says what to check.
func (s *Server) showVerdict(r *request) error {
	name := r.Query("name")
	if r.Request.Method == http.MethodPost {
		name = r.PostForm("name")
	}
	v, err := s.verdict(r, name)
	if err != nil {
		return s.noVerdict(r, err)
	}
	return r.render(plainFrame, "verdict", r.T("Verify a certificate"), v)
}

func (s *Server) verdict(r *request, name string) (verdict, error) {
	r.Header("X-Robots-Tag", "noindex")
	v, err := s.Certify.Verify(r.Request.Context(), r.Param("number"), name)
	return verdict{Verified: v, Asked: strings.TrimSpace(name)}, err
}

func (s *Server) noVerdict(r *request, err error) error {
	if !fault.Is(err, fault.NotFound) {
		return err
	}
	s.note(r.FullPath(), err)
	r.fault = err
	return r.render(plainFrame, "noverdict", r.T("Verify a certificate"), r.Param("number"))
}

// checkFile compares an uploaded document with the one that was issued.
func (s *Server) checkFile(r *request) error {
	name, file, err := r.upload("file")
	if err != nil {
		return r.again(err, s.showVerdict)
	}
	defer file.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, file); err != nil {
		return fault.Wrap("web.checkFile", err)
	}
	v, err := s.verdict(r, r.PostForm("name"))
	if err != nil {
		return s.noVerdict(r, err)
	}
	hash := hex.EncodeToString(sum.Sum(nil))
	v.File = &fileCheck{Name: name, SHA256: hash, Same: hash == v.SHA256}
	return r.render(plainFrame, "verdict", r.T("Verify a certificate"), v)
}

// leaveFile leads a reload of a file check back to the certificate.
func (s *Server) leaveFile(r *request) error {
	r.Redirect(http.StatusSeeOther, verifyPath(certificateNumber(r.Param("number")), ""))
	return nil
}
