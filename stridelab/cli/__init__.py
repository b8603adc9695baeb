"""The command line: parses arguments, calls the library, prints.

Data goes to standard output, progress and messages to standard error. `app` lists the commands, one small file holds
one or two of them. Nothing heavy is imported before a command needs it.
"""
