"""What people and machines read: one module for each format, over one wording.

wording     what is said: the verdict's sentence, a statement's name, a region's rows, the command
text        for a terminal
json        for programs: stable, versioned
markdown    for a pull request
external    who outside has access: what is said as a whole, in blocks, and in four formats
"""
