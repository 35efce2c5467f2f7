package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/storage"
	"github.com/open-policy-agent/opa/v1/storage/inmem"
	"github.com/open-policy-agent/opa/v1/util"
)

// purpose says how modules are compiled: tests get OPA's test stages.
type purpose string

const (
	forTests purpose = "test"
	forEval  purpose = "eval"
)

// program is compiled modules beside their data, ready for queries. It is never written to again,
// so one read transaction serves its whole life.
type program struct {
	compiler    *ast.Compiler
	modules     map[string]*ast.Module
	store       storage.Store
	transaction storage.Transaction
}

type prepared struct {
	program *program
	failed  *failure
}

var programs = newCache[prepared](16)

// prepare compiles sources with their data, or finds them compiled.
func prepare(request *Sources, data json.RawMessage, why purpose) (*program, *failure) {
	sources, failed := request.parse()
	if failed != nil {
		return nil, failed
	}
	capabilities, failed := request.capabilities()
	if failed != nil {
		return nil, failed
	}
	sum := sha256.Sum256(data)
	key := string(why) + request.key(sources) + hex.EncodeToString(sum[:])
	found := programs.get(key, func() prepared {
		made, failed := newProgram(sources, capabilities, data, why)
		return prepared{made, failed}
	})
	return found.program, found.failed
}

func newProgram(sources []*source, capabilities *ast.Capabilities, data json.RawMessage, why purpose) (*program, *failure) {
	ctx := context.Background()
	document := map[string]any{}
	if len(data) > 0 {
		if err := util.NewJSONDecoder(bytes.NewReader(data)).Decode(&document); err != nil {
			return nil, fail("toolchain/request", "data: %v", err)
		}
	}
	store := inmem.NewFromObjectWithOpts(document, inmem.OptRoundTripOnWrite(false), inmem.OptReturnASTValuesOnRead(true))
	transaction, err := store.NewTransaction(ctx)
	if err != nil {
		return nil, fail("toolchain/panic", "%v", err)
	}
	made := &program{
		modules:     modulesOf(sources),
		store:       store,
		transaction: transaction,
		compiler: ast.NewCompiler().
			WithCapabilities(capabilities).
			WithEnablePrintStatements(true).
			WithPathConflictsCheck(storage.NonEmpty(ctx, store, transaction)),
	}
	if why == forTests {
		err = compileForTests(made.compiler, made.modules, store, transaction)
	} else if made.compiler.Compile(made.modules); made.compiler.Failed() {
		err = made.compiler.Errors
	}
	if err != nil {
		store.Abort(ctx, transaction)
		return nil, invalid(diagnose(err, ""))
	}
	return made, nil
}

// handles are programs that a caller loaded and evaluates by number.
var (
	handles    = map[int]*loaded{}
	nextHandle = 1
)

type loadRequest struct {
	Sources
	Data json.RawMessage `json:"data"`
}

type loadAnswer struct {
	Handle int      `json:"handle"`
	Files  []string `json:"files"`
}

func load(request *loadRequest) (loadAnswer, *failure) {
	made, failed := prepare(&request.Sources, request.Data, forEval)
	if failed != nil {
		return loadAnswer{}, failed
	}
	handle := nextHandle
	nextHandle++
	handles[handle] = &loaded{program: made, queries: map[string]*query{}}
	return loadAnswer{Handle: handle, Files: sortedKeys(made.modules)}, nil
}

type unloadRequest struct {
	Handle int `json:"handle"`
}

type unloadAnswer struct {
	Unloaded bool `json:"unloaded"`
}

func unload(request *unloadRequest) (unloadAnswer, *failure) {
	_, ok := handles[request.Handle]
	delete(handles, request.Handle)
	return unloadAnswer{Unloaded: ok}, nil
}

func findHandle(handle int) (*loaded, *failure) {
	found, ok := handles[handle]
	if !ok {
		return nil, fail("toolchain/handle", "%s", fmt.Sprintf("no policy is loaded under %d", handle))
	}
	return found, nil
}
