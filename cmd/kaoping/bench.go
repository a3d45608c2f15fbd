package main

// benchCommands is what kaoping measures of itself, on the machine that would run it.
type benchCommands struct {
	Room benchRoomCommand `cmd:"" help:"Measure the exam room: candidates who save answers over HTTP against a server of its own."`
}
