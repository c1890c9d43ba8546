"""The conversations with the servers without I/O: generators that yield steps and are sent what came of them.

`run` drives one with functions that block; a coroutine drives the same flows.
"""
