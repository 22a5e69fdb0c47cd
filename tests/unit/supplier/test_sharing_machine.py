"""No way leaks: every operation of everybody, against a model that walks every way."""

from tests.effort import stories
from tests.machine_sharing import SharingMachine

TestSharing = SharingMachine.TestCase
TestSharing.settings = stories(25, 12)
