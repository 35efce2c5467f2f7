// Measures OPA's prepared query on a policy bundle, for comparison with the compiled policy in the same run.
//
// usage: opa-peer BUNDLE_DIR INPUT.json RUNS
// BUNDLE_DIR holds the policy's *.rego and a data.json. Prints one JSON object of nanoseconds. The input is parsed beforehand and the result is not
// serialised, which favours this side: ours is measured from object to object through JSON both ways.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strconv"
	"time"

	"github.com/open-policy-agent/opa/v1/rego"
)

func main() {
	if err := run(os.Args[1], os.Args[2], os.Args[3]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(bundle, inputFile, count string) error {
	runs, err := strconv.Atoi(count)
	if err != nil {
		return err
	}
	text, err := os.ReadFile(inputFile)
	if err != nil {
		return err
	}
	var input any
	if err := json.Unmarshal(text, &input); err != nil {
		return err
	}
	ctx := context.Background()
	query, err := rego.New(rego.Query("data.main.request"), rego.Load([]string{bundle}, nil)).PrepareForEval(ctx)
	if err != nil {
		return err
	}
	nanos := make([]int64, 0, runs)
	for i := range runs + runs/10 {
		started := time.Now()
		results, err := query.Eval(ctx, rego.EvalInput(input))
		elapsed := time.Since(started)
		if err != nil {
			return err
		}
		if len(results) != 1 {
			return fmt.Errorf("%d results", len(results))
		}
		if i >= runs/10 {
			nanos = append(nanos, elapsed.Nanoseconds())
		}
	}
	slices.Sort(nanos)
	return json.NewEncoder(os.Stdout).Encode(map[string]any{
		"p50_ns": nanos[len(nanos)/2],
		"p99_ns": nanos[len(nanos)*99/100],
	})
}
