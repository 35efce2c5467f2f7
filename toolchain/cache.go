package main

import "sort"

// cache keeps the most recently made values, so that a long-lived instance stays warm without
// growing for ever. Eviction is by age of creation: the next save makes the old content useless.
type cache[V any] struct {
	limit  int
	values map[string]V
	order  []string
}

func newCache[V any](limit int) *cache[V] {
	return &cache[V]{limit: limit, values: map[string]V{}}
}

func (c *cache[V]) get(key string, create func() V) V {
	if value, ok := c.values[key]; ok {
		return value
	}
	value := create()
	if len(c.order) >= c.limit {
		delete(c.values, c.order[0])
		c.order = append(c.order[:0:0], c.order[1:]...)
	}
	c.values[key] = value
	c.order = append(c.order, key)
	return value
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	return keys
}
