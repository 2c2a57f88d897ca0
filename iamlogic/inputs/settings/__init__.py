"""`iamlogic.toml`, or `iamlogic.yaml`: what a team settles once for all its policies.

settings     the file as a whole, and what it says
zone         [zone]: whom to trust
archive      [[archive]]: findings that are expected
guardrails   [[guardrail]]: what policies must never, or always, allow
deployment   [parameters]: values that templates leave open
reviewing    [review]: what a review looks at, and fails on
yaml_values  YAML as the values that TOML has
guarding     settings whose guardrails are held against files, and where globs start from
checking     a value that the rest of iamlogic refuses is a mistake at its place
"""

from iamlogic.inputs.settings.reviewing import ReviewSettings
from iamlogic.inputs.settings.settings import (
    MAX_SETTINGS,
    SETTINGS_FILES,
    Settings,
    load_settings,
    parse_settings,
    settings_file,
)

__all__ = [
    "MAX_SETTINGS",
    "SETTINGS_FILES",
    "ReviewSettings",
    "Settings",
    "load_settings",
    "parse_settings",
    "settings_file",
]
