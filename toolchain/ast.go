package main

import (
	"encoding/json"

	astjson "github.com/open-policy-agent/opa/v1/ast/json"
)

type astRequest struct {
	File File `json:"file"`
}

type astAnswer struct {
	Module json.RawMessage `json:"module"`
}

// dumpAst answers OPA's JSON form of a module, every node with its file, row, column and text (the
// text in base64, as OPA writes it).
func dumpAst(request *astRequest) (astAnswer, *failure) {
	one := parseFile(request.File)
	if one.errs != nil {
		return astAnswer{}, invalid(one.errs)
	}
	// The options are global to OPA; an instance runs one call at a time.
	astjson.SetOptions(astjson.Options{MarshalOptions: astjson.MarshalOptions{
		IncludeLocationText: true,
		IncludeLocation: astjson.NodeToggle{
			Term: true, Package: true, Comment: true, Import: true, Rule: true, Head: true, Expr: true,
			SomeDecl: true, Every: true, With: true, Annotations: true, AnnotationsRef: true,
			Not: true, And: true, Or: true,
		},
	}})
	defer astjson.SetOptions(astjson.Defaults())
	raw, err := json.Marshal(one.module)
	if err != nil {
		return astAnswer{}, fail("toolchain/panic", "%v", err)
	}
	return astAnswer{Module: raw}, nil
}
