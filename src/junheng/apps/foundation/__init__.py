"""What every capability stands on: scope, policies, encryption, the journal of changes, the clock."""
