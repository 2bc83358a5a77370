"""What holds for all tests."""

import os

from hypothesis import HealthCheck, settings

# A busy machine draws and runs examples slowly: that says nothing of the code. Where a change is judged (CI) the
# examples are the same every time, so that it is judged by what it changes; everywhere else they are drawn anew.
settings.register_profile(
    "house", deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize="CI" in os.environ
)
settings.load_profile("house")
