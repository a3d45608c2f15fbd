package main

// benchCommands is what kaoping measures of itself, on the machine that would run it.
type benchCommands struct {
	Room    benchRoomCommand    `cmd:"" help:"Measure the exam room: candidates who save answers over HTTP against a server of its own."`
	Release benchReleaseCommand `cmd:"" help:"Measure the release of a central paper: waiting pages, from its hour to the last one that has the key."`
}
