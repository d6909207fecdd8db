"""The rules of the other side of the desk, one function of each rule's name in the sandbox's own contract."""
