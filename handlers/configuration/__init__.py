"""Reading `livedesk.yaml`: every problem at once, with file, line, field and a good example.

`sections.py` and `schedules.py` say what may stand in the file, in the shapes of `shapes.py`; loading (`reader.py`)
and the JSON Schema for editors are two readings of that one grammar.
"""

from handlers.configuration.oddities import warnings
from handlers.configuration.problems import ConfigurationError, Problem
from handlers.configuration.reader import Loaded, examine_file, examine_text, load_file, load_text
from handlers.configuration.sections import json_schema
from handlers.configuration.stored import dump, restore

__all__ = [
    "ConfigurationError",
    "Loaded",
    "Problem",
    "dump",
    "examine_file",
    "examine_text",
    "json_schema",
    "load_file",
    "load_text",
    "restore",
    "warnings",
]
