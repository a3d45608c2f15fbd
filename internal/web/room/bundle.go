// Package room is the exam room's page (考场答题页): TypeScript without a
// framework, bundled when the server starts.
//
// Purpose: a candidate's answer is on this device before it is on its way, and
// called saved only when the server has it for good.
//
// Invariants: the bundle needs no file on disk, no Node and no network; it runs
// in a browser of 2018; it holds no inline style or script, so that the strict
// content security policy can stay; every sentence of it is in Texts.
//
// It refuses to bundle sources with an error or a warning in them.
package room

import (
	"embed"
	"fmt"
	"path"

	"github.com/evanw/esbuild/pkg/api"
)

//go:embed *.ts
var sources embed.FS

// namespace marks the modules that come from sources.
const namespace = "room"

// Bundle builds the page's script from the embedded sources: one minified
// ES2018 file in UTF-8.
func Bundle() (js []byte, err error) {
	return bundle("main.ts", nil)
}

// Waiting builds the script of the waiting page, as Bundle does.
func Waiting() (js []byte, err error) {
	return bundle("wait.ts", nil)
}

// bundle builds the script that entry begins. Modules not found in extra come
// from the embedded sources.
func bundle(entry string, extra map[string]string) ([]byte, error) {
	result := api.Build(api.BuildOptions{
		EntryPoints:       []string{entry},
		Bundle:            true,
		Format:            api.FormatIIFE,
		Platform:          api.PlatformBrowser,
		Target:            api.ES2018,
		Charset:           api.CharsetUTF8,
		MinifyWhitespace:  true,
		MinifyIdentifiers: true,
		MinifySyntax:      true,
		TsconfigRaw:       `{"compilerOptions":{"strict":true}}`,
		Plugins:           []api.Plugin{embedded(extra)},
	})
	if flaws := append(result.Errors, result.Warnings...); len(flaws) > 0 {
		where := entry
		if at := flaws[0].Location; at != nil {
			where = fmt.Sprintf("%s:%d", at.File, at.Line)
		}
		return nil, fmt.Errorf("room: %s: %s", where, flaws[0].Text)
	}
	return result.OutputFiles[0].Contents, nil
}

// embedded resolves every import to the embedded sources, never to the disk.
func embedded(extra map[string]string) api.Plugin {
	return api.Plugin{Name: namespace, Setup: func(build api.PluginBuild) {
		build.OnResolve(api.OnResolveOptions{Filter: ".*"}, func(args api.OnResolveArgs) (api.OnResolveResult, error) {
			file := path.Clean(args.Path)
			if path.Ext(file) != ".ts" {
				file += ".ts"
			}
			return api.OnResolveResult{Path: file, Namespace: namespace}, nil
		})
		build.OnLoad(api.OnLoadOptions{Filter: ".*", Namespace: namespace}, func(args api.OnLoadArgs) (api.OnLoadResult, error) {
			source, ok := extra[args.Path]
			if !ok {
				raw, err := sources.ReadFile(args.Path)
				if err != nil {
					return api.OnLoadResult{}, err
				}
				source = string(raw)
			}
			return api.OnLoadResult{Contents: &source, Loader: api.LoaderTS}, nil
		})
	}}
}
