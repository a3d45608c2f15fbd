//go:build linux || darwin

package main

import "syscall"

// freeSpace is how many bytes a service without special rights may still write
// under a folder; ok is false where the system does not tell.
func freeSpace(folder string) (bytes uint64, ok bool) {
	var disk syscall.Statfs_t
	if err := syscall.Statfs(folder, &disk); err != nil {
		return 0, false
	}
	return disk.Bavail * uint64(disk.Bsize), true
}
