"""Hypothesis profiles: `dev` by default, `ci` (same examples every time) where CI is set, `deep`,
and `nightly`, a hundred thousand examples (`make nightly`), which prints how to repeat a failure.

Choose one with `HYPOTHESIS_PROFILE=deep` or `pytest --hypothesis-profile=deep`. No profile has a
deadline for one example: the machines that run the tests are noisy, and slowness is what the
benchmarks are for.
"""

import os

from hypothesis import HealthCheck, settings

_PATIENT = [HealthCheck.too_slow, HealthCheck.data_too_large]

settings.register_profile("dev", deadline=None, suppress_health_check=_PATIENT)
# The same examples in every run find nothing new in the second: depth is for the others.
settings.register_profile(
    "ci",
    deadline=None,
    max_examples=25,
    derandomize=True,
    print_blob=True,
    suppress_health_check=_PATIENT,
)
settings.register_profile("deep", deadline=None, max_examples=2_000, suppress_health_check=_PATIENT)
settings.register_profile(
    "nightly",
    deadline=None,
    max_examples=100_000,
    print_blob=True,
    suppress_health_check=_PATIENT,
)
settings.load_profile(
    os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if os.environ.get("CI") else "dev")
)
