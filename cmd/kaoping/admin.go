package main

import (
	"context"
	"fmt"

	"kaoping/internal/vault"
	"kaoping/policies/access"
	"kaoping/policies/rulebook"
)

type adminCommand struct {
	Login  string `arg:"" help:"Login name."`
	Name   string `arg:"" help:"The person's name."`
	Region string `default:"410000" help:"Region that the administrator manages (default: Henan)."`
}

// Run creates the first account of an installation.
func (cmd adminCommand) Run(ctx context.Context, c *config) error {
	a, err := open(ctx, c)
	if err != nil {
		return err
	}
	defer a.engines.Close()
	if _, err := a.book.Region(cmd.Region); err != nil || cmd.Region == rulebook.Nation {
		return fmt.Errorf("there is no region %s", cmd.Region)
	}
	password := vault.Token()[:20]
	if _, err := a.accounts.Create(ctx, access.System(), cmd.Login, cmd.Name, password, []access.Grant{{Role: access.Administrator, Region: cmd.Region}}); err != nil {
		return err
	}
	fmt.Printf("login     %s\npassword  %s\n", cmd.Login, password)
	return nil
}
