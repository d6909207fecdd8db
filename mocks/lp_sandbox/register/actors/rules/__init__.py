"""The rules of the actors, one function for each rule of the actors' contract."""
