package main

import (
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
)

// graph knows which package needs which. Its grain is the package: Rego's names are resolved per
// package, so a file never stands for less than the package it is in.
type graph struct {
	sources []*source
	needs   map[string]map[string]bool
}

func newGraph(sources []*source) *graph {
	g := &graph{sources: sources, needs: map[string]map[string]bool{}}
	paths := map[string]ast.Ref{}
	for _, one := range sources {
		paths[packageName(one.module)] = one.module.Package.Path
	}
	for name := range paths {
		g.needs[name] = map[string]bool{}
	}
	for _, one := range sources {
		g.addNeeds(one.module, paths)
	}
	return g
}

// addNeeds records the packages that a module names: in imports, rules, functions, `with` and
// defaults, and the packages whose annotations reach down to it.
func (g *graph) addNeeds(module *ast.Module, paths map[string]ast.Ref) {
	from := g.needs[packageName(module)]
	add := func(ref ast.Ref) bool {
		if len(ref) == 0 || !ref[0].Equal(ast.DefaultRootDocument) {
			return false
		}
		ground := ref.GroundPrefix()
		for name, path := range paths {
			if ground.HasPrefix(path) || path.HasPrefix(ground) {
				from[name] = true
			}
		}
		return false
	}
	ast.WalkRefs(module, add)
	// An imported name is a variable until the compiler resolves it, so the import's path counts.
	for _, imported := range module.Imports {
		if ref, ok := imported.Path.Value.(ast.Ref); ok {
			add(ref)
		}
	}
	for _, other := range g.sources {
		if module.Package.Path.HasPrefix(other.module.Package.Path) && annotatesSubpackages(other.module) {
			from[packageName(other.module)] = true
		}
	}
}

func annotatesSubpackages(module *ast.Module) bool {
	return slices.ContainsFunc(module.Annotations, func(a *ast.Annotations) bool { return a.Scope == "subpackages" })
}

// closure returns the sources of the packages, of their tests (the package's name and `_test`), and
// of all that these need.
func (g *graph) closure(packages []string) []*source {
	reached := map[string]bool{}
	var visit func(name string)
	visit = func(name string) {
		if reached[name] {
			return
		}
		reached[name] = true
		for next := range g.needs[name] {
			visit(next)
		}
	}
	for _, name := range packages {
		name = strings.TrimPrefix(name, "data.")
		visit(name)
		visit(name + "_test")
	}
	return slices.DeleteFunc(slices.Clone(g.sources), func(one *source) bool {
		return !reached[packageName(one.module)]
	})
}

// dependents returns the packages that need one of these, directly or not.
func (g *graph) dependents(packages []string) []string {
	reached := map[string]bool{}
	for _, name := range packages {
		reached[strings.TrimPrefix(name, "data.")] = true
	}
	start := len(reached)
	for grown := true; grown; {
		grown = false
		for name, needs := range g.needs {
			if reached[name] {
				continue
			}
			for need := range needs {
				if reached[need] {
					reached[name], grown = true, true
					break
				}
			}
		}
	}
	out := make([]string, 0, len(reached)-min(start, len(reached)))
	for _, name := range sortedKeys(reached) {
		if !slices.Contains(packages, name) && !slices.Contains(packages, "data."+name) {
			out = append(out, name)
		}
	}
	return out
}

func packageName(module *ast.Module) string {
	return strings.TrimPrefix(module.Package.Path.String(), "data.")
}

type closureAnswer struct {
	Files      []string `json:"files"`
	Packages   []string `json:"packages"`
	Dependents []string `json:"dependents"`
}

func listClosure(request *Sources) (closureAnswer, *failure) {
	everything := Sources{Files: request.Files}
	sources, failed := everything.parse()
	if failed != nil {
		return closureAnswer{}, failed
	}
	g := newGraph(sources)
	answer := closureAnswer{Files: []string{}, Dependents: g.dependents(request.Packages)}
	packages := map[string]bool{}
	for _, one := range g.closure(request.Packages) {
		answer.Files = append(answer.Files, one.path)
		packages[packageName(one.module)] = true
	}
	answer.Packages = sortedKeys(packages)
	return answer, nil
}
