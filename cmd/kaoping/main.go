// Command kaoping is the whole service and its tools in one binary: it wires
// engines, services and the web together, and holds no domain logic.
//
// It refuses unknown settings and exits 0 only on success.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"
)

// cli is the command line. Each command's Run gets the signal context and the
// configuration.
var cli struct {
	Config string `help:"YAML file with settings; KAOPING_* variables override it." type:"existingfile" env:"-"`

	Serve  serveCommand   `cmd:"" default:"withargs" help:"Run the service."`
	Demo   demoCommand    `cmd:"" help:"Run the service with demonstration data (serve --demo)."`
	Items  itemsCommands  `cmd:"" help:"Work with item sheets off line."`
	Admin  adminCommand   `cmd:"" help:"Create an administrator's account and print its password."`
	Verify verifyCommand  `cmd:"" help:"Recompute audit chains, records, answers and documents; name what is damaged."`
	Export exportCommand  `cmd:"" help:"Write the whole installation into an archive, to move it to other engines."`
	Import importCommand  `cmd:"" help:"Fill a new installation from an archive; go on where an import was cut short."`
	Doctor doctorCommand  `cmd:"" help:"Check settings, disk, engines, clock and fonts; say what to do. Changes nothing."`
	Papers papersCommands `cmd:"" help:"Work with the custody of central papers."`
	Bench  benchCommands  `cmd:"" help:"Measure this installation's binary on this machine."`
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	k := kong.Parse(&cli, kong.Name("kaoping"), kong.Description("考评: vocational skills evaluations, from notice to certificate."), kong.UsageOnError())
	config, err := loadConfig(cli.Config, os.Environ())
	if err == nil {
		k.BindTo(ctx, (*context.Context)(nil))
		err = profiled(config.Profile, func() error { return k.Run(config) })
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "kaoping:", err)
		os.Exit(1)
	}
}
