"""What every capability stands on: scope, policies, encryption, journal, clock."""
