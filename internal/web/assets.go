package web

import (
	"bytes"
	"embed"
	"io/fs"
	"net/http"
	"path"
	"time"

	"github.com/gin-gonic/gin"

	"kaoping/internal/audit"
	"kaoping/internal/web/room"
)

//go:embed assets
var assetFiles embed.FS

// asset is a file that browsers keep; its address carries its hash.
type asset struct {
	content []byte
	hash    string
}

func loadAssets() (map[string]asset, error) {
	script, err := room.Bundle()
	if err != nil {
		return nil, err
	}
	waiting, err := room.Waiting()
	if err != nil {
		return nil, err
	}
	assets := map[string]asset{"room.js": {script, audit.Digest(script)[:12]}, "wait.js": {waiting, audit.Digest(waiting)[:12]}}
	err = fs.WalkDir(assetFiles, "assets", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := assetFiles.ReadFile(name)
		assets[path.Base(name)] = asset{content, audit.Digest(content)[:12]}
		return err
	})
	return assets, err
}

// assetURL is the address of an asset, which changes with its content.
func (s *Server) assetURL(name string) string { return "/assets/" + name + "?" + s.assets[name].hash }

func (s *Server) serveAsset(c *gin.Context) {
	name := c.Param("name")
	a, ok := s.assets[name]
	if !ok {
		c.Status(http.StatusNotFound)
		return
	}
	if c.Request.URL.RawQuery == a.hash {
		c.Header("Cache-Control", "public, max-age=31536000, immutable")
	}
	http.ServeContent(c.Writer, c.Request, name, time.Time{}, bytes.NewReader(a.content))
}
