"""The rules of a group buy: pure, from the standard library and the kernel only."""
