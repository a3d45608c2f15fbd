package main

type benchCommands struct{}
