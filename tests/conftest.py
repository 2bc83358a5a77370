"""What holds for all tests."""

from hypothesis import HealthCheck, settings

# A busy machine draws and runs examples slowly: that says nothing of the code.
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")
