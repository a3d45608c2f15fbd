package fault

// retryMost is how often a change is tried again when somebody else was faster.
const retryMost = 8

// Retry runs a change that reads, changes and stores until it does not meet a
// Conflict, and at most eight times.
func Retry(change func() error) error {
	var err error
	for range retryMost {
		if err = change(); !Is(err, Conflict) {
			return err
		}
	}
	return err
}
