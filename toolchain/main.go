// Command toolchain is the Rego compiler of Lockkeeper: OPA's own packages behind one function.
//
// It is built for WASI as a reactor (see README.md): the host calls _initialize once and then
// exchanges messages with handle, through the exports in wasm.go. Everything but wasm.go also
// builds natively, so that `go test` needs no WebAssembly.
package main

func main() {}
