"""What runs inside a peer's environment, as scripts: nothing here may import pressqa, except its own peer."""
