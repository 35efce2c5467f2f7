package main

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"sort"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
)

// File is one Rego file. Its path is the name that locations, coverage and the compiled module
// carry; nothing is read from a disk.
type File struct {
	Path string `json:"path"`
	Text string `json:"text"`
}

// Sources is what every operation on policies takes: files, and optionally the packages that matter
// (then only what they need is loaded) and the builtins that may be used.
type Sources struct {
	Files    []File   `json:"files"`
	Packages []string `json:"packages"`
	Builtins []string `json:"builtins"`
}

// Diagnostic is one thing wrong with a policy, at its place. Rows and columns start at 1; a column
// counts characters. Zero means unknown.
type Diagnostic struct {
	Code    string `json:"code"`
	Message string `json:"message"`
	File    string `json:"file"`
	Row     int    `json:"row"`
	Col     int    `json:"col"`
	EndCol  int    `json:"end_col,omitempty"`
	Hint    string `json:"hint,omitempty"`
}

// source is a parsed file: the module, or why there is none. Modules are shared between calls and
// never written to; OPA's compiler copies what it is given.
type source struct {
	path   string
	hash   string
	module *ast.Module
	errs   []Diagnostic
}

var parsed = newCache[*source](2048)

func parseFile(file File) *source {
	sum := sha256.Sum256([]byte(file.Text))
	hash := hex.EncodeToString(sum[:])
	return parsed.get(file.Path+"\x00"+hash, func() *source {
		module, err := ast.ParseModuleWithOpts(file.Path, file.Text, parserOptions())
		s := &source{path: file.Path, hash: hash, module: module}
		if err == nil && module == nil {
			err = ast.NewError(ast.ParseErr, ast.NewLocation(nil, file.Path, 1, 1), "empty module")
		}
		if err != nil {
			s.errs = diagnose(err, file.Path)
		}
		return s
	})
}

func parserOptions() ast.ParserOptions {
	return ast.ParserOptions{ProcessAnnotation: true, RegoVersion: ast.RegoV1}
}

// parse returns the files that the request is about, in path order. Files that do not parse are an
// error even outside the closure asked for: nobody can say what an unreadable file belongs to.
func (s *Sources) parse() ([]*source, *failure) {
	seen := map[string]bool{}
	var sources []*source
	var wrong []Diagnostic
	for _, file := range s.Files {
		if seen[file.Path] {
			return nil, fail("toolchain/request", "file %q is given twice", file.Path)
		}
		seen[file.Path] = true
		one := parseFile(file)
		sources = append(sources, one)
		wrong = append(wrong, one.errs...)
	}
	if len(wrong) > 0 {
		return nil, invalid(wrong)
	}
	sort.Slice(sources, func(i, j int) bool { return sources[i].path < sources[j].path })
	if len(s.Packages) == 0 {
		return sources, nil
	}
	return newGraph(sources).closure(s.Packages), nil
}

// capabilities is what this version of OPA can do, less the builtins that are not allowed.
func (s *Sources) capabilities() (*ast.Capabilities, *failure) {
	all := ast.CapabilitiesForThisVersion()
	if len(s.Builtins) == 0 {
		return all, nil
	}
	allowed := map[string]bool{}
	for _, name := range s.Builtins {
		allowed[name] = true
	}
	var kept []*ast.Builtin
	for _, builtin := range all.Builtins {
		if allowed[builtin.Name] {
			kept = append(kept, builtin)
			delete(allowed, builtin.Name)
		}
	}
	if len(allowed) > 0 {
		return nil, fail("toolchain/request", "unknown builtins: %s", strings.Join(sortedKeys(allowed), ", "))
	}
	all.Builtins = kept
	return all, nil
}

// key identifies sources by content, for the caches of compiled programs.
func (s *Sources) key(sources []*source) string {
	h := sha256.New()
	for _, one := range sources {
		h.Write([]byte(one.path + "\x00" + one.hash + "\x00"))
	}
	h.Write([]byte(strings.Join(s.Builtins, ",")))
	return hex.EncodeToString(h.Sum(nil))
}

func modulesOf(sources []*source) map[string]*ast.Module {
	modules := make(map[string]*ast.Module, len(sources))
	for _, one := range sources {
		modules[one.path] = one.module
	}
	return modules
}

func invalid(wrong []Diagnostic) *failure {
	return &failure{Code: "toolchain/rego", Message: wrong[0].Message, Diagnostics: wrong}
}

// diagnose turns what OPA returns into diagnostics; errors without a place point at the file.
func diagnose(err error, path string) []Diagnostic {
	var list ast.Errors
	if errors.As(err, &list) {
		out := make([]Diagnostic, 0, len(list))
		for _, one := range list {
			out = append(out, diagnoseOne(one, path))
		}
		return sortDiagnostics(out)
	}
	var one *ast.Error
	if errors.As(err, &one) {
		return []Diagnostic{diagnoseOne(one, path)}
	}
	return []Diagnostic{{Code: "rego_error", Message: err.Error(), File: path}}
}

func diagnoseOne(e *ast.Error, path string) Diagnostic {
	d := Diagnostic{Code: e.Code, Message: e.Message, File: path}
	if e.Location != nil {
		d.File, d.Row, d.Col = e.Location.File, e.Location.Row, e.Location.Col
		text, _, _ := strings.Cut(string(e.Location.Text), "\n")
		d.EndCol = d.Col + len([]rune(text))
	}
	if d.Row == 0 {
		d.Row, d.Col = 1, 1
	}
	d.Hint = hint(e)
	return d
}

// hint is what OPA knows besides the message: "have: … want: …" of a type error. A parse error's
// details repeat the source line, which the caller prints itself.
func hint(e *ast.Error) string {
	if name, ok := strings.CutPrefix(e.Message, "undefined function "); ok {
		if _, known := ast.BuiltinMap[name]; known {
			return name + " is a builtin that the capabilities do not allow"
		}
	}
	if e.Details == nil || e.Code == ast.ParseErr {
		return ""
	}
	return strings.Join(e.Details.Lines(), "\n")
}

func sortDiagnostics(list []Diagnostic) []Diagnostic {
	sort.SliceStable(list, func(i, j int) bool {
		a, b := list[i], list[j]
		if a.File != b.File {
			return a.File < b.File
		}
		if a.Row != b.Row {
			return a.Row < b.Row
		}
		return a.Col < b.Col
	})
	return list
}
