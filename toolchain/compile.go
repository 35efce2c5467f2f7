package main

import (
	"context"
	"encoding/json"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/bundle"
	"github.com/open-policy-agent/opa/v1/compile"
)

type compileRequest struct {
	Sources
	// Entrypoints such as "main/request", besides those that METADATA names.
	Entrypoints []string `json:"entrypoints"`
	// PruneUnused keeps rules that only refer to an entrypoint from becoming entrypoints.
	PruneUnused bool `json:"prune_unused"`
}

type compileAnswer struct {
	Entrypoints []string    `json:"entrypoints"`
	Rules       []RuleEntry `json:"rules"`
}

// compileWasm answers policy.wasm as `opa build -t wasm` makes it, and the table of its rules. Data
// stays outside: it is loaded beside the module.
func compileWasm(body []byte) (any, []byte, *failure) {
	request := &compileRequest{}
	if failed := decode(body, request); failed != nil {
		return nil, nil, failed
	}
	sources, failed := request.parse()
	if failed != nil {
		return nil, nil, failed
	}
	capabilities, failed := request.capabilities()
	if failed != nil {
		return nil, nil, failed
	}
	built, err := buildBundle(request, sources, capabilities)
	if err != nil {
		return nil, nil, invalid(diagnose(err, ""))
	}
	answer := compileAnswer{Entrypoints: []string{}, Rules: ruleTable(sources)}
	for _, resolver := range built.Manifest.WasmResolvers {
		answer.Entrypoints = append(answer.Entrypoints, resolver.Entrypoint)
	}
	return answer, built.WasmModules[0].Raw, nil
}

func buildBundle(request *compileRequest, sources []*source, capabilities *ast.Capabilities) (*bundle.Bundle, error) {
	input := &bundle.Bundle{}
	input.SetRegoVersion(ast.RegoV1)
	input.Manifest.Init()
	input.Data = map[string]any{}
	for _, one := range sources {
		input.Modules = append(input.Modules, bundle.ModuleFile{
			URL:  one.path,
			Path: one.path,
			// A copy, because the build prunes entrypoints from what it was given.
			Parsed: one.module.Copy(),
			// The build also formats each module's text for the bundle's source. Nobody reads
			// that, so the shortest text there is stands in for it.
			Raw: []byte("package a\n"),
		})
	}
	compiler := compile.New().
		WithTarget(compile.TargetWasm).
		WithRegoVersion(ast.RegoV1).
		WithRegoAnnotationEntrypoints(true).
		WithEntrypoints(request.Entrypoints...).
		WithPruneUnused(request.PruneUnused).
		WithCapabilities(capabilities).
		WithBundle(input)
	if err := compiler.Build(context.Background()); err != nil {
		return nil, err
	}
	return compiler.Bundle(), nil
}

// RuleEntry is a rule that METADATA gives an id, with the lines that state it.
type RuleEntry struct {
	ID           string          `json:"id"`
	Requirements json.RawMessage `json:"requirements,omitempty"`
	Severity     json.RawMessage `json:"severity,omitempty"`
	Title        string          `json:"title,omitempty"`
	Description  string          `json:"description,omitempty"`
	Package      string          `json:"package"`
	Rule         string          `json:"rule"`
	File         string          `json:"file"`
	Row          int             `json:"row"`
	EndRow       int             `json:"end_row"`
}

func ruleTable(sources []*source) []RuleEntry {
	table := []RuleEntry{}
	for _, annotation := range annotationsOf(sources) {
		id, ok := annotation.Custom["id"].(string)
		if !ok || annotation.Rule == "" {
			continue
		}
		for _, target := range annotation.Targets {
			table = append(table, RuleEntry{
				ID:           id,
				Requirements: rawOrNil(annotation.Custom["requirements"]),
				Severity:     rawOrNil(annotation.Custom["severity"]),
				Title:        annotation.Title,
				Description:  annotation.Description,
				Package:      annotation.Package,
				Rule:         annotation.Rule,
				File:         annotation.File,
				Row:          target.Row,
				EndRow:       target.EndRow,
			})
		}
	}
	return table
}

func rawOrNil(value any) json.RawMessage {
	if value == nil {
		return nil
	}
	raw, err := json.Marshal(value)
	if err != nil {
		return nil
	}
	return raw
}
