"""Facts as arrays: what a link takes is bytes, mapped by all processes, an object only when somebody asks."""
