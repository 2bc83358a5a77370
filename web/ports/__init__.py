"""Ports: what pages ask of the rooms that they may not import; `commands.faces` answers."""
