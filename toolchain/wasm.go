//go:build wasip1

package main

import (
	"runtime/debug"
	"unsafe"
)

// The defaults of the collector suit servers with threads to spare. Here it competes with the work:
// twice the garbage saves a fifth of the time for 20 MB, four times saves no more and costs 60 MB.
func init() {
	debug.SetGCPercent(200)
	debug.SetMemoryLimit(768 << 20)
}

// held keeps every buffer that the host knows by address reachable until it is freed; without it
// the garbage collector would take memory that only the host still points to.
var held = map[uintptr][]byte{}

//go:wasmexport alloc
func alloc(size uint32) uint32 {
	// One byte more, because an empty slice has no address of its own.
	return hold(make([]byte, size+1))
}

//go:wasmexport free
func free(address uint32) {
	delete(held, uintptr(address))
}

// call answers the message at address. Both buffers, the request's and the answer's, stay the
// host's to free. The answer's address is in the upper half of the result, its length in the lower.
//
//go:wasmexport call
func call(address, length uint32) uint64 {
	answer := handle(held[uintptr(address)][:length])
	size := uint64(len(answer))
	return uint64(hold(append(answer, 0)))<<32 | size
}

func hold(buffer []byte) uint32 {
	address := uintptr(unsafe.Pointer(unsafe.SliceData(buffer)))
	held[address] = buffer
	return uint32(address)
}
