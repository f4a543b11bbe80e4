raise RuntimeError("a pack is found without being imported")
