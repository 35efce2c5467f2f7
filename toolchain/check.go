package main

import (
	"bytes"
	"encoding/json"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/util"
)

type checkRequest struct {
	Sources
	// Schemas by the name that METADATA uses, such as "schema.input". The name "schema" types the
	// input of every rule without METADATA.
	Schemas map[string]json.RawMessage `json:"schemas"`
}

type checkAnswer struct {
	Diagnostics []Diagnostic `json:"diagnostics"`
}

// check compiles strictly, types the input by its schemas, and reports everything that is wrong.
func check(request *checkRequest) (checkAnswer, *failure) {
	sources, failed := request.parse()
	if failed != nil {
		if failed.Diagnostics != nil {
			return checkAnswer{Diagnostics: failed.Diagnostics}, nil
		}
		return checkAnswer{}, failed
	}
	capabilities, failed := request.capabilities()
	if failed != nil {
		return checkAnswer{}, failed
	}
	schemas, failed := schemaSet(request.Schemas)
	if failed != nil {
		return checkAnswer{}, failed
	}
	// Without a network a remote $ref can only fail; an empty list makes that a clear message.
	capabilities.AllowNet = []string{}
	compiler := ast.NewCompiler().
		WithCapabilities(capabilities).
		WithStrict(true).
		WithSchemas(schemas).
		WithUseTypeCheckAnnotations(true).
		WithEnablePrintStatements(true).
		SetErrorLimit(0)
	compiler.Compile(modulesOf(sources))
	if compiler.Failed() {
		return checkAnswer{Diagnostics: diagnose(compiler.Errors, "")}, nil
	}
	return checkAnswer{Diagnostics: []Diagnostic{}}, nil
}

func schemaSet(schemas map[string]json.RawMessage) (*ast.SchemaSet, *failure) {
	set := ast.NewSchemaSet()
	for _, name := range sortedKeys(schemas) {
		ref, err := ast.ParseRef(name)
		if err != nil && name != "schema" {
			return nil, fail("toolchain/request", "schema name %q: %v", name, err)
		}
		if name == "schema" {
			ref = ast.SchemaRootRef
		}
		var value any
		if err := util.NewJSONDecoder(bytes.NewReader(schemas[name])).Decode(&value); err != nil {
			return nil, fail("toolchain/request", "schema %q: %v", name, err)
		}
		set.Put(ref, value)
	}
	return set, nil
}
