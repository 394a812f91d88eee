// SPDX-License-Identifier: GPL-2.0-or-later

// A NIC for each GPU, from the document of `p2ptopo export complexes`: for device plugins and DRA
// drivers.  Standard library only; the same choice as ../python/gpu-nic-pairs.py.
//
//	p2ptopo export complexes | gpu-nic-pairs [-unknown]
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"math"
	"os"
	"sort"
)

// Document has what is used of it; its schema is share/p2ptopo/schemas/complexes.json.
type Document struct {
	Format    string    `json:"format"`
	Version   int       `json:"version"`
	Complexes []Complex `json:"complexes"`
	Pairs     []Inside  `json:"pairs"`
}

// Complex is the devices below one root port.
type Complex struct {
	ID      string `json:"id"`
	Members []struct {
		BDF   string `json:"bdf"`
		Class string `json:"class"`
	} `json:"members"`
	// A Data Direct function reads and writes for an adapter that is elsewhere.
	Joined []struct {
		DataDirect string `json:"data_direct"`
		Adapter    string `json:"adapter"`
	} `json:"joined"`
}

// Inside is an ordered pair of two members.  A bandwidth that is not known is null, which stays nil.
type Inside struct {
	Complex  string `json:"complex"`
	Provider string `json:"provider"`
	Client   string `json:"client"`
	Drivers  struct {
		Delivered string `json:"delivered"`
	} `json:"drivers"`
	Read  *float64 `json:"read_gbytes_per_second"`
	Write *float64 `json:"write_gbytes_per_second"`
}

// Pair is a GPU and a NIC.
type Pair struct {
	GPU, NIC, Complex, Delivered string
	GBytes                       float64
}

// What is staged, refused or broken has no rank.
var ranks = map[string]int{"link": 3, "direct": 2, "root-complex": 1, "unknown": 0}

func value(number *float64) float64 {
	if number == nil {
		return 0
	}
	return *number
}

// find returns the GPUs, and the pairs of one with a NIC that have at least that rank.
func find(document *Document, least int) ([]string, []Pair) {
	classes, adapters := map[string]string{}, map[string]string{}
	var gpus []string
	for _, one := range document.Complexes {
		for _, member := range one.Members {
			classes[member.BDF] = member.Class
			if member.Class == "gpu" {
				gpus = append(gpus, member.BDF)
			}
		}
		for _, row := range one.Joined {
			adapters[row.DataDirect] = row.Adapter
		}
	}
	var pairs []Pair
	for _, row := range document.Pairs {
		nic, joined := adapters[row.Client]
		if !joined {
			nic = row.Client
		}
		if classes[row.Provider] != "gpu" || !joined && classes[row.Client] != "nic" {
			continue
		}
		if rank, known := ranks[row.Drivers.Delivered]; !known || rank < least {
			continue
		}
		pairs = append(pairs, Pair{row.Provider, nic, row.Complex, row.Drivers.Delivered,
			math.Min(value(row.Read), value(row.Write))})
	}
	sort.Strings(gpus)
	return gpus, pairs
}

// better: the best kind first, then the NIC with the fewest GPUs, then the fastest.
func better(a, b Pair, load map[string]int) bool {
	switch {
	case ranks[a.Delivered] != ranks[b.Delivered]:
		return ranks[a.Delivered] > ranks[b.Delivered]
	case load[a.NIC] != load[b.NIC]:
		return load[a.NIC] < load[b.NIC]
	case a.GBytes != b.GBytes:
		return a.GBytes > b.GBytes
	case a.GPU != b.GPU:
		return a.GPU < b.GPU
	}
	return a.NIC < b.NIC
}

// choose returns one pair for each GPU that has any.
func choose(pairs []Pair) map[string]Pair {
	load, chosen := map[string]int{}, map[string]Pair{}
	for {
		var best *Pair
		for i := range pairs {
			if _, done := chosen[pairs[i].GPU]; !done && (best == nil || better(pairs[i], *best, load)) {
				best = &pairs[i]
			}
		}
		if best == nil {
			return chosen
		}
		chosen[best.GPU] = *best
		load[best.NIC]++
	}
}

func read(in io.Reader) (*Document, error) {
	document := &Document{}
	if err := json.NewDecoder(in).Decode(document); err != nil {
		return nil, err
	}
	if document.Format != "p2ptopo-complexes" || document.Version != 1 {
		return nil, errors.New("not a document of p2ptopo export complexes, version 1")
	}
	return document, nil
}

func main() {
	unknown := flag.Bool("unknown", false, "take pairs that may be delivered, too")
	flag.Parse()
	document, err := read(os.Stdin)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	least := 1
	if *unknown {
		least = 0
	}
	gpus, pairs := find(document, least)
	chosen := choose(pairs)
	for _, gpu := range gpus {
		if pair, found := chosen[gpu]; found {
			fmt.Printf("%s %s %s %s %.1f\n", pair.GPU, pair.NIC, pair.Complex, pair.Delivered, pair.GBytes)
		} else {
			fmt.Fprintf(os.Stderr, "%s: no NIC in its complex is known to be delivered\n", gpu)
		}
	}
	if len(chosen) != len(gpus) {
		os.Exit(3)
	}
}
