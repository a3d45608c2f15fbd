package inspection

import (
	"math/rand/v2"
	"slices"

	"kaoping/internal/fault"
)

// draw assigns inspectors to a share of the bodies. Who comes when follows from
// the seed and the sorted ids alone: the same draw can be made again.
func draw(seed uint64, bodies, inspectors []string, share, each int, recusals []Recusal) ([]Assignment, error) {
	const op = "inspection.Draw"
	bodies, inspectors = slices.Sorted(slices.Values(bodies)), slices.Sorted(slices.Values(inspectors))
	random := rand.New(rand.NewPCG(seed, uint64(len(bodies))))
	random.Shuffle(len(bodies), func(i, j int) { bodies[i], bodies[j] = bodies[j], bodies[i] })
	random.Shuffle(len(inspectors), func(i, j int) { inspectors[i], inspectors[j] = inspectors[j], inspectors[i] })
	const whole = 100_00
	drawn := bodies[:(len(bodies)*share+whole-1)/whole]
	load := map[string]int{}
	list := make([]Assignment, 0, len(drawn))
	for _, body := range drawn {
		// Those with the fewest visits first, so that the work is shared; among
		// them the shuffled order decides.
		free := slices.DeleteFunc(slices.Clone(inspectors), func(id string) bool {
			return slices.ContainsFunc(recusals, func(r Recusal) bool { return r.Inspector == id && r.Body == body })
		})
		slices.SortStableFunc(free, func(a, b string) int { return load[a] - load[b] })
		if len(free) < each {
			return nil, fault.New(fault.Refused, op, "a body needs %d inspectors without an interest in it, there are %d", each, len(free))
		}
		chosen := slices.Sorted(slices.Values(free[:each]))
		for _, id := range chosen {
			load[id]++
		}
		list = append(list, Assignment{Body: body, Inspectors: chosen})
	}
	return list, nil
}
