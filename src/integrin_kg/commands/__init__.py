"""The commands of the command line: a module each, of the command's name, whose ``run`` is given the parsed
arguments and returns the exit status. Only the one that is called is imported."""
